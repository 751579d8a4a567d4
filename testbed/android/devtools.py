"""A browser's DevTools as Chrome on Android serves them: the engine's own, and the package it belongs to.

`/json/version` of Chrome on Android names its package (chromium content/browser/devtools/devtools_http_handler.cc,
`Android-Package`), and chromedriver refuses a browser that names none or another.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

from testbed.android.adbd.relay import relay_stream
from testbed.android.adbd.stream import Stream

LONGEST_HEAD = 1 << 16
END = b"\r\n\r\n"

type Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def serve(stream: Stream, open_engine: Open, package: str) -> None:
    """Answers requests one by one; what asks for an upgrade becomes a plain stream."""
    left = b""
    while (found := await _head(stream, left)) is not None:
        head, left = found
        reader, writer = await open_engine()
        if b"\r\nupgrade:" in head.lower():
            writer.write(head + left)
            await relay_stream(stream, reader, writer)
            return
        try:
            writer.write(head)
            await stream.write(await _answer(reader, package if _asks_version(head) else ""))
        finally:
            writer.close()
    await stream.close()


def _asks_version(head: bytes) -> bool:
    return head.split(b" ", 2)[1].rstrip(b"/") == b"/json/version"


async def _head(stream: Stream, left: bytes) -> tuple[bytes, bytes] | None:
    """The next request and what came after it; None at the end, or for what is no request without a body."""
    while END not in left:
        data = await stream.read()
        if not data or len(left) > LONGEST_HEAD:
            return None
        left += data
    head, _, rest = left.partition(END)
    return (head + END, rest) if head.count(b" ") > 1 else None


async def _answer(reader: asyncio.StreamReader, package: str) -> bytes:
    """The engine's whole answer, with the package in it where one is given."""
    head = await reader.readuntil(END)
    size = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    body = await reader.readexactly(size)
    if not package or not head.startswith(b"HTTP/1.1 200"):
        return head + body
    named = json.dumps({"Android-Package": package, **json.loads(body)}, indent=3).encode()
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join([*lines[:-2], b"Content-Length:%d" % len(named), b"", b""]) + named
