import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from testbed.ios import frame

CHUNK: Final = 1 << 18


class LineClosedError(ConnectionError):
    """The other side is gone, or what it sent makes no sense any more."""


class Line:
    """One connection to the phone, which can turn to TLS and back, as a lockdown session does."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._clear = bytearray()
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    async def read_some(self, most: int = CHUNK) -> bytes:
        """Return what is there, at least one byte; b"" at the end."""
        if self._clear:
            taken = bytes(self._clear[:most])
            del self._clear[:most]
            return taken
        tls = self._tls
        if tls is None:
            return await self._reader.read(most)
        try:
            return await self._drive(lambda: tls.read(most))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def read_exactly(self, size: int) -> bytes:
        """Raises LineClosedError where the line ends before."""
        parts = bytearray()
        while len(parts) < size:
            more = await self.read_some(min(size - len(parts), CHUNK))
            if not more:
                raise LineClosedError("ended in the middle")
            parts += more
        return bytes(parts)

    async def send(self, data: bytes) -> None:
        if self._tls is None:
            self._writer.write(data)
        else:
            view = memoryview(data)
            while view:
                view = view[self._tls.write(view) :]
            self._flush()
        await self._writer.drain()

    async def requests(self) -> AsyncIterator[dict[str, Any]]:
        """Each in turn, until the other side hangs up; raises FrameError."""
        with contextlib.suppress(LineClosedError):
            while True:
                yield await self.receive()

    async def receive(self) -> dict[str, Any]:
        """Return the next request, a dictionary; raises LineClosedError or FrameError."""
        found = await self.receive_any()
        if not isinstance(found, dict):
            raise frame.FrameError("a dictionary is expected")
        return found

    async def receive_any(self) -> Any:  # noqa: ANN401 -- a property list holds anything
        size = frame.length_of(await self.read_exactly(frame.LENGTH.size))
        return frame.decode(await self.read_exactly(size))

    async def answer(self, answer: frame.Answer) -> None:
        await self.send(frame.encode(answer))

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands as the server; raises LineClosedError where the other side will not."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        try:
            await self._drive(tls.do_handshake)
        except ssl.SSLError as error:
            self._flush()  # the alert says why
            raise LineClosedError(f"no handshake: {error}") from error
        self._tls = tls

    async def stop_tls(self) -> None:
        """Go on in clear, once both sides have said so; raises LineClosedError."""
        tls = self._tls
        if tls is None:
            return
        try:
            await self._drive(tls.unwrap)
        except ssl.SSLError as error:
            raise LineClosedError(f"TLS was not ended: {error}") from error
        self._tls = None
        self._clear += self._incoming.read()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            return

    async def _drive[T](self, step: Callable[[], T]) -> T:
        """Do one step of TLS, feeding it from the line for as long as it asks for more."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                data = await self._reader.read(CHUNK)
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        waiting = self._outgoing.read()
        if waiting:
            self._writer.write(waiting)
