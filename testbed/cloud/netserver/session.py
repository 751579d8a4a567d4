"""What the client asks about itself: the principal, preferences, and all it needs at start-up."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.forms import json_object_of
from testbed.cloud.netserver.caller import Bearer
from testbed.cloud.netserver.faults import bad_request
from testbed.cloud.netserver.preferences import POCKET_SECTION, Preferences

STARTUP_FIELDS = frozenset({"Tables", "CurrentClientTime"})


class ClientSession:
    def __init__(self, bearer: Bearer, preferences: Preferences) -> None:
        self._bearer = bearer
        self._preferences = preferences

    async def principal(self, request: Request) -> Response:
        """`User/currentPrincipal`, which stands in for the missing userinfo endpoint."""
        caller = self._bearer.caller(request)
        administrator = caller.membership.administrator
        return JSONResponse(
            {
                "UserType": "InternalAssociate",
                "Associate": caller.person.email.partition("@")[0].upper(),
                "AssociateId": caller.membership.associate_id,
                "FullName": caller.person.name,
                "EMailAddress": caller.person.email,
                "UserName": caller.person.email,
                "RoleName": "Administrator" if administrator else "User level 0",
                "DatabaseContextIdentifier": caller.tenant.context,
                "ProvidedCredentials": "SuperId",
            },
        )

    async def preference(self, request: Request) -> Response:
        caller = self._bearer.caller(request)
        section, key = request.path_params["section"], request.path_params["key"]
        return JSONResponse(self._preferences.get(caller.tenant.context, section, key).carrier())

    async def startup_data(self, request: Request) -> Response:
        """`Agents/Pocket/GetPocketStartupData`; rights come in the order of the tables asked for."""
        caller = self._bearer.caller(request)
        asked = await json_object_of(request)
        tables = asked.get("Tables") or []
        if not asked.keys() <= STARTUP_FIELDS or not isinstance(tables, list):
            raise bad_request("The body takes Tables (a list) and CurrentClientTime")
        preferences = self._preferences.of_section(caller.tenant.context, POCKET_SECTION)
        return JSONResponse(
            {
                "TableRights": ["FULL" for _ in tables],
                "OverdueSalesCount": 0,
                "NotificationsCount": 0,
                "SystemWebPanels": [],
                "PocketPreferences": [each.carrier() for each in preferences],
                "IsPushNotificationEnabled": False,
                "CustomData": "",
            },
        )
