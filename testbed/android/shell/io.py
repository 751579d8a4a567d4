"""Where a command's bytes come from and go to."""

import asyncio
import struct
from pathlib import Path
from typing import Protocol

from testbed.android.adbd.stream import Stream, StreamClosedError

STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN = 0, 1, 2, 3, 4
"""Packet ids of the shell v2 protocol (AOSP packages/modules/adb/shell_protocol.h)."""


class Sink(Protocol):
    async def write(self, data: bytes) -> None: ...


class Source(Protocol):
    async def read(self) -> bytes:
        """Whatever has come; empty at the end."""
        ...


class Nothing:
    """/dev/null, both ways."""

    async def write(self, data: bytes) -> None: ...

    async def read(self) -> bytes:
        return b""


class Memory:
    """Keeps what is written: a command substitution."""

    def __init__(self) -> None:
        self.data = b""

    async def write(self, data: bytes) -> None:
        self.data += data


class FileSink:
    def __init__(self, path: Path, *, append: bool) -> None:
        self._file = path.open("ab" if append else "wb")

    async def write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class FileSource:
    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()

    async def read(self) -> bytes:
        data, self._data = self._data, b""
        return data


class Pipe:
    """Between two commands of a pipeline; writing after the reader has gone raises BrokenPipeError."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=64)
        self._reader_gone = False

    async def write(self, data: bytes) -> None:
        if self._reader_gone:
            raise BrokenPipeError
        if data:
            await self._queue.put(data)

    async def read(self) -> bytes:
        return await self._queue.get()

    async def end_of_writing(self) -> None:
        if not self._reader_gone:
            await self._queue.put(b"")

    def end_of_reading(self) -> None:
        """Wakes a writer that waits for room."""
        self._reader_gone = True
        while not self._queue.empty():
            self._queue.get_nowait()


class PlainTerminal:
    """`exec:` and `shell:`: one raw stream each way."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.out: Sink = stream
        self.err: Sink = stream

    async def read(self) -> bytes:
        return await self._stream.read()

    async def exit(self, code: int) -> None:
        """This protocol has no room for an exit code."""


class _Channel:
    def __init__(self, stream: Stream, number: int) -> None:
        self._stream = stream
        self._number = number

    async def write(self, data: bytes) -> None:
        if data:
            await self._stream.write(struct.pack("<BI", self._number, len(data)) + data)


class PacketTerminal:
    """`shell,v2:`: output, errors, input and the exit code in packets of their own."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.out: Sink = _Channel(stream, STDOUT)
        self.err: Sink = _Channel(stream, STDERR)

    async def read(self) -> bytes:
        while True:
            try:
                number, size = struct.unpack("<BI", await self._stream.read_exactly(5))
                data = await self._stream.read_exactly(size) if size else b""
            except StreamClosedError:
                return b""
            if number == CLOSE_STDIN:
                return b""
            if number == STDIN and data:
                return data

    async def exit(self, code: int) -> None:
        await self._stream.write(struct.pack("<BIB", EXIT, 1, code & 0xFF))


type Terminal = PlainTerminal | PacketTerminal
