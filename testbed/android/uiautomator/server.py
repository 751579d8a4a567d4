"""The HTTP face: routes, the answer's envelope, errors with the server's names, and what ends a session."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.android.uiautomator.ask import Ask, invalid
from testbed.android.uiautomator.commands import sessions
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.phone import Touchable
from testbed.android.uiautomator.refusal import NOT_MAPPED, Unmodelled
from testbed.android.uiautomator.routes import ROUTES, Mapped
from testbed.handset.refusal import Fault, Refusal

_LEGACY_PREFIX = "/wd/hub"
_HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_log = logging.getLogger(__name__)


def _to_log(kind: str, what: str) -> None:
    _log.warning("unmodelled %s: %s", kind, what)


def server(
    phone: Touchable, on_session_end: Callable[[], None], on_unmodelled: Callable[[str, str], None] = _to_log
) -> ASGIApp:
    """An ASGI app that answers as appium-uiautomator2-server on the phone's port 6790.

    `on_session_end` is called once the answer to DELETE /session is out: there the real server ends its process.
    `on_unmodelled(kind, what)` hears of all that the real server could do and this one refuses or leaves out.
    """
    desk = Desk(phone, on_session_end, on_unmodelled)
    app = Starlette(
        routes=[Route(each.path, _endpoint(desk, each), methods=[each.method]) for each in _ordered()],
        exception_handlers={404: _unknown(desk), 405: _unknown(desk)},
    )
    app.router.redirect_slashes = False
    return _without_prefix(app)


def _ordered() -> list[Mapped]:
    """Fixed paths before those with a parameter in the same place (element/active before element/{element})."""
    return sorted(ROUTES, key=lambda each: each.path.count("{"))


def _endpoint(desk: Desk, mapped: Mapped) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> JSONResponse:
        session = request.path_params.get("session")
        try:
            if session is not None:
                desk.check(session)
            ask = Ask(request.path_params, await _body(request))
            value = await desk.phone.served(mapped.path, mapped.command(desk, ask))
        except Refusal as refusal:
            return _refused(desk, session, refusal)
        except Exception as error:  # noqa: BLE001 -- as SafeRequestHandler does, so that the client learns of it
            _log.exception("%s %s", mapped.method, mapped.path)
            return _refused(desk, session, Refusal(Fault.UNKNOWN_ERROR, f"{type(error).__name__}: {error}"))
        return _answer(desk, mapped, session, value)

    return endpoint


async def _body(request: Request) -> Mapping[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid(f"com.google.gson.JsonSyntaxException: {error}") from error
    if not isinstance(body, dict):
        raise invalid("com.google.gson.JsonSyntaxException: Expected BEGIN_OBJECT")
    return body


def _answer(desk: Desk, mapped: Mapped, session: str | None, value: object) -> JSONResponse:
    background = None
    if mapped.command is sessions.create and desk.open_session is not None:
        session = desk.open_session.id
    if mapped.command is sessions.delete:
        background = BackgroundTask(desk.on_session_end)
    return _json({"value": value, "sessionId": session or "None"}, 200, background)


def _refused(desk: Desk, session: str | None, refusal: Refusal) -> JSONResponse:
    if isinstance(refusal, Unmodelled):
        desk.on_unmodelled(refusal.kind, refusal.what)
    name = refusal.fault.error
    message = str(refusal)
    value = {"error": name, "message": message, "stacktrace": f"io.appium.uiautomator2: {name}: {message}"}
    return _json({"value": value, "sessionId": session}, refusal.fault.status)


def _unknown(desk: Desk) -> Callable[[Request, Exception], Any]:
    async def handler(request: Request, _error: Exception) -> JSONResponse:
        desk.on_unmodelled("command", f"{request.method} {request.url.path}")
        return _refused(desk, None, Refusal(Fault.UNKNOWN_COMMAND, NOT_MAPPED))

    return handler


def _json(content: object, status: int, background: BackgroundTask | None = None) -> JSONResponse:
    media_type = "application/json; charset=utf-8"
    return JSONResponse(content, status, _HEADERS, media_type, background)


def _without_prefix(app: ASGIApp) -> ASGIApp:
    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_LEGACY_PREFIX):
            scope = {**scope, "path": scope["path"].removeprefix(_LEGACY_PREFIX)}
        await app(scope, receive, send)

    return stripped
