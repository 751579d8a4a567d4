import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from testbed.ios.frame import FrameError
from testbed.ios.line import Line
from testbed.ios.usbmux.relay import relay

LOG = logging.getLogger(__name__)
OPEN, REFUSED = b"\x00", b"\x03"
FIRST_DYNAMIC: Final = 49152
MOST_WAITING: Final = 256

type Serve = Callable[[Line], Awaitable[None]]


class Ports:
    """The phone's TCP ports, reached over the cable: who serves which."""

    def __init__(self) -> None:
        self._services: dict[int, Serve] = {}
        self._forwards: dict[int, tuple[str, int]] = {}
        self._once: dict[int, Serve] = {}
        self._next = FIRST_DYNAMIC
        self._open: set[asyncio.StreamWriter] = set()
        self.cut = asyncio.Event()
        """Set once, when everything is cut; a fresh one takes its place."""

    def serve(self, port: int, serve: Serve) -> None:
        self._services[port] = serve

    def forward(self, port: int, host: str, to: int) -> None:
        """Connections to the phone's port come out at an address of this machine, e.g. WebDriverAgent's 8100."""
        self._forwards[port] = (host, to)

    def once(self, serve: Serve) -> int:
        """A fresh port for one connection, as launchd gives to each start of a service.

        Of those to which nobody connects, the oldest are closed.
        """
        if len(self._once) >= MOST_WAITING:
            del self._once[next(iter(self._once))]
        while self._next in self._once or self._next in self._services or self._next in self._forwards:
            self._advance()
        port = self._next
        self._advance()
        self._once[port] = serve
        return port

    def drop_all(self) -> None:
        """Cut every connection, as a restart does; a host sees the phone go, and come again if it is still there."""
        self._once.clear()
        self.cut.set()
        self.cut = asyncio.Event()
        for writer in list(self._open):
            writer.transport.abort()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection that the host's daemon opens."""
        self._open.add(writer)
        try:
            port = int(json.loads(await reader.readline())["port"])
            if port in self._forwards:
                there = await asyncio.open_connection(*self._forwards[port])
                writer.write(OPEN)
                await relay((reader, writer), there)
            else:
                await self._serve(port, reader, writer)
        except (ValueError, KeyError, OSError) as error:
            LOG.debug("cable: %r", error)  # the line closes without a word, which refuses it as well
        finally:
            self._open.discard(writer)
            writer.close()

    async def _serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serve = self._services.get(port) or self._once.pop(port, None)
        writer.write(REFUSED if serve is None else OPEN)
        if serve is not None:
            await _guarded(serve, Line(reader, writer))

    def _advance(self) -> None:
        self._next = FIRST_DYNAMIC if self._next >= 0xFFFF else self._next + 1  # noqa: PLR2004 -- the last port


async def _guarded(serve: Serve, line: Line) -> None:
    """A service that fails takes its connection with it, never the phone."""
    try:
        await serve(line)
    except (ConnectionError, FrameError) as error:
        LOG.debug("service: %r", error)
    except Exception:
        LOG.exception("service")
    finally:
        await line.close()
