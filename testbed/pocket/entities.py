"""The kinds of record that the app knows: where they are, what is shown of them, and what a person may change."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Entity:
    """`columns` of the server's archive are cached; `editable` is (carrier property, archive column, label)."""

    name: str
    resource: str
    columns: tuple[str, ...]
    title: str
    subtitle: str
    editable: tuple[tuple[str, str, str], ...]


ENTITIES: Final = {
    each.name: each
    for each in (
        Entity(
            "contact",
            "Contact",
            ("name", "department", "category", "orgnr", "phone/formattedNumber"),
            "name",
            "category",
            (("Name", "name", "Company"), ("Department", "department", "Department")),
        ),
        Entity(
            "person",
            "Person",
            ("firstName", "lastName", "fullName", "title", "contactId", "phone/formattedNumber", "email/emailAddress"),
            "fullName",
            "title",
            (
                ("Firstname", "firstName", "First name"),
                ("Lastname", "lastName", "Last name"),
                ("Title", "title", "Title"),
            ),
        ),
        Entity(
            "appointment",
            "Appointment",
            ("text", "date", "endDate", "location", "contactId"),
            "text",
            "date",
            (("Description", "text", "What"), ("Location", "location", "Where"), ("StartDate", "date", "When")),
        ),
        Entity(
            "sale",
            "Sale",
            ("heading", "amount", "currency", "stage", "date", "contactId"),
            "heading",
            "stage",
            (("Heading", "heading", "Sale"),),
        ),
        Entity(
            "project",
            "Project",
            ("name", "number", "type", "status", "endDate"),
            "name",
            "status",
            (("Name", "name", "Project"),),
        ),
    )
}
FLAGS: Final = {"FULL": frozenset({"Select", "Update", "Insert", "Delete"})}
WRITE: Final = {"WRITE": frozenset({"Update", "Insert"})}


def allows(mask: str, right: str) -> bool:
    """Whether a TableRight mask holds a right; the vendor's flags are names joined by a comma (ETableRight)."""
    whole = FLAGS | WRITE
    return any(right == flag or right in whole.get(flag, ()) for flag in mask.replace(" ", "").split(","))
