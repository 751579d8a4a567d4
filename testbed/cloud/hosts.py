"""Virtual hosts: which application answers for which name."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class VirtualHosts:
    """Dispatches by the Host header; a tenant asked for on the wrong host gets 421, an unknown host 404."""

    def __init__(self, applications: Mapping[str, ASGIApp], homes: Mapping[str, str]) -> None:
        """`homes`: the host of each tenant, by context identifier."""
        self._applications = applications
        self._homes = homes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answering(scope)(scope, receive, send)

    def _answering(self, scope: Scope) -> ASGIApp:
        host = host_name(Headers(scope=scope).get("host", ""))
        application = self._applications.get(host)
        if application is None:
            return PlainTextResponse("No such host", 404)
        home = self._homes.get(scope["path"].removeprefix("/").partition("/")[0])
        if home not in (None, host):
            # the text is the vendor's own: tenant-status/check-status.mdx
            return PlainTextResponse("Wrong subdomain used to access tenant", 421)
        return application


def host_name(header: str) -> str:
    """The name in a Host header, without the port (RFC 9110 section 7.2)."""
    return header.strip().partition(":")[0].lower()
