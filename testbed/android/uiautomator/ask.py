"""One request, read: path parameters and the JSON body's fields, with the server's words for what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testbed.handset.refusal import Fault, Refusal

_KEYS = ("element-6066-11e4-a52e-4f735466cecf", "ELEMENT", "element")


@dataclass(frozen=True, slots=True)
class Ask:
    """`path` are the parameters of the route; `model` is the server's name for the body, which its errors tell."""

    path: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def element(self) -> str:
        return self.path["element"]

    def need[T](self, name: str, kind: type[T], model: str) -> T:
        """A field that must be there.

        :raises Refusal: invalid argument.
        """
        value = self.may(name, kind)
        if value is None:
            raise invalid(f"{model}: The mandatory field '{name}' is not present in JSON")
        return value

    def may[T](self, name: str, kind: type[T]) -> T | None:
        """A field that may be missing or null.

        :raises Refusal: invalid argument, when it has another type.
        """
        return read(self.body, name, kind)

    @property
    def origin(self) -> str | None:
        """The element of a gesture, if it names one."""
        return element_of(self.may("origin", dict))


def read[T](given: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    value = given.get(name)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if value is None or (isinstance(value, kind) and isinstance(value, bool) <= (kind is bool)):
        return value
    raise invalid(f"Expected {kind.__name__} but was {type(value).__name__} at path $.{name}")


def element_of(given: Mapping[str, Any] | None) -> str | None:
    """The id in a W3C or JSON wire element object."""
    return next((str(given[key]) for key in _KEYS if given.get(key)), None) if given else None


def invalid(message: str) -> Refusal:
    return Refusal(Fault.INVALID_ARGUMENT, message)
