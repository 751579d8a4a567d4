"""Tenants, and the people who sign in to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tenant:
    context: str
    company: str

    @property
    def number(self) -> str:
        return self.context.removeprefix("Cust")


@dataclass(frozen=True, slots=True)
class Membership:
    """A person as an associate of a tenant; row rights go by the associate's number."""

    tenant: str
    associate_id: int
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class Person:
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

PEOPLE = {
    person.email: person
    for person in (
        Person("ada@nordlys.test", "Ada Lund", (Membership(NORDLYS.context, 11, administrator=True),)),
        Person("bob@nordlys.test", "Bob Strand", (Membership(NORDLYS.context, 12),)),
        Person("cid@fjordtech.test", "Cid Moen", (Membership(FJORDTECH.context, 21, administrator=True),)),
        Person("dot@partner.test", "Dot Vik", (Membership(NORDLYS.context, 13), Membership(FJORDTECH.context, 22))),
    )
}


def associates(tenant: str) -> tuple[int, ...]:
    """Numbers of all who may sign in to a tenant."""
    found = (person.membership(tenant) for person in PEOPLE.values())
    return tuple(membership.associate_id for membership in found if membership)
