"""Who calls the Web API."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request

from testbed.cloud.netserver.faults import ApiError
from testbed.cloud.people import PEOPLE, TENANTS, Membership, Person, Tenant
from testbed.cloud.superid.grants import Grants


@dataclass(frozen=True, slots=True)
class Caller:
    person: Person
    tenant: Tenant
    membership: Membership


class Bearer:
    """Only `Authorization: Bearer` with a live token of the tenant in the path (RFC 6750 section 2.1)."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def caller(self, request: Request) -> Caller:
        """Raises ApiError: 404 for an unknown tenant, 401 otherwise, without saying what was wrong with the token."""
        tenant = TENANTS.get(request.path_params["context"])
        if tenant is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "Unknown tenant")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.of_access_token(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.tenant != tenant.context:
            raise ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")
        person = PEOPLE[grant.email]
        membership = person.membership(tenant.context)
        if membership is None:
            raise ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")
        return Caller(person, tenant, membership)
