import asyncio
from collections.abc import Awaitable, Callable

from testbed.android.adbd.packet import CLSE, OKAY, WRTE, Packet

type Send = Callable[[Packet], Awaitable[None]]


class StreamClosedError(ConnectionError):
    """The other side has closed the stream."""


class Stream:
    """One logical connection inside a transport; a side may have one unacknowledged WRTE under way."""

    def __init__(self, local: int, remote: int, limit: int, send: Send) -> None:
        self.local = local
        self.remote = remote
        self.closed = asyncio.Event()
        self._limit = limit
        self._send = send
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._window = asyncio.Event()
        self._left = b""

    async def accept(self) -> None:
        """Says OKAY to the peer's OPEN."""
        self._window.set()
        await self._send(Packet(OKAY, self.local, self.remote))

    async def refuse(self) -> None:
        """CLSE(0, remote): anything else leaves the peer waiting for half a second."""
        self.end()
        await self._send(Packet(CLSE, 0, self.remote))

    async def write(self, data: bytes) -> None:
        """Sends all of it, packet by packet, as the peer acknowledges; raises StreamClosedError."""
        view = memoryview(data)
        while view:
            part, view = view[: self._limit], view[self._limit :]
            await self._window.wait()
            if self.closed.is_set():
                raise StreamClosedError
            self._window.clear()
            await self._send(Packet(WRTE, self.local, self.remote, bytes(part)))

    async def read(self) -> bytes:
        """Whatever has come; empty at the end."""
        if self._left:
            data, self._left = self._left, b""
            return data
        if self.closed.is_set() and self._inbox.empty():
            return b""
        data = await self._inbox.get()
        await self._acknowledge(data)
        return data

    async def read_exactly(self, size: int) -> bytes:
        """Raises StreamClosedError where the stream ends before."""
        parts: list[bytes] = []
        missing = size
        while missing > 0:
            data = await self.read()
            if not data:
                raise StreamClosedError
            parts.append(data[:missing])
            self._left = data[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    async def close(self) -> None:
        if not self.closed.is_set():
            self.end()
            await self._send(Packet(CLSE, self.local, self.remote))

    def acknowledged(self, remote: int) -> None:
        self.remote = remote
        self._window.set()

    def received(self, data: bytes) -> None:
        self._inbox.put_nowait(data)

    def end(self) -> None:
        """The stream is over, whoever ended it: readers and writers wake."""
        self.closed.set()
        self._window.set()
        self._inbox.put_nowait(b"")

    async def _acknowledge(self, data: bytes) -> None:
        """A packet is acknowledged when it was taken, so that a slow reader holds the peer back."""
        if data and not self.closed.is_set():
            await self._send(Packet(OKAY, self.local, self.remote))
