"""The phone's end of the cable: plugs the phone into a usbmuxd, and again when that has been started anew."""

import asyncio
import json
import logging
from pathlib import Path

from testbed.handset.listening import listener
from testbed.ios.ports import Ports
from testbed.ios.usbmux.bus import SUFFIX

LOG = logging.getLogger(__name__)
RETRY_SECONDS = 0.1
"""A daemon that is not there sends no event when it comes."""


class Cable:
    def __init__(self, usbmuxd: Path, udid: str, ports: Ports) -> None:
        self._bus = usbmuxd.with_name(usbmuxd.name + SUFFIX)
        self._udid = udid
        self._ports = ports
        self._server: asyncio.Server | None = None
        self._keeping: asyncio.Task[None] | None = None
        self.attached = asyncio.Event()
        """Set while clients of the daemon see the phone."""

    async def attach(self) -> None:
        """Plug in; returns once clients see the phone."""
        listening = listener()
        self._server = await asyncio.start_server(self._ports.connected, sock=listening)
        self._keeping = asyncio.create_task(self._keep(int(listening.getsockname()[1])))
        await self.attached.wait()

    def detach(self) -> None:
        """Pull out for good."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._server is not None:
            self._server.close()
        self._ports.drop_all()

    async def _keep(self, port: int) -> None:
        while True:
            try:
                await self._stay(port)
            except (OSError, ValueError) as error:
                LOG.debug("usbmuxd: %s", error)
            self.attached.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _stay(self, port: int) -> None:
        reader, writer = await asyncio.open_unix_connection(self._bus)
        try:
            writer.write(json.dumps({"udid": self._udid, "port": port}).encode() + b"\n")
            if "attached" not in json.loads(await reader.readline() or b"{}"):
                raise ValueError("the daemon did not take the phone")
            self.attached.set()
            await self._until_pulled(reader)
        finally:
            writer.close()

    async def _until_pulled(self, reader: asyncio.StreamReader) -> None:
        """Wait for the end of the daemon, or for that of all connections of the phone."""
        ends = {asyncio.create_task(_read(reader)), asyncio.create_task(_wait(self._ports.cut))}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in ends:
                one.cancel()


async def _read(reader: asyncio.StreamReader) -> None:
    await reader.read()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
