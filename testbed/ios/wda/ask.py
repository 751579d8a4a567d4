"""One request, read: path parameters, query and the JSON body's fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from testbed.ios.wda.refusal import invalid

KEYS = ("element-6066-11e4-a52e-4f735466cecf", "ELEMENT")


@dataclass(frozen=True, slots=True)
class Ask:
    path: Mapping[str, str]
    body: Mapping[str, Any]
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def element(self) -> str:
        return self.path["uuid"]

    def text(self, name: str) -> str | None:
        """A text field; None where it is missing or null."""
        value = self.body.get(name)
        if value is None or isinstance(value, str):
            return value
        raise invalid(f"'{name}' is expected to be a string. Got '{value}' instead")

    def number(self, name: str) -> float | None:
        """A number, or a text that holds one, as NSNumber and NSString both answer doubleValue."""
        value = self.body.get(name)
        if value is None:
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise invalid(f"'{name}' is expected to be a number. Got '{value}' instead") from None

    def keys(self, *names: str) -> str | None:
        """What to type: a text, or a list of keys; the first of the fields that is there."""
        value = next((self.body[name] for name in names if self.body.get(name) is not None), None)
        if value is None or isinstance(value, str):
            return value
        return "".join(map(str, value)) if isinstance(value, list) else str(value)


def element_of(given: object) -> str | None:
    """The id in a W3C or JSON wire element object (FBProtocolHelpers.m)."""
    if not isinstance(given, Mapping):
        return None
    lowered = {str(key).lower(): value for key, value in given.items()}
    return next((str(lowered[key.lower()]) for key in KEYS if lowered.get(key.lower())), None)


def element_json(uid: str) -> dict[str, str]:
    return dict.fromkeys(KEYS, uid)
