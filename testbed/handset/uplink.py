"""The phone's way out: radios, names and what leaves (the app's side is testbed.runtime.network)."""

import asyncio
import fnmatch
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from testbed.capture.capture import Capture, Conversation
from testbed.handset.clock import Clock
from testbed.handset.shaping import Shaper, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Unreachable(Exception):  # noqa: N818 -- an answer to the app, by its errno name
    """Carries ENETUNREACH, EAI_NONAME or ECONNREFUSED."""


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the name table: hosts matching `pattern` (or HOST:PORT where it has a colon) live at this address."""

    pattern: str
    host: str
    port: int

    def leads(self, host: str, port: int) -> bool:
        asked = f"{host}:{port}" if ":" in self.pattern else host
        return fnmatch.fnmatchcase(asked.lower(), self.pattern.lower())


def route(text: str) -> Route:
    """Reads PATTERN=HOST:PORT; raises ValueError."""
    pattern, _, address = text.partition("=")
    host, _, port = address.rpartition(":")
    if not pattern or not host:
        raise ValueError(f"not PATTERN=HOST:PORT: {text}")
    return Route(pattern, host, int(port))


class Airtime(Protocol):
    """Whether the phone has any way out now."""

    @property
    def online(self) -> bool: ...


class Uplink:
    """Opens streams for apps; every attempt is one line in the phone's connection log, also what a proxy never sees."""

    def __init__(  # noqa: PLR0913 -- what a phone's network is made of
        self,
        radios: Airtime,
        routes: tuple[Route, ...],
        log: Path,
        clock: Clock,
        *,
        host_alias: str,
        capture: Capture | None = None,
    ) -> None:
        """`host_alias` is the phone's name for the loopback of the machine it runs on."""
        self._radios = radios
        self._host_alias = host_alias
        self._routes = routes
        self._log = log
        self._clock = clock
        self._capture = capture
        self._outgoing: set[asyncio.StreamWriter] = set()
        self.conversations: dict[Conversation, str] = {}
        """What is open to the world now, and which package opened it; nothing without a capture."""
        self.shaper = Shaper()
        self.loopback: Callable[[int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] | None = None
        """Who serves a port of the phone's own loopback, after `welcome`; raises Unreachable where nothing listens."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (ConnectionError, ValueError, KeyError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def radios_changed(self) -> None:
        """Going offline cuts what is open."""
        if not self._radios.online:
            for writer in list(self._outgoing):
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = json.loads(await reader.readline())
        host, port = str(asked["host"]), int(asked["port"])
        try:
            if host in LOOPBACK:
                await self._on_loopback(port, reader, writer)
                return
            there = await self._connect(host, port)
        except Unreachable as error:
            self._note(asked, str(error))
            self._capture_failure(host, port, str(error))
            _answer(writer, {"errno": str(error)})
            return
        self._note(asked, "ok")
        seen = self._capture.opened(host, port) if self._capture else None
        if seen:
            self.conversations[seen] = str(asked.get("package", ""))
        welcome(writer)
        self._outgoing.add(writer)
        try:
            await _relay(reader, writer, *there, self.shaper, seen)
        finally:
            self._outgoing.discard(writer)
            if seen:
                del self.conversations[seen]
                seen.closed()

    def _capture_failure(self, host: str, port: int, error: str) -> None:
        """What a failed attempt leaves on the wire: from a phone that is offline, or for want of a route, nothing."""
        if self._capture is None or not self._radios.online or host in LOOPBACK:
            return
        if error == "ECONNREFUSED":
            self._capture.refused(host, port)
        elif error == "EAI_NONAME":
            self._capture.resolved(host, exists=False)

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self._address(host, port)
        await self.shaper.latency()
        await self.shaper.latency()  # a name or a handshake needs the way there and back
        try:
            return await asyncio.open_connection(*address)
        except OSError as error:
            raise Unreachable("ECONNREFUSED") from error

    def _address(self, host: str, port: int) -> tuple[str, int]:
        is_number = _is_number(host)
        if not self._radios.online:
            raise Unreachable("ENETUNREACH" if is_number else "EAI_NONAME")
        if host == self._host_alias:
            return "127.0.0.1", port
        found = next((one for one in self._routes if one.leads(host, port)), None)
        if found is None:
            raise Unreachable("ENETUNREACH" if is_number else "EAI_NONAME")
        return found.host, found.port

    async def _on_loopback(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.loopback is None:
            raise Unreachable("ECONNREFUSED")
        await self.loopback(port, reader, writer)

    def _note(self, asked: object, outcome: str) -> None:
        with self._log.open("a") as file:
            file.write(json.dumps({"at": self._clock.now(), "asked": asked, "outcome": outcome}) + "\n")


async def _relay(  # noqa: PLR0913, PLR0917 -- both ends of a stream, and who slows it and sees it
    near: asyncio.StreamReader,
    near_out: asyncio.StreamWriter,
    far: asyncio.StreamReader,
    far_out: asyncio.StreamWriter,
    shaper: Shaper,
    seen: Conversation | None,
) -> None:
    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, way: Way) -> None:
        last = 0.0
        while data := await source.read(1 << 16):
            await shaper.latency(last)
            await shaper.carry(len(data), way)
            last = asyncio.get_running_loop().time()
            if seen:
                (seen.sent if way is Way.UP else seen.received)(data)
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()

    try:
        await asyncio.gather(copy(near, far_out, Way.UP), copy(far, near_out, Way.DOWN))
    finally:
        far_out.close()


def welcome(writer: asyncio.StreamWriter) -> None:
    """Tells the app that its connection stands; what follows is the stream itself."""
    _answer(writer, {"ok": True})


def _answer(writer: asyncio.StreamWriter, message: object) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
