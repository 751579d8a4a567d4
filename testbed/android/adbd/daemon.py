import asyncio
from collections.abc import Awaitable, Callable

from testbed.android.adbd.connection import Connection
from testbed.android.adbd.stream import Stream
from testbed.android.users import ROOT, SHELL, User

FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,remount_shell"


class Daemon:
    """adbd: listens for adb servers, runs as the shell user or, after `adb root`, as root."""

    def __init__(self, product: dict[str, str], serve: Callable[[Stream, str], Awaitable[None]]) -> None:
        values = "".join(f"{name}={value};" for name, value in product.items())
        self._banner = f"device::{values}features={FEATURES}"
        self._serve = serve
        self._connections: set[Connection] = set()
        self._mute = False
        self.user: User = SHELL
        self.present = asyncio.Event()
        """Clear while the phone is away: no adb server finds it."""
        self.present.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.present.is_set():
            writer.close()
            return
        connection = Connection(reader, writer, self._banner, self._serve, mute=self._mute)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    def restart(self, *, as_root: bool) -> None:
        """Comes back as another user; every transport drops meanwhile."""
        self.user = ROOT if as_root else SHELL
        self.drop()

    def leave(self) -> None:
        """The cable is pulled, or the phone is off."""
        self.present.clear()
        self.drop()

    def come_back(self) -> None:
        self.present.set()

    def mute(self, *, on: bool) -> None:
        """While mute, transports stand and nothing is answered: adb calls the phone offline."""
        self._mute = on
        self.drop()

    def drop(self) -> None:
        for connection in list(self._connections):
            connection.drop()

    async def to_host(self, destination: str) -> Stream:
        """A stream to the host of the first transport; raises ConnectionError without one."""
        for connection in self._connections:
            return await connection.open(destination)
        raise ConnectionError("no adb server is connected")
