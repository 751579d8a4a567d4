"""What the Web API says of itself: its version, its paths, its description (endpoints/get-webapi-version.md)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.netserver.caller import Callers
from testbed.cloud.netserver.catalogue import Operation
from testbed.cloud.netserver.faults import not_found
from testbed.cloud.netserver.lists import Places
from testbed.cloud.netserver.openapi import description
from testbed.cloud.people import ONSITE, TENANTS

NETSERVER, LABEL, DATE = "11.10.0.1", "Release_11.10_reference", "2026-01-15"


class Version:
    def __init__(self, places: Places, callers: Callers, operations: tuple[Operation, ...]) -> None:
        self._places = places
        self._callers = callers
        self._operations = operations

    async def block(self, request: Request) -> Response:
        """Nothing of the tenant is in it, so nobody need be signed in."""
        return JSONResponse(
            {
                "v1": f"{self._address(request)}v1",
                "NetServerVersion": NETSERVER,
                "NetServerAssembly": NETSERVER,
                "NetServerDate": DATE,
                "NetServerLabel": LABEL,
                "NetServer": f"Reference cloud (Build: {LABEL})",
                "Services": "Services87",
                "ServicesCurrent": "Services88",
                "Version": "v1",
            }
        )

    async def paths(self, request: Request) -> Response:
        """Addresses and what their methods do."""
        self._callers.caller(request)
        base = f"{self._address(request)}v1"
        told: dict[str, dict[str, str]] = {}
        for each in self._operations:
            told.setdefault(f"{base}{each.path}", {})[each.method] = each.summary
        return JSONResponse(told)

    async def description(self, request: Request) -> Response:
        """Ours: the vendor publishes its description elsewhere."""
        return JSONResponse(description(self._operations, f"{self._address(request)}v1"))

    def _address(self, request: Request) -> str:
        """Raises ApiError 404 for an unknown tenant."""
        context = request.path_params["context"]
        if context not in TENANTS and context != ONSITE.context:
            raise not_found("Unknown tenant")
        return self._places.web_api(context)
