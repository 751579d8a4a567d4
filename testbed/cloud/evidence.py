"""What the public hosts saw, so that the server's side of a check needs no proxy."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import TypedDict

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testbed.cloud.netserver.faults import ApiError, answer

BODY_LIMIT = 1_000_000
# no standard code says that the client left before its request was whole; nginx logs this one
CLIENT_GONE = 499
# likewise where the connection was cut on purpose; nginx's again
UNANSWERED = 444
PAGE = 100_000
# what comes before a blank is the scheme only where it is one: a token sent bare would be taken for it
SCHEMES = frozenset({"basic", "bearer", "digest", "dpop", "negotiate", "ntlm", "soticket"})
OTHER_SCHEME = "other"
# a mark for each so many lines keeps the index of a long log small
STRIDE = 256


class Entry(TypedDict):
    """One request; `at` is the host's time, whatever the cloud's clock says, so that it fits other logs.

    The path comes without its query, and no header value is kept but the user agent: nothing here is secret.
    """

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
    """Lines of JSON in a file, each written before its request is answered: a killed server has them all.

    Entries are numbered by their place in the file, so several processes may write into one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # where every STRIDE-th line begins, as far as it was read
        self._marks = [0]

    def add(self, scope: Scope, at: float, status: int, body: bytes) -> None:
        headers = Headers(scope=scope)
        entry: Entry = {
            "at": at,
            "host": headers.get("host", ""),
            "sni": scope["state"].get("sni"),
            "method": scope["method"],
            "path": scope["path"],
            "auth_scheme": scheme_of(headers.get("authorization")),
            "status": status,
            "user_agent": headers.get("user-agent"),
            "body_sha256": hashlib.sha256(body).hexdigest() if body else None,
        }
        os.write(self._file, json.dumps(entry).encode() + b"\n")

    def since(self, first: int) -> list[dict[str, object]]:
        """Entries from number `first` on, at most PAGE of them, each with its number `n`."""
        return [{"n": first + n, **json.loads(line)} for n, line in enumerate(islice(self._lines(first), PAGE))]

    def _lines(self, first: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            number = min(first // STRIDE, len(self._marks) - 1) * STRIDE
            file.seek(self._marks[number // STRIDE])
            for line in iter(file.readline, b""):
                if not line.endswith(b"\n"):
                    return
                if number >= first:
                    yield line
                number += 1
                if number == len(self._marks) * STRIDE:
                    self._marks.append(file.tell())

    def close(self) -> None:
        os.close(self._file)


class Witness:
    """Reads each body once, up to a limit, hands it on, and logs the request with the status it gets.

    `limits` in bytes by host, where a host takes more than others.
    """

    def __init__(self, app: ASGIApp, log: EvidenceLog, limits: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._log = log
        self._limits = limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = time.time()
        limit = self._limits.get(host_of(scope), BODY_LIMIT)
        try:
            body, complete = await read_body(receive, limit)
        except ClientDisconnect:
            self._log.add(scope, at, CLIENT_GONE, b"")
            return
        answered = False

        async def note_status(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                self._log.add(scope, at, message["status"], body)
            await send(message)

        app = self._app if complete else _too_large()
        status = 500
        try:
            await app(scope, Replay(body, receive), note_status)
            status = UNANSWERED
        finally:
            if not answered:
                self._log.add(scope, at, status, body)


def scheme_of(authorization: str | None) -> str | None:
    """The scheme of an Authorization header as it was written, or that it is none that is known."""
    if authorization is None:
        return None
    scheme = authorization.strip().partition(" ")[0]
    return scheme if scheme.lower() in SCHEMES else OTHER_SCHEME


def _too_large() -> Response:
    """In the documented words; what is left of the body is not read, so the connection ends."""
    response = answer(ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"))
    response.headers["Connection"] = "close"
    return response


def host_of(scope: Scope) -> str:
    """The name in the Host header, without the port (RFC 9110 section 7.2)."""
    header: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return header.decode("latin-1").strip().partition(":")[0].lower()


async def read_body(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """The body, and whether it is all of it; what is beyond the limit is left unread. Raises ClientDisconnect."""
    body = bytearray()
    more = True
    while more and len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body), len(body) <= limit


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
