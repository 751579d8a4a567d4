"""`am instrument` for Appium's UiAutomator2 server: while it runs, device port 6790 answers."""

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from testbed.android.faults import Fault
from testbed.android.played import RUNNER, SERVER, SERVER_TEST
from testbed.android.shell.call import Call
from testbed.handset.listening import listener
from testbed.handset.serving import server_of

if TYPE_CHECKING:
    from testbed.android.phone import Phone

DEVICE_PORT = 6790
RESTART_SECONDS = 0.5
"""How long after a stop a connection may wait for the next server."""
WAIT_SECONDS = 0.3
FATAL_COMMANDS = 12
"""After so many, the fault that kills the server strikes."""
COMPONENT = f"{SERVER_TEST}/{RUNNER}"
CLASS = "io.appium.uiautomator2.server.test.AppiumUiAutomator2Server"


class Instrumentation:
    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self._stop: asyncio.Event | None = None
        self._stopped_at = -RESTART_SECONDS
        self._up = asyncio.Event()
        self._crashed = False
        self._connections: set[Any] = set()
        """Of the server that runs, uvicorn's own protocol objects."""
        self._commands = 0
        self._port = 0

    @property
    def running(self) -> bool:
        return self._up.is_set()

    def knows(self, component: str) -> bool:
        """True where both of the server's packages are installed and the runner targets the server."""
        package, _, runner = component.partition("/")
        found = self._phone.packages.packages.get(package)
        rows = found.manifest.instrumentations if found else ()
        return SERVER in self._phone.packages.packages and any(
            row.name == runner and row.target == SERVER for row in rows
        )

    async def address(self) -> tuple[str, int] | None:
        """Where device port 6790 leads; None while nothing listens there.

        A driver asks while `am instrument` is still on its way; shortly after a stop the answer waits for it.
        """
        if not self._up.is_set() and time.monotonic() - self._stopped_at < RESTART_SECONDS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._up.wait()
        return ("127.0.0.1", self._port) if self._up.is_set() else None

    async def run(self, call: Call) -> int:
        """Serves until the session ends, a force-stop, or the shell that started it goes."""
        self.stop()
        stop = self._stop = asyncio.Event()
        await call.say(f"\n{CLASS}:")
        try:
            await self._serve(stop)
        finally:
            self._end(stop)
        if self._crashed:
            self._crashed = False
            await call.say("INSTRUMENTATION_RESULT: shortMsg=Process crashed.\nINSTRUMENTATION_CODE: 0\n")
        else:
            await call.say(".\n\nTime: 0\n\nOK (1 test)\n\n\n")
        return 0

    def crash(self) -> None:
        """The process dies, and with it every connection to it."""
        if self._up.is_set():
            self._crashed = True
            for connection in list(self._connections):
                connection.transport.abort()
            self._phone.log.write("I", "ActivityManager", f"Process {SERVER} has died: fg  TOP", buffer="system")
            self.stop()

    def served(self) -> None:
        """A command was answered; with a fault, that ends it a few commands into the session."""
        self._commands += 1
        if Fault.INSTRUMENTATION_DIES in self._phone.faults and self._commands >= FATAL_COMMANDS:
            self.crash()

    def stop(self) -> None:
        """Ends what runs; also a force-stop of either package."""
        self._stopped_at = time.monotonic()
        if self._stop is not None:
            self._stop.set()

    async def _serve(self, stop: asyncio.Event) -> None:
        from testbed.android.uiautomator import server  # noqa: PLC0415 -- it knows the phone's types; the phone needs it only here

        app = server(self._phone, stop.set, lambda kind, what: self._phone.unmodelled.note(f"uiautomator {kind}", what))
        uvicorn_server = server_of(app)
        self._connections = uvicorn_server.server_state.connections
        self._commands = 0
        listening = listener()
        self._port = listening.getsockname()[1]
        for name in (SERVER, SERVER_TEST):
            self._phone.processes.play(self._phone.packages.packages[name])
        serving = asyncio.create_task(uvicorn_server.serve(sockets=[listening]))
        self._up.set()
        try:
            await stop.wait()
        finally:
            self._up.clear()
            uvicorn_server.should_exit = True
            uvicorn_server.force_exit = self._crashed
            await asyncio.shield(serving)

    def _end(self, stop: asyncio.Event) -> None:
        if self._stop is stop:
            self._stop = None
            self._stopped_at = time.monotonic()
            for name in (SERVER, SERVER_TEST):
                self._phone.processes.end_played(name)
