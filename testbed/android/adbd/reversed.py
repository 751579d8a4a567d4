import asyncio
from collections.abc import Awaitable, Callable

from testbed.android.adbd.relay import relay_stream
from testbed.android.adbd.stream import Stream
from testbed.handset.uplink import Unreachable, welcome

EPHEMERAL = 32_768


class Reversed:
    """`adb reverse`: ports of the phone's own loopback that lead to the host; nothing else listens there."""

    def __init__(self, to_host: Callable[[str], Awaitable[Stream]]) -> None:
        self._to_host = to_host
        self.rows: dict[str, str] = {}
        """Device address to host address."""

    def free_port(self) -> int:
        """One that nothing here listens on, from where Linux takes them (ip_local_port_range)."""
        return next(port for port in range(EPHEMERAL, 1 << 16) if f"tcp:{port}" not in self.rows)

    async def serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of an app; raises Unreachable."""
        target = self.rows.get(f"tcp:{port}")
        if target is None:
            raise Unreachable("ECONNREFUSED")
        stream = await self._to_host(target)
        welcome(writer)
        await relay_stream(stream, reader, writer)
