"""What the public hosts saw, so that the server's side of a check needs no proxy."""

import hashlib
import time
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1_000_000
# no standard code says that the client left before its request was whole; nginx logs this one
CLIENT_GONE = 499


@dataclass(frozen=True, slots=True)
class Entry:
    """One request; `at` is the host's time, whatever the cloud's clock says, so that it fits other logs.

    The path comes without its query, and no header value is kept but the user agent: nothing here is secret.
    """

    n: int
    at: float
    host: str
    sni: str | None
    method: str
    path: str
    auth_scheme: str | None
    status: int
    user_agent: str | None
    body_sha256: str | None


class EvidenceLog:
    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def since(self, first: int) -> list[Entry]:
        return self._entries[first:]

    def add(self, scope: Scope, at: float, status: int, body: bytes) -> None:
        headers = Headers(scope=scope)
        self._entries.append(
            Entry(
                n=len(self._entries),
                at=at,
                host=headers.get("host", ""),
                sni=scope["state"].get("sni"),
                method=scope["method"],
                path=scope["path"],
                auth_scheme=headers.get("authorization", "").partition(" ")[0] or None,
                status=status,
                user_agent=headers.get("user-agent"),
                body_sha256=hashlib.sha256(body).hexdigest() if body else None,
            ),
        )


class Witness:
    """Reads each body once, up to a limit, hands it on, and logs the request with the status it got."""

    def __init__(self, app: ASGIApp, log: EvidenceLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = time.time()
        try:
            body, complete = await read_body(receive)
        except ClientDisconnect:
            self._log.add(scope, at, CLIENT_GONE, b"")
            return
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        app = self._app if complete else PlainTextResponse("Content too large", 413, {"Connection": "close"})
        try:
            await app(scope, Replay(body, receive), note_status)
        finally:
            self._log.add(scope, at, status, body)


async def read_body(receive: Receive) -> tuple[bytes, bool]:
    """The body, and whether it is all of it; what is beyond the limit is left unread. Raises ClientDisconnect."""
    body = bytearray()
    more = True
    while more and len(body) <= BODY_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body), len(body) <= BODY_LIMIT


class Replay:
    """A body that was read already, as an application receives it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
