import asyncio
import logging
from collections.abc import Awaitable, Callable

from testbed.android.adbd.packet import (
    CLSE,
    CNXN,
    MAX_PAYLOAD,
    OKAY,
    OPEN,
    VERSION,
    WRTE,
    Packet,
    ProtocolError,
    read_packet,
)
from testbed.android.adbd.stream import Stream

type Service = Callable[[Stream, str], Awaitable[None]]
LOG = logging.getLogger(__name__)


class Connection:
    """One transport: an adb server on the other side, streams multiplexed over it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        banner: str,
        serve: Service,
        *,
        mute: bool = False,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._banner = banner
        self._serve = serve
        self._streams: dict[int, Stream] = {}
        self._next = 1
        self._limit = 4096
        self._peer_version = VERSION
        self._tasks: set[asyncio.Task[None]] = set()
        self._mute = mute

    async def run(self) -> None:
        """Serves until the peer goes."""
        try:
            while True:
                await self._take(await read_packet(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except ProtocolError as error:
            LOG.warning("adbd: %s", error)
        finally:
            await self._end()

    def drop(self) -> None:
        """Cuts the transport, as adbd does when it restarts."""
        self._writer.close()

    async def open(self, destination: str) -> Stream:
        """A stream towards the host (`adb reverse`); the peer's OKAY opens its window."""
        stream = self._stream(0)
        await self._send(Packet(OPEN, stream.local, 0, destination.encode() + b"\0"))
        return stream

    async def _take(self, packet: Packet) -> None:
        if self._mute:
            return
        if packet.command == CNXN:
            await self._greet(packet)
        elif packet.command == OPEN:
            self._opened(packet)
        elif packet.command in (OKAY, WRTE, CLSE):
            await self._to_stream(packet)
        else:
            raise ProtocolError(f"unexpected packet {packet.command:08x}")

    async def _greet(self, packet: Packet) -> None:
        self._peer_version = packet.first
        self._limit = min(packet.second, MAX_PAYLOAD)
        await self._send(Packet(CNXN, VERSION, MAX_PAYLOAD, self._banner.encode()))

    def _opened(self, packet: Packet) -> None:
        stream = self._stream(packet.first)
        destination = packet.payload.rstrip(b"\0").decode("utf-8", "surrogateescape")
        task = asyncio.create_task(self._service(stream, destination))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _to_stream(self, packet: Packet) -> None:
        stream = self._streams.get(packet.second)
        if stream is None:
            if packet.command == WRTE:
                await self._send(Packet(CLSE, 0, packet.first))
        elif packet.command == WRTE:
            stream.received(packet.payload)
        elif packet.command == OKAY:
            stream.acknowledged(packet.first)
        else:
            stream.end()
            del self._streams[packet.second]

    async def _service(self, stream: Stream, destination: str) -> None:
        """A service that fails takes its stream with it, never the phone."""
        try:
            await self._serve(stream, destination)
        except ConnectionError:
            pass
        except Exception:
            LOG.exception("service %s", destination)
        finally:
            self._streams.pop(stream.local, None)
            if not self._writer.is_closing():
                await stream.close()

    def _stream(self, remote: int) -> Stream:
        stream = Stream(self._next, remote, self._limit, self._send)
        self._streams[stream.local] = stream
        self._next += 1
        return stream

    async def _send(self, packet: Packet) -> None:
        self._writer.write(packet.encode(self._peer_version))
        await self._writer.drain()

    async def _end(self) -> None:
        for stream in list(self._streams.values()):
            stream.end()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.close()
