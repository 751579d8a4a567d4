"""One value of a record: its column in the archive and its property in the carrier."""

from dataclasses import dataclass
from enum import Enum, auto

TEXT_LIMIT = 500


class Kind(Enum):
    """What a column holds, which decides its operators and how it is written down."""

    NUMBER = auto()
    DECIMAL = auto()
    TEXT = auto()
    CHOICE = auto()
    WORD = auto()
    # dates of the diary are in the tenant's own time zone, stamps are UTC
    DATE = auto()
    STAMP = auto()
    ASSOCIATE = auto()


class Shape(Enum):
    """How the carrier holds it: as it is, as `{Id, Value}`, as the number of another record, as `[{Value}]`."""

    PLAIN = auto()
    CHOICE = auto()
    REFERENCE = auto()
    ELEMENTS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """`identifier` and `label` name the two parts of a choice, `choices` its list; `words` are all a word may be.

    `refers_to` is the kind of record that a reference names.
    """

    property: str
    column: str
    kind: Kind = Kind.TEXT
    shape: Shape = Shape.PLAIN
    writable: bool = True
    needed: bool = False
    identifier: str = "Id"
    label: str = "Value"
    choices: str = ""
    words: tuple[str, ...] = ()
    refers_to: str = ""
    limit: int = TEXT_LIMIT


def text(name: str, column: str, *, needed: bool = False, limit: int = TEXT_LIMIT) -> Field:
    return Field(name, column, needed=needed, limit=limit)


def told(name: str, column: str, kind: Kind) -> Field:
    """A value that only the server sets."""
    return Field(name, column, kind, writable=False)


def choice(name: str, column: str, choices: str, identifier: str = "Id", label: str = "Value") -> Field:
    return Field(name, column, Kind.CHOICE, Shape.CHOICE, identifier=identifier, label=label, choices=choices)


def reference(name: str, column: str, refers_to: str) -> Field:
    return Field(
        name, column, Kind.NUMBER, Shape.REFERENCE, identifier=column[0].upper() + column[1:], refers_to=refers_to
    )


def elements(name: str, column: str) -> Field:
    return Field(name, column, shape=Shape.ELEMENTS, limit=100)


def date(name: str, column: str, *, needed: bool = False) -> Field:
    return Field(name, column, Kind.DATE, needed=needed)


def word(name: str, column: str, *words: str) -> Field:
    return Field(name, column, Kind.WORD, words=words)
