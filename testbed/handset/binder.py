"""The phone's side of an app process's binder: JSON lines over a unix socket (see testbed.runtime.binder)."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

LOG = logging.getLogger(__name__)
LONGEST_LINE = 32 << 20
"""Bytes; a frame with a picture in it is the longest message."""

type Message = Mapping[str, Any]


class Binder:
    """Listens for one app process; what is sent before it says hello waits for it."""

    def __init__(self, path: Path, hear: Callable[[Message], Awaitable[None]]) -> None:
        self.path = path
        self._hear = hear
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: list[Message] = []

    async def listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=LONGEST_LINE)

    def send(self, message: Message) -> None:
        if self._writer is None:
            self._waiting.append(message)
        else:
            self._writer.write(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        """The app takes the closed line for the end of its phone, and ends."""
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()
        self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hello = json.loads(await reader.readline() or b"{}").get("hello")
            if self._writer is not None or not isinstance(hello, dict):
                raise ValueError("no hello, or a second one")  # noqa: TRY301 -- one way out for all that is wrong
            self._writer = writer
            for message in self._waiting:
                self.send(message)
            await self._hear({"hello": hello})
            while line := await reader.readline():
                await self._hear(json.loads(line))
        except (ValueError, ConnectionError) as error:
            LOG.warning("binder %s: %s", self.path.name, error)
        finally:
            writer.close()
