"""Tenants, and the people who sign in to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from testbed.cloud.roles import ADMINISTRATOR, USER
from testbed.cloud.store import Store


@dataclass(frozen=True, slots=True)
class Tenant:
    context: str
    company: str

    @property
    def number(self) -> str:
        return self.context.removeprefix("Cust")


@dataclass(frozen=True, slots=True)
class Membership:
    """A person as an associate of a tenant; row rights go by the associate's number, table rights by the role."""

    tenant: str
    associate_id: int
    role: str = USER

    @property
    def administrator(self) -> bool:
        return self.role == ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Person:
    """`email` is the user name everywhere (identity/superid/overview.mdx), but in an installation of one's own."""

    email: str
    name: str
    memberships: tuple[Membership, ...]

    @property
    def tenants(self) -> tuple[str, ...]:
        return tuple(membership.tenant for membership in self.memberships)

    def membership(self, tenant: str) -> Membership | None:
        return next((each for each in self.memberships if each.tenant == tenant), None)


NORDLYS = Tenant("Cust10001", "Nordlys AS")
FJORDTECH = Tenant("Cust20002", "Fjordtech AS")
TENANTS = {tenant.context: tenant for tenant in (NORDLYS, FJORDTECH)}
# an installation of a customer's own, which CRM Online knows nothing of
ONSITE = Tenant("Onsite", "Vardehus AS")

# whose own records a new tenant has
RESIDENTS = (
    Person("ada@nordlys.test", "Ada Lund", (Membership(NORDLYS.context, 11, ADMINISTRATOR),)),
    Person("bob@nordlys.test", "Bob Strand", (Membership(NORDLYS.context, 12),)),
    Person("cid@fjordtech.test", "Cid Moen", (Membership(FJORDTECH.context, 21, ADMINISTRATOR),)),
    Person("dot@partner.test", "Dot Vik", (Membership(NORDLYS.context, 13), Membership(FJORDTECH.context, 22))),
    Person("otto", "Otto Varde", (Membership(ONSITE.context, 31, ADMINISTRATOR),)),
)
# who signs in at an identity provider, by the domain of the e-mail address (federation/profiles.py)
FEDERATED = (
    Person("mia@solberg.test", "Mia Solberg", (Membership(NORDLYS.context, 14),)),
    Person("gus@havn.test", "Gus Havn", (Membership(NORDLYS.context, 15),)),
    Person("kai@lyngen.test", "Kai Lyngen", (Membership(NORDLYS.context, 16),)),
)
NEWCOMERS_FROM = 100


def associates(tenant: str) -> tuple[int, ...]:
    """Numbers of those who have records of their own from the first day."""
    found = (person.membership(tenant) for person in RESIDENTS)
    return tuple(membership.associate_id for membership in found if membership)


class People:
    """Everybody there is now: the lab may hire, dismiss and promote."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, email: str) -> Person | None:
        rows = self._store.all(
            "SELECT name, tenant, associate_id, role FROM person LEFT JOIN membership USING (email)"
            " WHERE email = ? ORDER BY tenant",
            (email,),
        )
        if not rows:
            return None
        memberships = tuple(
            Membership(row["tenant"], row["associate_id"], row["role"]) for row in rows if row["tenant"]
        )
        return Person(email, rows[0]["name"], memberships)

    def everybody(self) -> tuple[Person, ...]:
        found = (self.find(row["email"]) for row in self._store.all("SELECT email FROM person ORDER BY email"))
        return tuple(person for person in found if person is not None)

    def hire(self, email: str, name: str, roles: Mapping[str, str]) -> Person:
        """`roles` by tenant; each tenant gives the next number."""
        memberships = tuple(Membership(tenant, self._next_number(tenant), role) for tenant, role in roles.items())
        add(self._store, Person(email, name, memberships))
        return Person(email, name, memberships)

    def promote(self, email: str, tenant: str, role: str) -> bool:
        """False where the person is no associate of the tenant."""
        changed = self._store.change(
            "UPDATE membership SET role = ? WHERE email = ? AND tenant = ?", (role, email, tenant)
        )
        return changed == 1

    def dismiss(self, email: str) -> None:
        self._store.change("DELETE FROM membership WHERE email = ?", (email,))
        self._store.change("DELETE FROM person WHERE email = ?", (email,))

    def _next_number(self, tenant: str) -> int:
        row = self._store.one("SELECT max(associate_id) AS last FROM membership WHERE tenant = ?", (tenant,))
        last = row["last"] if row and row["last"] is not None else 0
        return max(int(last) + 1, NEWCOMERS_FROM)


def add(store: Store, person: Person) -> None:
    store.change("INSERT INTO person VALUES (?, ?)", (person.email, person.name))
    for each in person.memberships:
        store.change(
            "INSERT INTO membership VALUES (?, ?, ?, ?)", (person.email, each.tenant, each.associate_id, each.role)
        )
