"""`/Preference`: what a user sees of the settings and may set."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.forms import query_of
from testbed.cloud.netserver.bodies import json_body
from testbed.cloud.netserver.caller import Caller, Callers
from testbed.cloud.netserver.faults import bad_request, forbidden, not_found
from testbed.cloud.netserver.preferences import BY_WORD, DEFINED, Definition, Level, Preferences, owner_at

FIELDS = frozenset(
    {
        *("Level", "RawValue", "Specification", "DisplayValue", "DisplayTooltip", "DisplayType"),
        *("TabOrder", "TargetId", "PrefDescId", "TableName", "UserPreferenceId", "TableRight", "FieldProperties"),
    }
)


class Wishes:
    def __init__(self, callers: Callers, preferences: Preferences) -> None:
        self._callers = callers
        self._preferences = preferences

    async def list(self, request: Request) -> Response:
        """All, or those of a section."""
        who = self._callers.caller(request).membership
        found = self._preferences.of_section(who, request.path_params.get("section", ""))
        return JSONResponse([each.carrier() for each in found])

    async def get(self, request: Request) -> Response:
        who = self._callers.caller(request).membership
        section, key = request.path_params["section"], request.path_params["key"]
        return JSONResponse(self._preferences.get(who, section, key).carrier())

    async def put(self, request: Request) -> Response:
        """`Level` says where; without it, or Undefined, as near to the user as this preference goes."""
        caller, definition = self._callers.caller(request), _defined(request)
        body = await json_body(request)
        value, word = body.get("RawValue"), body.get("Level", "Undefined")
        if not body.keys() <= FIELDS or not isinstance(value, str) or not isinstance(word, str):
            raise bad_request("The body is a Preference: RawValue, and perhaps Level")
        return self._set(caller, definition, _level(word), value)

    async def get_at(self, request: Request) -> Response:
        """The value alone; empty where the level has none."""
        who, definition = self._callers.caller(request).membership, _defined(request)
        return JSONResponse(self._preferences.at(who, definition, _level(request.path_params["level"])))

    async def put_at(self, request: Request) -> Response:
        caller, definition = self._callers.caller(request), _defined(request)
        value = query_of(request).get("value", "")
        return self._set(caller, definition, _level(request.path_params["level"]), value)

    def _set(self, caller: Caller, definition: Definition, level: Level, value: str) -> Response:
        """Raises ApiError: 400 for what the preference cannot be, 403 for a level that is not the user's own."""
        if level is Level.Undefined:
            level = Level.SystemWide if definition.only_global else Level.Individual
        if level is Level.HardDefault or (definition.only_global and level is not Level.SystemWide):
            raise bad_request(f"{definition.key} cannot be set at this level")
        if not definition.takes(value):
            raise bad_request(f"{definition.key} must be a {definition.type}")
        if level is not Level.Individual and not caller.membership.administrator:
            raise forbidden("Only an administrator sets what holds for others")
        owner = owner_at(level, caller.membership)
        self._preferences.put(caller.tenant.context, definition, level, owner, value)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _defined(request: Request) -> Definition:
    found = DEFINED.get((request.path_params["section"], request.path_params["key"]))
    if found is None:
        raise not_found("There is no such preference")
    return found


def _level(word: str) -> Level:
    found = BY_WORD.get(word)
    if found is None:
        raise bad_request(f"The level must be one of {', '.join(level.name for level in Level)}")
    return found
