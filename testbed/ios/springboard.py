"""SpringBoard: starts apps, says which one has the screen, and puts the others to sleep."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from testbed.handset.generations import Generations
from testbed.handset.processes import AppProcess, NoCode, Processes
from testbed.ios import snapshots
from testbed.ios.app_log import AppLog
from testbed.ios.faults import Fault, Faults
from testbed.ios.glass import Frame
from testbed.ios.packages.apps import Apps
from testbed.ios.packages.system import SAFARI
from testbed.ios.programs import SHEET, Program, program_of, sheet_program
from testbed.ios.running import Running, blank
from testbed.ios.syslog import Level
from testbed.ios.wda.phone import AppFailedError, AppMissingError, AppState, LinkRefusedError
from testbed.screen import Display

LAUNCH_SECONDS = 20.0
"""The watchdog's patience with a start (0x8badf00d)."""
FRAME_SECONDS = 2.0
"""How long an app that comes back may take to draw."""
PAUSE_SECONDS = 0.5
SUSPEND_SECONDS = 5.0
"""From leaving the screen to sleep, for an app that asked for no more time (UIApplication.backgroundTimeRemaining)."""

LINK_RECEIVED = "Received action(s) in scene-update: <UIOpenURLAction: 0x282c5c0a0>"
"""What UIKit says in the app's name when a scene gets a link."""


class SpringBoard:
    def __init__(
        self, apps: Apps, processes: Processes[Program], log: AppLog, faults: Faults, make: Callable[[], Display]
    ) -> None:
        self._apps = apps
        self._processes = processes
        self._log = log
        self._faults = faults
        self._make = make
        self._running: dict[str, Running] = {}
        self._work: set[asyncio.Task[None]] = set()
        self.front: Running | None = None
        """None while the home screen is seen."""
        self.sheet_owner: str | None = None
        """The app over which a sign-in sheet lies."""
        self.generations = Generations()
        self.picture: Callable[[], bytes] = lambda: b""
        self.gone: Callable[[str], None] = lambda _: None
        processes.on_death = self._died

    # --- what is seen

    def get(self, bundle_id: str) -> Running | None:
        return self._running.get(bundle_id)

    @property
    def sheet(self) -> Running | None:
        """The sheet on the screen, over its app."""
        owner = self.front.name if self.front else None
        return self._running.get(SHEET) if owner is not None and owner == self.sheet_owner else None

    @property
    def top(self) -> Running | None:
        """What touches and keys reach: the sheet, else the app."""
        return self.sheet or self.front

    def state(self, bundle_id: str) -> AppState:
        running = self._running.get(bundle_id)
        if running is None:
            return AppState.NOT_RUNNING
        if running is self.front:
            return AppState.FOREGROUND
        return AppState.SUSPENDED if running.suspended else AppState.BACKGROUND

    def changed(self) -> None:
        self.generations.advance()

    async def changed_after(self, generation: int, seconds: float) -> bool:
        return await self.generations.newer_than(generation, seconds)

    # --- starting

    async def launch(
        self,
        bundle_id: str,
        arguments: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        link: str | None = None,
    ) -> Running:
        """A new process in front, once it has drawn; raises AppMissingError or AppFailedError."""
        program = self._program(bundle_id)
        await self.terminate(bundle_id)
        running = await self._spawn(program)
        running.arguments, running.environment = arguments, environment or {}
        await self._to_front(running)
        running.send({"event": "launch", "intent": _intent(link)})
        await self._first_frame(running)
        return running

    async def activate(self, bundle_id: str, link: str | None = None) -> None:
        """Bring an app forward, with a link for it if there is one; starts it where it does not run."""
        running = self._running.get(bundle_id)
        if running is None:
            await self.launch(bundle_id, link=link)
            return
        if running is self.front:
            if link is not None:
                running.send({"event": "intent", "intent": _intent(link)})
            return
        await self._settled(running)
        running.resume()
        running.drawn.clear()
        await self._to_front(running)
        running.send({"event": "intent", "intent": _intent(link)} if link else {"event": "resume"})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FRAME_SECONDS):
                await running.drawn.wait()

    async def open(self, url: str, bundle_id: str | None = None) -> None:
        """Hand a link to the app that takes it, or to the named one; raises LinkRefusedError."""
        app = self._apps.installed.get(bundle_id) if bundle_id else self._apps.taking(url)
        if app is None:
            words = f"Failed to open URL {url}: The operation couldn’t be completed."  # noqa: RUF001 -- Apple's apostrophe
            raise LinkRefusedError(words)
        if Fault.DEEP_LINK_SWALLOWED in self._faults and app.bundle_id != SAFARI:
            await self.activate(app.bundle_id)
            return
        await self.activate(app.bundle_id, url)
        running = self._running.get(app.bundle_id)
        if running is not None:
            self._log.write(running.process, LINK_RECEIVED, Level.NOTICE)

    def _program(self, bundle_id: str) -> Program:
        app = self._apps.installed.get(bundle_id)
        if app is None:
            raise AppMissingError(bundle_id)
        return program_of(app)

    async def _spawn(self, program: Program) -> Running:
        try:
            process = await self._processes.start(program)
        except NoCode as error:
            words = f"Failed to launch {program.name}: The request was denied by service delegate (SBMainWorkspace)."
            raise AppFailedError(words) from error
        running = Running(program, process, self._make(), blank(program.name))
        self._running[program.name] = running
        return running

    async def _first_frame(self, running: Running) -> None:
        died = asyncio.ensure_future(running.process.ended.wait())
        drew = asyncio.ensure_future(running.drawn.wait())
        done, waiting = await asyncio.wait({died, drew}, timeout=LAUNCH_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if drew in done:
            return
        if not done:
            await self.terminate(running.name)  # the watchdog
        raise AppFailedError(f"Application {running.name} is not running: it crashed at launch")

    # --- the sign-in sheet

    async def present(self, owner: str, url: str) -> None:
        """Put a sheet with a page over the app, if that still is in front."""
        if self.front is None or self.front.name != owner:
            return
        await self.dismiss()
        sheet = await self._spawn(sheet_program())
        self.sheet_owner = owner
        sheet.send({"event": "launch", "intent": _intent(url)})
        self.changed()

    async def dismiss(self) -> None:
        """Take the sheet away, and end what it shows."""
        self.sheet_owner = None
        await self._processes.kill(SHEET)
        self.changed()

    # --- leaving the screen

    async def go_home(self) -> None:
        await self._to_front(None)

    async def terminate(self, bundle_id: str) -> bool:
        """End an app; False where it does not run."""
        if self.sheet_owner == bundle_id:
            await self.dismiss()
        return await self._processes.kill(bundle_id)

    async def _to_front(self, running: Running | None) -> None:
        before = self.front
        if before is running:
            return
        if before is not None and before.process.ended.is_set():
            before = None
        if before is not None:
            before.paused.clear()
            before.send({"event": "pause"})
            self.background(self._leave(before))
        self.front = running
        self.changed()

    async def _leave(self, running: Running) -> None:
        """What becomes of an app behind the home screen: its picture is taken, and some seconds later it sleeps."""
        await self._settled(running)
        if running is self.front or running.process.ended.is_set():
            return
        if Fault.BACKGROUND_KILLS in self._faults:
            await self._processes.kill(running.name)
            return
        self._keep_picture(running)
        await asyncio.sleep(SUSPEND_SECONDS)
        if running is not self.front and not running.process.ended.is_set():
            running.suspend()

    async def _settled(self, running: Running) -> None:
        """Wait until the app has done what it does when it leaves the screen: what it draws then is no new frame."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE_SECONDS):
                await running.paused.wait()

    def _keep_picture(self, running: Running) -> None:
        app = running.program.app
        if app is not None and app.data is not None and app.data.is_dir():
            snapshots.keep(running.display.picture(running.frame), app.data, running.name)

    def _died(self, process: AppProcess[Program]) -> None:
        running = self._running.get(process.name)
        if running is None or running.process is not process:
            return
        del self._running[process.name]
        if process.name == SHEET:
            self.sheet_owner = None
        elif process.name == self.sheet_owner:
            self.sheet_owner = None
            self.background(self._end_sheet())
        if running is self.front:
            self.front = None
        self.gone(process.name)
        self.changed()

    async def _end_sheet(self) -> None:
        await self._processes.kill(SHEET)

    # --- what apps report

    def frame(self, process: AppProcess[Program], screen: str, root: dict[str, object]) -> None:
        running = self._running.get(process.name)
        if running is None or running.process is not process:
            return
        running.frame = Frame(process.name, screen, root)
        running.drawn.set()
        if running in (self.front, self.sheet):
            self.changed()

    def has_paused(self, process: AppProcess[Program]) -> None:
        running = self._running.get(process.name)
        if running is not None:
            running.paused.set()

    # ---

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside; it ends with the phone."""
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def close(self) -> None:
        for task in list(self._work):
            task.cancel()
        await self._processes.kill_all()


def _intent(link: str | None) -> dict[str, str | None]:
    """As the runtime reads it: UIApplication.LaunchOptions, or application(_:open:)."""
    return {"action": "open" if link else "launch", "data": link}
