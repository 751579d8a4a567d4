"""The kinds of record, and how each looks in a list (archive columns) and alone (carrier properties).

Names are the vendor's (archive-providers/reference; the carriers of the REST API's description); the choice is what a
mobile client shows.
"""

from dataclasses import dataclass, field

from testbed.cloud.netserver.fields import Field, Kind, Shape, choice, date, elements, reference, text, told, word


@dataclass(frozen=True, slots=True)
class EntityKind:
    """`name` is the entity, its table and the table its rights are for; `mobile` whether a mobile client changes it."""

    resource: str
    name: str
    fields: tuple[Field, ...]
    mobile: bool = True
    by_column: dict[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_column", {each.column: each for each in self.fields})

    @property
    def key(self) -> str:
        """The column that numbers the records."""
        return self.fields[0].column

    @property
    def identifier(self) -> str:
        """The property that does."""
        return self.fields[0].property


# in every archive of the vendor
STAMPS = (
    Field("Associate", "associateId", Kind.ASSOCIATE, Shape.REFERENCE, writable=False, identifier="AssociateId"),
    told("CreatedDate", "registeredDate", Kind.STAMP),
    told("UpdatedDate", "updatedDate", Kind.STAMP),
)
COMPANY, PERSON = reference("Contact", "contactId", "contact"), reference("Person", "personId", "person")

CONTACT = EntityKind(
    "Contact",
    "contact",
    (
        told("ContactId", "contactId", Kind.NUMBER),
        text("Name", "name", needed=True),
        text("Department", "department"),
        text("Number2", "number", limit=50),
        text("OrgNr", "orgnr", limit=50),
        choice("Category", "category", "category"),
        choice("Business", "business", "business"),
        choice("Country", "country", "country", "CountryId", "Name"),
        elements("Phones", "phone/formattedNumber"),
        elements("Emails", "email/emailAddress"),
        *STAMPS,
    ),
)
PERSONS = EntityKind(
    "Person",
    "person",
    (
        told("PersonId", "personId", Kind.NUMBER),
        text("Firstname", "firstName"),
        text("Lastname", "lastName", needed=True),
        told("FullName", "fullName", Kind.TEXT),
        text("Title", "title"),
        COMPANY,
        elements("MobilePhones", "phone/formattedNumber"),
        elements("Emails", "email/emailAddress"),
        *STAMPS,
    ),
)
APPOINTMENT = EntityKind(
    "Appointment",
    "appointment",
    (
        told("AppointmentId", "appointmentId", Kind.NUMBER),
        text("Description", "text"),
        date("StartDate", "date", needed=True),
        date("EndDate", "endDate"),
        text("Location", "location"),
        choice("Task", "type", "task"),
        COMPANY,
        PERSON,
        word("Completed", "completed", "NotStarted", "Started", "Completed"),
        word("InvitationStatus", "invitationStatus", "None", "Invitation", "Accepted", "Declined"),
        *STAMPS,
    ),
)
SALE = EntityKind(
    "Sale",
    "sale",
    (
        told("SaleId", "saleId", Kind.NUMBER),
        text("Heading", "heading", needed=True),
        Field("Amount", "amount", Kind.DECIMAL),
        choice("Currency", "currency", "currency"),
        choice("Rating", "stage", "stage"),
        word("Status", "saleStatus", "Open", "Sold", "Lost", "Stalled"),
        date("Saledate", "date"),
        COMPANY,
        PERSON,
        *STAMPS,
    ),
)
PROJECT = EntityKind(
    "Project",
    "project",
    (
        told("ProjectId", "projectId", Kind.NUMBER),
        text("Name", "name", needed=True),
        text("ProjectNumber", "number", limit=50),
        text("Description", "text"),
        choice("ProjectType", "type", "projecttype"),
        choice("ProjectStatus", "status", "projectstatus"),
        date("EndDate", "endDate"),
        *STAMPS,
    ),
)
DOCUMENT = EntityKind(
    "Document",
    "document",
    (
        told("DocumentId", "documentId", Kind.NUMBER),
        text("Header", "header", needed=True),
        text("Name", "name", limit=200),
        text("Description", "text"),
        date("Date", "date"),
        choice("DocumentTemplate", "type", "documenttemplate", "DocumentTemplateId", "Name"),
        COMPANY,
        PERSON,
        *STAMPS,
    ),
)
SELECTION = EntityKind(
    "Selection",
    "selection",
    (
        told("SelectionId", "selectionId", Kind.NUMBER),
        text("Name", "name"),
        text("Description", "text"),
        choice("SelectionCategory", "category", "selectioncategory"),
        told("MemberCount", "memberCount", Kind.NUMBER),
        *STAMPS,
    ),
    mobile=False,
)
# what happened with a company, of three kinds; a list alone
ACTIVITY = EntityKind(
    "Activities",
    "activity",
    (
        told("RecordId", "recordId", Kind.NUMBER),
        told("RecordType", "recordType", Kind.TEXT),
        told("Text", "text", Kind.TEXT),
        told("Date", "date", Kind.DATE),
        reference("Contact", "contactId", "contact"),
        *STAMPS,
    ),
    mobile=False,
)
KINDS = {kind.resource: kind for kind in (CONTACT, PERSONS, APPOINTMENT, SALE, PROJECT, DOCUMENT, SELECTION)}
# Contact/{id}/… and the archive behind it
RELATIONS = {
    "Persons": PERSONS,
    "Appointments": APPOINTMENT,
    "Documents": DOCUMENT,
    "Sales": SALE,
    "Projects": PROJECT,
    "Activities": ACTIVITY,
}
