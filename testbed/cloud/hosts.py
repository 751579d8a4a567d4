"""Virtual hosts: which application answers for which name."""

from collections.abc import Callable, Mapping

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.cloud.evidence import host_of
from testbed.cloud.tenancy import State, Tenancy

# a client is told by the tenant's state (tenant-status/check-status.mdx) that there is no use in trying
DOWN = frozenset(State) - {State.RUNNING, State.ONLINE_MAINTENANCE}


class VirtualHosts:
    """Dispatches by the Host header; a tenant asked for on the wrong host gets 421, an unknown host 404."""

    def __init__(self, applications: Mapping[str, ASGIApp], tenancy: Tenancy, vendor: frozenset[str]) -> None:
        """`vendor`: the hosts where a path may begin with a tenant."""
        self._applications = applications
        self._tenancy = tenancy
        self._vendor = vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answering(scope)(scope, receive, send)

    def _answering(self, scope: Scope) -> ASGIApp:
        host = host_of(scope)
        application = self._applications.get(host)
        if application is None:
            return PlainTextResponse("No such host", 404)
        where = self._tenancy.of(scope["path"].removeprefix("/").partition("/")[0]) if host in self._vendor else None
        if where is not None and where.host != host:
            # the text is the vendor's own: tenant-status/check-status.mdx
            return PlainTextResponse("Wrong subdomain used to access tenant", 421)
        if where is not None and where.state in DOWN:
            return PlainTextResponse("The tenant is not available", 503)
        return application


class AtFirstUse:
    """An application that is made when its host is first asked: what few need costs no start-up time."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._made: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None:
            self._made = self._make()
        await self._made(scope, receive, send)
