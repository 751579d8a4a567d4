"""The HTTP face: routes, the answer's envelope, errors with the server's names (FBWebServer.m, FBResponsePayload.m)."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.phone import Touchable
from testbed.ios.wda.refusal import Unmodelled
from testbed.ios.wda.routes import ROUTES, Mapped, paths

ALIVE = "<!DOCTYPE html><html><title>Health Check</title><body><p>I-AM-ALIVE</p></body></html>"
_log = logging.getLogger(__name__)


def server(phone: Touchable, on_unmodelled: Callable[[str, str], None]) -> ASGIApp:
    """An ASGI app that answers as WebDriverAgent on the phone's port 8100.

    `on_unmodelled(kind, what)` hears of all that the real server could do and this one refuses or leaves out.
    """
    desk = Desk(phone, on_unmodelled)
    listed = [(path, mapped) for mapped in ROUTES for path in paths(mapped)]
    listed.sort(key=lambda each: each[0].count("{"))  # element/active before element/{uuid}
    app = Starlette(
        routes=[
            Route("/health", _health),
            *(Route(path, _endpoint(desk, mapped), methods=[mapped.method]) for path, mapped in listed),
        ],
        exception_handlers={404: _unhandled(desk), 405: _unhandled(desk)},
    )
    app.router.redirect_slashes = False
    return app


async def _health(_request: Request) -> Response:
    return PlainTextResponse(ALIVE)


def _endpoint(desk: Desk, mapped: Mapped) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            if "session" in request.path_params:
                desk.check(request.path_params["session"])
            value = await mapped.command(desk, Ask(request.path_params, await _body(request), request.query_params))
        except Refusal as refusal:
            return _refused(desk, refusal)
        except Exception as error:  # noqa: BLE001 -- as FBExceptionHandler does, so that the client learns of it
            _log.exception("%s %s", mapped.method, mapped.path)
            return _refused(desk, Refusal(Fault.UNKNOWN_ERROR, f"{type(error).__name__}: {error}"))
        return _answer(desk, value, 200)

    return endpoint


async def _body(request: Request) -> Mapping[str, Any]:
    """What is no JSON object counts as an empty one (FBWebServer.m, registerRouteHandlers)."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refused(desk: Desk, refusal: Refusal) -> Response:
    if isinstance(refusal, Unmodelled):
        desk.on_unmodelled(refusal.kind, refusal.what)
    value = {"error": refusal.fault.error, "message": str(refusal), "traceback": ""}
    return _answer(desk, value, refusal.fault.status)


def _answer(desk: Desk, value: object, status: int) -> Response:
    session = desk.open_session
    content = json.dumps({"value": value, "sessionId": session.id if session else None}, indent=2)
    return Response(content, status, media_type="application/json;charset=UTF-8")


def _unhandled(desk: Desk) -> Callable[[Request, Exception], Any]:
    async def handler(request: Request, _error: Exception) -> Response:
        desk.on_unmodelled("command", f"{request.method} {request.url.path}")
        words = f"Unhandled endpoint: {request.url.path} with parameters {dict(request.query_params)}"
        return _refused(desk, Refusal(Fault.UNKNOWN_COMMAND, words))

    return handler
