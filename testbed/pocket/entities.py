"""The kinds of record that the app knows: where they are, what is shown of them, and what a person may change."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Shape(Enum):
    """How a carrier holds what a person typed: as it is, as `[{Value}]`, or as the number of the company named."""

    TEXT = auto()
    ELEMENTS = auto()
    COMPANY = auto()


@dataclass(frozen=True, slots=True)
class Editable:
    """`name` is the carrier's property, `column` the archive's."""

    name: str
    column: str
    label: str
    shape: Shape = Shape.TEXT


@dataclass(frozen=True, slots=True)
class Entity:
    """`columns` of the server's archive are cached; `editable` is what a person may change."""

    name: str
    resource: str
    columns: tuple[str, ...]
    title: str
    subtitle: str
    editable: tuple[Editable, ...]


ENTITIES: Final = {
    each.name: each
    for each in (
        Entity(
            "contact",
            "Contact",
            ("name", "department", "category", "orgnr", "phone/formattedNumber"),
            "name",
            "category",
            (
                Editable("Name", "name", "Company"),
                Editable("Department", "department", "Department"),
                Editable("Phones", "phone/formattedNumber", "Phone", Shape.ELEMENTS),
            ),
        ),
        Entity(
            "person",
            "Person",
            ("firstName", "lastName", "fullName", "title", "contactId", "phone/formattedNumber", "email/emailAddress"),
            "fullName",
            "title",
            (
                Editable("Firstname", "firstName", "First name"),
                Editable("Lastname", "lastName", "Last name"),
                Editable("Title", "title", "Title"),
                Editable("Contact", "contactId", "Company", Shape.COMPANY),
                Editable("MobilePhones", "phone/formattedNumber", "Phone", Shape.ELEMENTS),
                Editable("Emails", "email/emailAddress", "E-mail", Shape.ELEMENTS),
            ),
        ),
        Entity(
            "appointment",
            "Appointment",
            ("text", "date", "endDate", "location", "contactId"),
            "text",
            "date",
            (
                Editable("Description", "text", "What"),
                Editable("Location", "location", "Where"),
                Editable("StartDate", "date", "When"),
            ),
        ),
        Entity(
            "sale",
            "Sale",
            ("heading", "amount", "currency", "stage", "date", "contactId"),
            "heading",
            "stage",
            (Editable("Heading", "heading", "Sale"),),
        ),
        Entity(
            "project",
            "Project",
            ("name", "number", "type", "status", "endDate"),
            "name",
            "status",
            (Editable("Name", "name", "Project"),),
        ),
    )
}
FLAGS: Final = {"FULL": frozenset({"Select", "Update", "Insert", "Delete"})}
WRITE: Final = {"WRITE": frozenset({"Update", "Insert"})}


def allows(mask: str, right: str) -> bool:
    """Whether a TableRight mask holds a right; the vendor's flags are names joined by a comma (ETableRight)."""
    whole = FLAGS | WRITE
    return any(right == flag or right in whole.get(flag, ()) for flag in mask.replace(" ", "").split(","))
