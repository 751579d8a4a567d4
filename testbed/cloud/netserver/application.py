"""The Web API of all tenants on one host."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.cloud.central.devices import Devices
from testbed.cloud.clock import Clock
from testbed.cloud.netserver.agents import PocketAgent
from testbed.cloud.netserver.caller import Callers
from testbed.cloud.netserver.catalogue import Answer, Operation, Services, operations
from testbed.cloud.netserver.details import Details
from testbed.cloud.netserver.documents import Documents
from testbed.cloud.netserver.lists import Lists, Places
from testbed.cloud.netserver.preferences import Preferences
from testbed.cloud.netserver.reception import Reception
from testbed.cloud.netserver.records import Records
from testbed.cloud.netserver.session import ClientSession
from testbed.cloud.netserver.version import Version
from testbed.cloud.netserver.wishes import Wishes
from testbed.cloud.store import Store

API = "/{context}/api"
# in /Cust10001/api/v1/Contact/7
RESOURCE_AT = 4


@dataclass(frozen=True, slots=True)
class Ground:
    """What an installation's Web API stands on."""

    places: Places
    clock: Clock
    store: Store
    callers: Callers
    devices: Devices


class ByResource:
    """Looks at the first word after /api/v1 alone, so that no path is compared with all there are."""

    def __init__(self, rest: ASGIApp, resources: Mapping[str, ASGIApp]) -> None:
        self._rest = rest
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope["path"].split("/", RESOURCE_AT + 1)
        word = parts[RESOURCE_AT] if len(parts) > RESOURCE_AT else ""
        await self._resources.get(word, self._rest)(scope, receive, send)


def web_api(ground: Ground) -> ASGIApp:
    offered = operations(_services(ground))
    version = Version(ground.places, ground.callers, offered)
    about = [
        Route(API, version.block, methods=["GET"]),
        Route(f"{API}/v1", version.paths, methods=["GET"]),
        Route(f"{API}/openapi.json", version.description, methods=["GET"]),
    ]
    by_resource = groupby(sorted(offered, key=_resource), _resource)
    return ByResource(Reception(about), {name: Reception(_routes(same)) for name, same in by_resource})


def _resource(operation: Operation) -> str:
    return operation.path.split("/")[1]


def _services(ground: Ground) -> Services:
    callers, store = ground.callers, ground.store
    records, preferences = Records(store), Preferences(store)
    details = Details(ground.clock, callers, records)
    return Services(
        callers,
        Lists(ground.places, ground.clock, callers, records),
        details,
        Documents(ground.places, callers, store, details),
        ClientSession(callers),
        Wishes(callers, preferences),
        PocketAgent(ground.clock, callers, store, records, preferences, ground.devices),
    )


def _routes(offered: Iterable[Operation]) -> list[Route]:
    """One route for all methods of a path, so that 405 names them all in Allow; fixed paths before open ones."""
    by_path = sorted(offered, key=lambda each: ("{" in each.path, each.path))
    return [
        _route(path, {each.method: each.answer for each in same}) for path, same in groupby(by_path, lambda it: it.path)
    ]


def _route(path: str, answers: Mapping[str, Answer]) -> Route:
    async def answer(request: Request) -> Response:
        return await answers["GET" if request.method == "HEAD" else request.method](request)

    return Route(f"{API}/v1{path}", answer, methods=list(answers))
