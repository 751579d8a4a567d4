"""The phone's way out: radios, names and what leaves (the app's side is testbed.runtime.network)."""

import asyncio
import fnmatch
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from testbed.handset.clock import Clock

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

    def __init__(self, radios: Airtime, routes: tuple[Route, ...], log: Path, clock: Clock, *, host_alias: str) -> None:
        """`host_alias` is the phone's name for the loopback of the machine it runs on."""
        self._radios = radios
        self._host_alias = host_alias
        self._routes = routes
        self._log = log
        self._clock = clock
        self._outgoing: set[asyncio.StreamWriter] = set()
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
            _answer(writer, {"errno": str(error)})
            return
        self._note(asked, "ok")
        welcome(writer)
        self._outgoing.add(writer)
        try:
            await _relay(reader, writer, *there)
        finally:
            self._outgoing.discard(writer)

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self._address(host, port)
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


async def _relay(
    near: asyncio.StreamReader, near_out: asyncio.StreamWriter, far: asyncio.StreamReader, far_out: asyncio.StreamWriter
) -> None:
    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()

    try:
        await asyncio.gather(copy(near, far_out), copy(far, near_out))
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
