"""The tables of a tenant's records: which columns they have, in the seeded files and among the changes.

What a tenant starts with lies in a file of its own that is never written again; what changed since lies in the cloud's
state, a row a record. Views put both together, so that a reset drops the changes and copies nothing.
"""

from dataclasses import dataclass

Columns = tuple[tuple[str, str], ...]


def _texts(*names: str) -> Columns:
    return tuple((name, "TEXT NOT NULL DEFAULT ''") for name in names)


def _numbers(*names: str) -> Columns:
    return tuple((name, "INTEGER NOT NULL DEFAULT 0") for name in names)


# who may see a record (NULL: everybody), what names it, and what every archive of the vendor has
HEAD = (("visible_to", "INTEGER"), ("marker", "TEXT"))
TAIL = (*_numbers("associateId"), *_texts("registeredDate", "updatedDate"))


@dataclass(frozen=True, slots=True)
class Table:
    """`own` are the names and types of its columns; names with a slash are the vendor's."""

    name: str
    own: Columns

    @property
    def all(self) -> Columns:
        """All but the record's number."""
        return (*HEAD, *self.own, *TAIL)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names as SQL takes them."""
        return tuple(f'"{name}"' for name, _ in self.all)

    @property
    def declarations(self) -> str:
        return ", ".join(f'"{name}" {kind}' for name, kind in self.all)


TABLES = (
    Table(
        "contact",
        (
            *_texts("name", "department", "number", "orgnr"),
            *_numbers("category", "business", "country"),
            *_texts("phone/formattedNumber", "email/emailAddress"),
        ),
    ),
    Table(
        "person",
        (
            *_texts("firstName", "lastName", "fullName", "title"),
            *_numbers("contactId"),
            *_texts("phone/formattedNumber", "email/emailAddress"),
        ),
    ),
    Table(
        "appointment",
        (
            *_texts("text", "date", "endDate", "location"),
            *_numbers("type", "contactId", "personId"),
            *_texts("completed", "invitationStatus"),
        ),
    ),
    Table(
        "sale",
        (
            *_texts("heading"),
            ("amount", "REAL NOT NULL DEFAULT 0"),
            *_numbers("currency", "stage"),
            *_texts("saleStatus", "date"),
            *_numbers("contactId", "personId"),
        ),
    ),
    # a project's company is that of its first member: by it companies find their projects
    Table(
        "project",
        (*_texts("name", "number", "text"), *_numbers("type", "status"), *_texts("endDate"), *_numbers("contactId")),
    ),
    # `content` names what the bytes are made from, until others are stored
    Table(
        "document",
        (
            *_texts("header", "name", "text", "date"),
            *_numbers("type", "contactId", "personId"),
            *_texts("content"),
        ),
    ),
    # members are the companies whose number, divided, leaves this rest
    Table("selection", (*_texts("name", "text"), *_numbers("category", "memberCount", "divisor", "rest"))),
)
BY_NAME = {table.name: table for table in TABLES}
BELONGING = ("person", "appointment", "sale", "project", "document")


def seeded_schema() -> str:
    """Of a file with what one tenant starts with; indexes come after the rows, which is quicker."""
    return "\n".join(f"CREATE TABLE {each.name} (id INTEGER PRIMARY KEY, {each.declarations});" for each in TABLES)


def seeded_indexes() -> str:
    return "\n".join(
        (
            *(f"CREATE INDEX {each.name}_updated ON {each.name} (updatedDate);" for each in TABLES),
            *(f"CREATE INDEX {name}_contact ON {name} (contactId);" for name in BELONGING),
        )
    )


def changes_schema() -> str:
    """Of the state: the same columns for all tenants, and `gone` for what was deleted."""
    return "\n".join(
        (
            *(
                f"CREATE TABLE changed_{each.name} (tenant TEXT, id INTEGER, gone INTEGER NOT NULL DEFAULT 0, "
                f"{each.declarations}, PRIMARY KEY (tenant, id)) WITHOUT ROWID;\n"
                f"CREATE INDEX changed_{each.name}_updated ON changed_{each.name} (tenant, updatedDate);"
                for each in TABLES
            ),
            *(f"CREATE INDEX changed_{name}_contact ON changed_{name} (tenant, contactId);" for name in BELONGING),
        )
    )


def view(table: Table, tenant: str, schema: str) -> str:
    """What a tenant has now, made from its seeded file (attached as `schema`) and its changes.

    The tenant is one of ours, so its name may stand in the statement.
    """
    columns = ", ".join(("id", *table.columns))
    name, changed = table.name, f"main.changed_{table.name}"
    return (
        f'CREATE TEMP VIEW "{tenant}_{name}" AS '  # noqa: S608 -- names of ours
        f"SELECT {columns} FROM {schema}.{name} AS seeded WHERE NOT EXISTS "
        f"(SELECT 1 FROM {changed} AS c WHERE c.tenant = '{tenant}' AND c.id = seeded.id) "
        f"UNION ALL SELECT {columns} FROM {changed} WHERE tenant = '{tenant}' AND NOT gone"
    )
