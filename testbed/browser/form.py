from dataclasses import dataclass
from enum import Enum
from urllib.parse import urljoin


class Method(Enum):
    GET = "GET"
    POST = "POST"


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form; `key` is None for hidden ones, which nobody sees."""

    name: str
    value: str
    key: str | None = None
    required: bool = False
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page, as HTML's "form submission" needs it."""

    address: str
    method: Method
    fields: tuple[Field, ...]

    def complete(self, typed: dict[str, str]) -> bool:
        """Whether every required field has a value; a browser submits nothing before."""
        return all(self._value(field, typed) for field in self.fields if field.required)

    def data(self, typed: dict[str, str]) -> list[tuple[str, str]]:
        """Return name and value of each successful control; `typed` is what a person entered, by key."""
        return [(field.name, self._value(field, typed)) for field in self.fields if field.name and field.sent]

    def _value(self, field: Field, typed: dict[str, str]) -> str:
        return typed.get(field.key, field.value) if field.key else field.value


def form_of(attributes: dict[str, str], page: str, fields: tuple[Field, ...]) -> Form:
    """Read a form element's attributes; without an action it goes back to its page."""
    method = Method.POST if attributes.get("method", "").upper() == "POST" else Method.GET
    return Form(urljoin(page, attributes.get("action", "")), method, fields)
