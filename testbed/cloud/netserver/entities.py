"""The kinds of record, and how each looks in a list (archive columns) and alone (carrier properties)."""

from dataclasses import dataclass

from testbed.cloud.rows import Row


@dataclass(frozen=True, slots=True)
class EntityKind:
    """`properties` maps a carrier's property to the archive column that holds it; `writable` names properties."""

    resource: str
    name: str
    properties: dict[str, str]
    writable: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.properties.values())

    def carrier(self, row: Row) -> dict[str, object]:
        """Rights travel with each record, since clients hide buttons by them."""
        return {
            **{name: row[column] for name, column in self.properties.items()},
            "TableRight": {"Mask": "FULL", "Reason": ""},
            "FieldProperties": {},
        }


# in every archive of the vendor (archive-providers/reference)
STAMPS = {"CreatedDate": "registeredDate", "UpdatedDate": "updatedDate", "AssociateId": "associateId"}

KINDS = {
    kind.resource: kind
    for kind in (
        EntityKind(
            "Contact",
            "contact",
            {
                "ContactId": "contactId",
                "Name": "name",
                "Department": "department",
                "Category": "category",
                "OrgNr": "orgnr",
                "Phone": "phone/formattedNumber",
                **STAMPS,
            },
            frozenset({"Name", "Department"}),
        ),
        EntityKind(
            "Person",
            "person",
            {
                "PersonId": "personId",
                "Firstname": "firstName",
                "Lastname": "lastName",
                "FullName": "fullName",
                "Title": "title",
                "ContactId": "contactId",
                "Phone": "phone/formattedNumber",
                "Email": "email/emailAddress",
                **STAMPS,
            },
            frozenset({"Title"}),
        ),
        EntityKind(
            "Appointment",
            "appointment",
            {
                "AppointmentId": "appointmentId",
                "Description": "text",
                "StartDate": "date",
                "EndDate": "endDate",
                "Location": "location",
                "ContactId": "contactId",
                **STAMPS,
            },
            frozenset({"Description", "Location"}),
        ),
        EntityKind(
            "Sale",
            "sale",
            {
                "SaleId": "saleId",
                "Heading": "heading",
                "Amount": "amount",
                "Currency": "currency",
                "Stage": "stage",
                "Saledate": "date",
                "ContactId": "contactId",
                **STAMPS,
            },
            frozenset({"Heading"}),
        ),
    )
}
