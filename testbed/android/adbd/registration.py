"""Makes the phone known to one adb server, whatever its port, and again after that server restarts."""

import asyncio
import logging

LOG = logging.getLogger(__name__)
RETRY_SECONDS = 0.1
"""A server that is not there sends no event when it comes."""


class Registration:
    """Follows the server's device list and asks it to connect when the phone is missing (AOSP adb, host:emulator)."""

    def __init__(self, server_port: int, serial: str, adb_port: int, present: asyncio.Event) -> None:
        """`present` is clear while the phone is away."""
        self._server = server_port
        self._serial = serial
        self._adb_port = adb_port
        self._present = present
        self.listed = asyncio.Event()
        """Set once the server has called the phone a device: before, clients are told that it is offline."""

    async def keep(self) -> None:
        """Runs for ever."""
        while True:
            try:
                await self._follow()
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                LOG.debug("adb server: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        reader, writer = await self._ask("host:track-devices")
        try:
            if await reader.readexactly(4) != b"OKAY":
                raise ValueError("the adb server refused host:track-devices")
            while True:
                size = int(await reader.readexactly(4), 16)
                listed = (await reader.readexactly(size)).decode()
                states = dict(line.split("\t")[:2] for line in listed.splitlines())
                if states.get(self._serial) == "device":
                    self.listed.set()
                if self._serial not in states:
                    await self._present.wait()
                    await self._register()
        finally:
            writer.close()

    async def _register(self) -> None:
        """The server answers nothing to this request; the device list is the answer."""
        reader, writer = await self._ask(f"host:emulator:{self._adb_port}")
        await reader.read()
        writer.close()

    async def _ask(self, request: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server)
        writer.write(f"{len(request):04x}{request}".encode())
        await writer.drain()
        return reader, writer
