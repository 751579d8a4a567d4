"""Orders that show in HTTP."""

import asyncio
import base64
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testbed.cloud.evidence import host_of
from testbed.cloud.knobs.rules import BODILESS, HANDSHAKE, Kind, Orders, Rule
from testbed.cloud.netserver.faults import ApiError, answer

if TYPE_CHECKING:
    from collections.abc import Callable

# in the order in which they strike, whatever the order they were given in: what is cut is the answer that was chosen
STEPS = (Kind.LATENCY, Kind.REPLY, Kind.STATUS, Kind.TRUNCATE, Kind.LOSS)
IN_HTTP = frozenset(Kind) - HANDSHAKE
MISDIRECTED = 421


class Disturbance:
    """Stands before the hosts; without orders it only looks whether there are any."""

    def __init__(self, app: ASGIApp, orders: Orders) -> None:
        self._app = app
        self._orders = orders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._orders.none:
            await self._app(scope, receive, send)
            return
        struck = self._orders.striking(IN_HTTP, host_of(scope), scope["path"], scope["method"])
        app = self._app
        for order in sorted(struck, key=lambda each: STEPS.index(each.rule.kind)):
            rule = order.rule
            match rule.kind:
                case Kind.LATENCY:
                    seconds = rule.what["seconds"]
                    await asyncio.sleep(float(seconds) if isinstance(seconds, int | float) else 0)
                case Kind.LOSS:
                    await _lose(rule, app, scope, receive, send)
                    return
                case Kind.STATUS:
                    app = _refusal(rule)
                case Kind.REPLY:
                    app = _reply(rule)
                case Kind.TRUNCATE:
                    app = _cut(rule, app)
        await app(scope, receive, send)


async def _lose(rule: Rule, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Cuts the connection: before the answer, or after so many bytes of it, whose length was promised in full."""
    hang_up: Callable[[], None] = scope["state"]["hang_up"]
    if "after_bytes" not in rule.what:
        hang_up()
        return
    left = _int(rule, "after_bytes")

    async def part(message: Message) -> None:
        nonlocal left
        if message["type"] == "http.response.body" and left >= 0:
            body = message.get("body", b"")
            await send({**message, "body": body[:left], "more_body": True})
            left -= len(body)
            if left <= 0 or not message.get("more_body", False):
                left = -1
                hang_up()
        elif left >= 0:
            await send(message)

    await app(scope, receive, part)


def _refusal(rule: Rule) -> ASGIApp:
    """A status with the body the API documents for it; Retry-After as RFC 9110 section 10.2.3 has it."""
    status = _int(rule, "status")
    if status in BODILESS:
        response = Response(status_code=status)
    elif status == MISDIRECTED:
        response = PlainTextResponse("Wrong subdomain used to access tenant", status)
    else:
        response = answer(ApiError(HTTPStatus(status), "The request was refused"))
    retry_after = rule.what.get("retry_after")
    if isinstance(retry_after, str):
        response.headers["Retry-After"] = retry_after
    return response


def _reply(rule: Rule) -> ASGIApp:
    encoded, text = rule.what.get("body_base64"), rule.what.get("body", "")
    body = base64.b64decode(encoded) if isinstance(encoded, str) else str(text).encode()
    headers = rule.what.get("headers", {})
    named = {name: str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
    return Response(body, _int(rule, "status") if "status" in rule.what else 200, named)


def _cut(rule: Rule, app: ASGIApp) -> ASGIApp:
    """The first bytes of the answer as if they were all of it; uncompressed, so that it is the JSON that breaks off."""
    limit = _int(rule, "bytes")

    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        body = bytearray()
        plain = {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}

        async def gather(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                body.extend(message.get("body", b""))

        await app(plain, receive, gather)
        if start is not None:
            kept = bytes(body[:limit])
            headers = [each for each in start["headers"] if each[0].lower() != b"content-length"]
            length = (b"content-length", str(len(kept)).encode())
            await send({**start, "headers": [*headers, length]})
            await send({"type": "http.response.body", "body": kept})

    return cut


def _int(rule: Rule, name: str) -> int:
    value = rule.what[name]
    return int(value) if isinstance(value, int | float) else 0
