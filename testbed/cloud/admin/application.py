"""The admin application: nothing without the token, every trouble in one form."""

import hmac
from collections.abc import Iterable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.cloud.forms import BadInputError
from testbed.cloud.netserver.faults import ApiError


class AdminToken:
    """Nothing is answered without the token, not even whether a path exists."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            refused = JSONResponse({"error": "admin token required"}, 401, {"WWW-Authenticate": "Bearer"})
            await refused(scope, receive, send)


def application(routes: Iterable[Route], token: str) -> Starlette:
    built = Starlette(
        routes=list(routes),
        middleware=[Middleware(AdminToken, token=token)],
        exception_handlers={BadInputError: _bad_input, ApiError: _bad_input, HTTPException: _refused},
    )
    built.router.redirect_slashes = False
    return built


def no_such(what: str) -> HTTPException:
    return HTTPException(HTTPStatus.NOT_FOUND, f"no such {what}")


def done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _bad_input(_request: Request, bad: Exception) -> Response:
    return JSONResponse({"error": str(bad)}, 400)


async def _refused(_request: Request, raised: Exception) -> Response:
    status = raised.status_code if isinstance(raised, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = raised.detail if isinstance(raised, HTTPException) else ""
    return JSONResponse({"error": detail}, status)
