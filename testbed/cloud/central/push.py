"""The push services, in Apple's and Google's style: they send, and a phone does nothing but listen.

Their real wires (a binary protocol on ports 5223 and 5228) are out of scope; what stays is who speaks. A phone opens
`GET /listen?device=…&topic=…&after=N` over TLS and leaves it open. The answer is lines of JSON: first
`{"handle": …}`, which the app registers as its PNSHandle, then one line a message, `{"id", "topic", "payload"}`.
An empty line every BEAT_SECONDS tells a dead connection from a quiet one. `after` is the last id the phone has seen:
later ones are sent (again) at once, so nothing is lost and the phone need say nothing. Everything else is 404 or 405.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from sqlite3 import Row

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError, Json, query_of
from testbed.cloud.store import Store

PATH = "/listen"
BEAT_SECONDS = 30
NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
# what a handle looks like: an APNs device token is 32 bytes in hex, an FCM registration id has a colon in it
HANDLES = {
    "apple": lambda: secrets.token_hex(32),
    "google": lambda: f"{secrets.token_urlsafe(16)}:{secrets.token_urlsafe(100)}",
}


class PushServices:
    """Both services: handles, messages that wait, and the phones that listen."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._listening: dict[str, set[asyncio.Event]] = {}

    def handle(self, service: str, device: str, topic: str) -> str:
        """One for each app on each device, the same each time it is asked for."""
        row = self._store.one(
            "SELECT handle FROM push_handle WHERE service = ? AND device = ? AND topic = ?", (service, device, topic)
        )
        if row is not None:
            return str(row["handle"])
        handle: str = HANDLES[service]()
        self._store.change("INSERT INTO push_handle VALUES (?, ?, ?, ?)", (handle, service, device, topic))
        return handle

    def send(self, service: str, handle: str, payload: Mapping[str, Json]) -> int:
        """1, or 0 where the service knows no such handle; kept first, so that a phone out of reach gets it later."""
        if self._store.one("SELECT 1 FROM push_handle WHERE handle = ? AND service = ?", (handle, service)) is None:
            return 0
        self._store.change(
            "INSERT INTO push_message (handle, at, body) VALUES (?, ?, ?)",
            (handle, self._clock.now(), json.dumps(dict(payload))),
        )
        for news in self._listening.get(handle, ()):
            news.set()
        return 1

    async def messages(self, handle: str, topic: str, after: int) -> AsyncIterator[bytes]:
        """Lines for one phone, until it goes."""
        news = asyncio.Event()
        self._listening.setdefault(handle, set()).add(news)
        try:
            yield _line({"handle": handle})
            while True:
                news.clear()
                for row in self._later(handle, after):
                    after = row["id"]
                    yield _line({"id": after, "topic": topic, "payload": json.loads(row["body"])})
                try:
                    await asyncio.wait_for(news.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield b"\n"
        finally:
            self._listening[handle].discard(news)

    def _later(self, handle: str, after: int) -> list[Row]:
        return self._store.all("SELECT * FROM push_message WHERE handle = ? AND id > ? ORDER BY id", (handle, after))


def application(service: str, services: PushServices) -> Starlette:
    async def listen(request: Request) -> Response:
        asked = query_of(request)
        after = asked.pop("after", "0")
        if asked.keys() != {"device", "topic"} or not all(NAME.fullmatch(each) for each in asked.values()):
            raise BadInputError("device and topic are needed")
        if not re.fullmatch(r"[0-9]{1,12}", after):
            raise BadInputError("after must be a number")
        handle = services.handle(service, asked["device"], asked["topic"])
        lines = services.messages(handle, asked["topic"], int(after))
        return StreamingResponse(lines, media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})

    async def refuse(_request: Request, error: Exception) -> Response:
        return JSONResponse({"reason": str(error)}, HTTPStatus.BAD_REQUEST)

    built = Starlette(routes=[Route(PATH, listen, methods=["GET"])], exception_handlers={BadInputError: refuse})
    built.router.redirect_slashes = False
    return built


def _line(content: Mapping[str, object]) -> bytes:
    return json.dumps(dict(content)).encode() + b"\n"
