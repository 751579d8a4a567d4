"""The phone's way out: radios, names and what leaves (the app's side is testbed.runtime.network)."""

import asyncio
import fnmatch
import ipaddress
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from testbed.android.adbd.stream import Stream, StreamClosedError
from testbed.android.clock import Clock
from testbed.android.settings import Settings

HOST_ALIAS = "10.0.2.2"
"""The emulator's name for the loopback of the machine it runs on."""
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


class Radios:
    """Airplane mode, wifi and mobile data; what they are set to is also what `settings get global` shows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changed: Callable[[], None] | None = None

    def switch(self, name: str, *, on: bool) -> None:
        """`name` is airplane_mode_on, wifi_on or mobile_data."""
        self._settings.put("global", name, "1" if on else "0")
        if self.changed is not None:
            self.changed()

    def is_on(self, name: str) -> bool:
        return self._settings.get("global", name) == "1"

    @property
    def online(self) -> bool:
        return not self.is_on("airplane_mode_on") and (self.is_on("wifi_on") or self.is_on("mobile_data"))


class Uplink:
    """Opens streams for apps; every attempt is one line in the phone's connection log, also what a proxy never sees."""

    def __init__(self, radios: Radios, routes: tuple[Route, ...], log: Path, clock: Clock) -> None:
        self._radios = radios
        self._routes = routes
        self._log = log
        self._clock = clock
        self._outgoing: set[asyncio.StreamWriter] = set()
        self.reversed: dict[str, str] = {}
        """`adb reverse`: device address to host address."""
        self.to_host: Callable[[str], Awaitable[Stream]] | None = None

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
                await self._reverse(port, reader, writer)
                return
            there = await self._connect(host, port)
        except Unreachable as error:
            self._note(asked, str(error))
            _answer(writer, {"errno": str(error)})
            return
        self._note(asked, "ok")
        _answer(writer, {"ok": True})
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
        if host == HOST_ALIAS:
            return "127.0.0.1", port
        found = next((one for one in self._routes if one.leads(host, port)), None)
        if found is None:
            raise Unreachable("ENETUNREACH" if is_number else "EAI_NONAME")
        return found.host, found.port

    async def _reverse(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The phone's own loopback: nothing listens there but what `adb reverse` leads to the host."""
        target = self.reversed.get(f"tcp:{port}")
        if target is None or self.to_host is None:
            raise Unreachable("ECONNREFUSED")
        stream = await self.to_host(target)
        _answer(writer, {"ok": True})
        await relay_stream(stream, reader, writer)

    def _note(self, asked: object, outcome: str) -> None:
        with self._log.open("a") as file:
            file.write(json.dumps({"at": self._clock.now(), "asked": asked, "outcome": outcome}) + "\n")


async def relay_stream(stream: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies both ways between an adb stream and a socket until either ends."""

    async def towards_stream() -> None:
        while data := await reader.read(1 << 16):
            await stream.write(data)

    async def towards_socket() -> None:
        while data := await stream.read():
            writer.write(data)
            await writer.drain()

    try:
        await _first_done(towards_stream(), towards_socket())
    finally:
        writer.close()
        await stream.close()


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


async def _first_done(*works: Awaitable[None]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(ConnectionError, StreamClosedError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _answer(writer: asyncio.StreamWriter, message: object) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
