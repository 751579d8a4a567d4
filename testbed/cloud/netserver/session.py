"""What the client asks about itself and its tenant: the principal, time zones, lists to choose from."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.forms import options_of
from testbed.cloud.netserver import zones
from testbed.cloud.netserver.caller import Callers
from testbed.cloud.netserver.choices import CHOICES, named
from testbed.cloud.netserver.faults import bad_request, not_found
from testbed.cloud.netserver.preferences import group_of


class ClientSession:
    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def principal(self, request: Request) -> Response:
        """`User/currentPrincipal`, which stands in for the missing userinfo endpoint."""
        caller = self._callers.caller(request)
        name = caller.person.email.partition("@")[0].upper()
        return JSONResponse(
            {
                "UserType": "InternalAssociate",
                "Associate": name,
                "AssociateId": caller.membership.associate_id,
                "IsPerson": True,
                "PersonId": 0,
                "CountryId": 1,
                "HomeCountryId": 1,
                "ContactId": 0,
                "GroupId": group_of(caller.membership),
                "BusinessId": 0,
                "CategoryId": 0,
                "ContactOwner": 0,
                "RoleId": 0,
                "RoleName": caller.membership.role,
                "RoleDescription": caller.membership.role,
                "RoleType": "Employee",
                "Licenses": [],
                "FullName": caller.person.name,
                "EMailAddress": caller.person.email,
                "FunctionRights": ["admin-all"] if caller.membership.administrator else [],
                "EjUserId": 0,
                "EjAccessLevel": 0,
                "EjUserStatus": "StatusNone",
                "ProvidedCredentials": [
                    {"Type": "SuperId", "SearchName": caller.person.email, "DisplayName": name, "CredentialId": 0}
                ],
                "SecondaryGroups": [],
                "DatabaseContextIdentifier": caller.tenant.context,
                "UserName": caller.person.email,
            },
        )

    async def time_zones(self, request: Request) -> Response:
        self._callers.caller(request)
        return JSONResponse(
            {"odata.metadata": None, "odata.nextLink": None, "value": [zones.row(each) for each in zones.ZONES]}
        )

    async def base_zone(self, request: Request) -> Response:
        return JSONResponse(zones.carrier(zones.base_of(self._callers.caller(request).tenant.context)))

    async def current_zone(self, request: Request) -> Response:
        """The one that SO-TimeZone asks for, else the tenant's."""
        context = self._callers.caller(request).tenant.context
        return JSONResponse(zones.carrier(zones.times_for(context, request.headers).wanted))

    async def list_items(self, request: Request) -> Response:
        return JSONResponse(
            [
                {"Id": number, "Name": name, "Tooltip": "", "Deleted": False, "Rank": number}
                for number, name in self._choices(request).items()
            ]
        )

    async def mdo_lists(self, request: Request) -> Response:
        self._callers.caller(request)
        return JSONResponse(list(CHOICES))

    async def mdo_items(self, request: Request) -> Response:
        """None of the lists here has headings, so `flat` changes nothing."""
        asked = options_of(request)
        if asked.keys() - {"flat"} or asked.get("flat", "false").lower() not in {"true", "false"}:
            raise bad_request("MDOList takes flat, true or false")
        return JSONResponse(
            [
                {
                    "Id": number,
                    "Name": name,
                    "ToolTip": "",
                    "Deleted": False,
                    "Rank": number,
                    "Type": "",
                    "ChildItems": [],
                }
                for number, name in self._choices(request).items()
            ]
        )

    def _choices(self, request: Request) -> dict[int, str]:
        """Raises ApiError 404 for a list that is not there."""
        self._callers.caller(request)
        found = named(request.path_params["name"])
        if found is None:
            raise not_found("There is no such list")
        return dict(found)
