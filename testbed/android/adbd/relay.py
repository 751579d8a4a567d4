import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from testbed.android.adbd.stream import Stream, StreamClosedError


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


async def _first_done(*works: Awaitable[None]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(ConnectionError, StreamClosedError):
            await asyncio.gather(*tasks, return_exceptions=True)
