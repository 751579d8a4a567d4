"""Finds who answers a request to the Web API, and hands over the answer.

Of what an application of Starlette does for each request it does only this much: records are asked for thousands of
times a second.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from testbed.cloud.forms import BadInputError
from testbed.cloud.netserver.faults import ApiError, answer_any

# most of the saving at a quarter of the time of the highest level
GZIP_LEVEL = 4
REFUSED = re.compile(rb"gzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)", re.IGNORECASE)
VARY = (b"vary", b"Accept-Encoding")


def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding has gzip, and not to refuse it (RFC 9110 section 12.5.3)."""
    return b"gzip" in accepted and not REFUSED.search(accepted)


class Reception:
    """Answers by the first route that fits, in the documented words where none does; packs for those who take gzip."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._packed = GZipMiddleware(self._plain, compresslevel=GZIP_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if any(name == b"accept-encoding" and takes_gzip(value) for name, value in scope["headers"]):
            await self._packed(scope, receive, send)
            return
        response = await self._answer(scope, receive)
        response.raw_headers.append(VARY)
        await response(scope, receive, send)

    async def _plain(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope, receive)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        request = Request(scope, receive)
        try:
            return await self._endpoint(scope)(request)
        except (ApiError, BadInputError, HTTPException) as raised:
            return await answer_any(request, raised)

    def _endpoint(self, scope: Scope) -> Callable[[Request], Awaitable[Response]]:
        """The first path that fits decides; raises HTTPException: 405 with its methods, or 404 where none does."""
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                endpoint: Callable[[Request], Awaitable[Response]] = found["endpoint"]
                return endpoint
            if match is Match.PARTIAL:
                raise HTTPException(405, headers={"Allow": ", ".join(route.methods or ())})
        raise HTTPException(404)
