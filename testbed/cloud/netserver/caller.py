"""Who calls the Web API."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request

from testbed.cloud.netserver.faults import ApiError
from testbed.cloud.people import TENANTS, Membership, People, Person, Tenant
from testbed.cloud.roles import Role, Roles
from testbed.cloud.store import Store
from testbed.cloud.superid.grants import Grant, Grants


@dataclass(frozen=True, slots=True)
class Caller:
    """`provider` names the identity provider that vouches for the person, None for a password.

    Documents in Microsoft 365 open only for those who came through the Microsoft one.
    """

    person: Person
    tenant: Tenant
    membership: Membership
    role: Role
    provider: str | None = None

    def may(self, table: str, flag: str) -> bool:
        """Whether the role gives this right (roles.FLAGS) to a table."""
        return self.role.allows(table, flag)


class Callers(Protocol):
    """How an installation tells who calls it."""

    def caller(self, request: Request) -> Caller:
        """Raises ApiError: 404 for an unknown tenant, 401 otherwise."""


class Bearer:
    """Only `Authorization: Bearer` with a live token of the tenant in the path (RFC 6750 section 2.1)."""

    def __init__(self, store: Store, grants: Grants, people: People, roles: Roles) -> None:
        self._store = store
        self._age = -1
        self._callers: dict[str, Caller] = {}
        self._grants = grants
        self._people = people
        self._roles = roles

    def caller(self, request: Request) -> Caller:
        """Raises ApiError: 404 for an unknown tenant, 401 otherwise, without saying what was wrong with the token."""
        tenant = TENANTS.get(request.path_params["context"])
        if tenant is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "Unknown tenant")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.of_access_token(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.tenant != tenant.context:
            raise ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")
        return self._behind(grant, tenant)

    def _behind(self, grant: Grant, tenant: Tenant) -> Caller:
        """Who somebody is and may do is looked up again as soon as anything was changed in the store."""
        if self._store.age != self._age:
            self._age = self._store.age
            self._callers.clear()
        found = self._callers.get(grant.number)
        if found is None:
            found = self._callers[grant.number] = self._looked_up(grant, tenant)
        return found

    def _looked_up(self, grant: Grant, tenant: Tenant) -> Caller:
        person = self._people.find(grant.email)
        membership = person.membership(tenant.context) if person else None
        if person is None or membership is None:
            raise ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")
        return Caller(person, tenant, membership, self._roles.of(membership.role), grant.provider)
