"""The Web API of all tenants on one host."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError
from testbed.cloud.netserver.caller import Bearer
from testbed.cloud.netserver.details import Details
from testbed.cloud.netserver.entities import KINDS, EntityKind
from testbed.cloud.netserver.faults import ApiError, answer_any
from testbed.cloud.netserver.lists import Lists
from testbed.cloud.netserver.preferences import Preferences
from testbed.cloud.netserver.records import Records
from testbed.cloud.netserver.session import ClientSession
from testbed.cloud.store import Store
from testbed.cloud.superid.grants import Grants

V1 = "/{context}/api/v1"
# most of the saving at a quarter of the time of the highest level
GZIP_LEVEL = 4

KindEndpoint = Callable[[Request, EntityKind], Awaitable[Response]]


def web_api(addresses: Addresses, clock: Clock, store: Store, grants: Grants) -> Starlette:
    bearer, records = Bearer(grants), Records(store)
    lists = Lists(addresses, bearer, records)
    details = Details(clock, bearer, records)
    session = ClientSession(bearer, Preferences(store))
    application = Starlette(
        routes=[
            *(route for kind in KINDS.values() for route in _entity_routes(kind, lists, details)),
            Route(f"{V1}/User/currentPrincipal", session.principal, methods=["GET"]),
            Route(f"{V1}/Preference/{{section}}/{{key}}", session.preference, methods=["GET"]),
            Route(f"{V1}/Agents/Pocket/GetPocketStartupData", session.startup_data, methods=["POST"]),
        ],
        middleware=[Middleware(GZipMiddleware, compresslevel=GZIP_LEVEL)],
        exception_handlers=dict.fromkeys((ApiError, BadInputError, HTTPException), answer_any),
    )
    application.router.redirect_slashes = False
    return application


def _entity_routes(kind: EntityKind, lists: Lists, details: Details) -> list[Route]:
    place = f"{V1}/{kind.resource}"
    return [
        _route(place, kind, {"GET": lists.page}),
        _route(f"{place}/{{number}}", kind, {"GET": details.get, "PATCH": details.patch}),
    ]


def _route(place: str, kind: EntityKind, endpoints: Mapping[str, KindEndpoint]) -> Route:
    """One route for all methods of a place, so that 405 names them all in Allow."""

    async def answer(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request, kind)

    return Route(place, answer, methods=list(endpoints))
