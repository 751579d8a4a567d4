"""The activity manager: starts, and what is in front (AOSP ActivityTaskManagerService)."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testbed.android.intent import Intent, short
from testbed.android.logcat import Logcat
from testbed.android.packages.installed import Installed
from testbed.android.packages.manager import PackageManager
from testbed.android.packages.system import HOME
from testbed.android.tasks import Launch, LaunchState, Stack, Task, blank
from testbed.android.users import SHELL
from testbed.handset.processes import AppProcess, NoCode, Processes

PAUSE_SECONDS = 0.5
"""ActivityRecord.PAUSE_TIMEOUT: how long the phone waits for an activity to pause."""
LAUNCH_SECONDS = 10.0
"""ActivityTaskSupervisor.LAUNCH_TIMEOUT."""
USER_SUFFIX_SINCE = 34
"""From this API level on the Displayed line names the user."""


class NotResolved(Exception):  # noqa: N818 -- an answer, not a fault of the phone
    """No activity takes the intent."""


class NoSuchActivity(Exception):  # noqa: N818 -- as above
    """The intent names an activity that is not there; the component, short."""


@dataclass(frozen=True, slots=True)
class Started:
    """What `am start` reports; `launch` is None where nothing had to be started."""

    component: str
    launch: Launch | None
    warning: str = ""


class ActivityManager:
    def __init__(self, packages: PackageManager, processes: Processes[Installed], log: Logcat, api: int) -> None:
        self._packages = packages
        self._processes = processes
        self._log = log
        self._api = api
        launcher = packages.packages[HOME]
        self.stack = Stack(Task(launcher, f"{HOME}.Launcher", blank(HOME), "Home"))
        self.generation = 0
        self._newer = asyncio.Event()
        self.played: Callable[[Installed], bool] = lambda _: False
        processes.on_death = self._died

    # --- who takes an intent

    def resolve(self, intent: Intent) -> tuple[Installed, str]:
        """Package and activity; raises NotResolved or NoSuchActivity."""
        if intent.component is not None:
            name, _, activity = intent.component.partition("/")
            found = self._packages.packages.get(name)
            if found is None or found.manifest.activity(activity) is None:
                raise NoSuchActivity(short(intent.component))
            return found, activity
        if intent.data is not None:
            return self._by_link(intent)
        found = self._packages.packages.get(intent.package or "")
        launcher = found.manifest.launcher if found else None
        if found is None or launcher is None:
            raise NotResolved(str(intent))
        return found, launcher.name

    def _by_link(self, intent: Intent) -> tuple[Installed, str]:
        """One taker; where several apps take a link a real phone asks the user, which this one cannot."""
        takers = self._packages.takers(intent.action or "", intent.data or "", intent.package)
        if len({one.name for one, _ in takers}) != 1:
            raise NotResolved(str(intent))
        return takers[0]

    # --- starting

    async def start(self, intent: Intent, *, stop: bool = False, uid: int = SHELL.uid) -> Started:
        """Starts or brings forward what takes the intent; raises NotResolved or NoSuchActivity."""
        began = time.monotonic()
        package, activity = self.resolve(intent)
        self._log.write("I", "ActivityTaskManager", f"START u0 {{{intent.brief()}}} from uid {uid}", buffer="system")
        if stop:
            await self.force_stop(package.name)
        if self.played(package):
            self._processes.play(package)
            return Started(f"{package.name}/{activity}", None)
        task = self.stack.get(package.name)
        if task is not None and task is self.stack.front:
            return self._deliver(task, intent)
        if task is not None and self._processes.get(package.name) is not None:
            return await self._bring_forward(task, intent, began)
        return await self._launch(package, activity, intent, began)

    def _deliver(self, task: Task, intent: Intent) -> Started:
        warning = "Warning: Activity not started, intent has been delivered to currently running top-most instance."
        self._send(task, {"event": "intent", "intent": intent.wire()})
        return Started(task.component, None, warning)

    async def _bring_forward(self, task: Task, intent: Intent, began: float) -> Started:
        await self._settled(task)
        task.launch = self._new_launch(LaunchState.HOT, began)
        self._to_front(task)
        self._send(task, {"event": "intent", "intent": intent.wire()} if intent.data else {"event": "resume"})
        return Started(
            task.component, task.launch, "Warning: Activity not started, its current task has been brought to the front"
        )

    async def _launch(self, package: Installed, activity: str, intent: Intent, began: float) -> Started:
        process = self._processes.get(package.name)
        task = Task(package, activity, blank(package.name))
        task.launch = self._new_launch(LaunchState.WARM if process else LaunchState.COLD, began)
        self._to_front(task)
        try:
            process = process or await self._processes.start(package)
        except NoCode:
            self._crash_at_start(task)
        else:
            process.send({"event": "launch", "intent": intent.wire()})
        return Started(task.component, task.launch)

    def _crash_at_start(self, task: Task) -> None:
        message = f"FATAL EXCEPTION: main\nProcess: {task.name}\njava.lang.ClassNotFoundException: {task.activity}"
        self._log.write("E", "AndroidRuntime", message, buffer="crash")
        self._end_task(task)

    def _new_launch(self, state: LaunchState, began: float) -> Launch:
        return Launch(state, began, asyncio.get_running_loop().create_future())

    async def _settled(self, task: Task) -> None:
        """An activity that is still pausing is not resumed: its last frame would be taken for the first new one."""
        if task.pausing_since is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(task.pausing_since + PAUSE_SECONDS - time.monotonic()):
                    await task.drawn.wait()
        task.pausing_since = None

    async def wait(self, launch: Launch) -> bool:
        """True at the first frame; False after the phone's own limit, or where the process died."""
        try:
            async with asyncio.timeout(LAUNCH_SECONDS):
                return await asyncio.shield(launch.first_frame)
        except TimeoutError:
            return False

    # --- ending

    async def force_stop(self, name: str) -> None:
        await self._processes.kill(name)
        task = self.stack.get(name)
        if task is not None:
            self._end_task(task)

    async def kill_background(self, name: str) -> None:
        """`am kill`: only a process that is not in front."""
        if self.stack.front.name != name:
            await self._processes.kill(name)

    def go_home(self) -> None:
        self._to_front(self.stack.home)

    def finish(self, name: str) -> None:
        """The app's own activity ends; its process stays."""
        task = self.stack.get(name)
        if task is not None:
            self._end_task(task)

    def _died(self, process: AppProcess[Installed]) -> None:
        task = self.stack.get(process.name)
        if task is not None:
            self._end_task(task)

    def _end_task(self, task: Task) -> None:
        was_front = task is self.stack.front
        self.stack.remove(task)
        if task.launch is not None:
            task.launch.lost()
        if was_front:
            self._now_in_front(self.stack.front)

    # --- what is in front

    def _to_front(self, task: Task) -> None:
        before = self.stack.front
        if before is task:
            return
        before.pausing_since = time.monotonic()
        before.drawn.clear()
        self._send(before, {"event": "pause"})
        self.stack.raise_to_front(task)
        self._changed()

    def _now_in_front(self, task: Task) -> None:
        """Another task ended and uncovered this one."""
        self._send(task, {"event": "resume"})
        self._changed()

    def _send(self, task: Task, event: Mapping[str, object]) -> None:
        process = self._processes.get(task.name)
        if process is not None:
            process.send(event)

    def send_to_front(self, event: Mapping[str, object]) -> None:
        self._send(self.stack.front, event)

    def _changed(self) -> None:
        self.generation += 1
        self._newer.set()
        self._newer = asyncio.Event()

    async def frame_after(self, generation: int, seconds: float) -> bool:
        """Waits for a frame newer than `generation` in front."""
        try:
            async with asyncio.timeout(seconds):
                while self.generation <= generation:
                    await self._newer.wait()
        except TimeoutError:
            return False
        return True

    # --- what apps report

    def frame(self, process: AppProcess[Installed], screen: str, root: Mapping[str, object]) -> None:
        task = self.stack.get(process.name)
        if task is None:
            return
        task.root, task.screen = root, screen
        task.pausing_since = None
        task.drawn.set()
        if task is not self.stack.front:
            return
        self._changed()
        if task.launch is not None and task.launch.total is None:
            self._displayed(task, task.launch)

    def has_paused(self, process: AppProcess[Installed]) -> None:
        """The app has done all it does when paused; what it draws now is new."""
        task = self.stack.get(process.name)
        if task is not None:
            task.pausing_since = None
            task.drawn.set()

    def _displayed(self, task: Task, launch: Launch) -> None:
        total = launch.drawn()
        suffix = " for user 0" if self._api >= USER_SUFFIX_SINCE else ""
        message = f"Displayed {short(task.component)}{suffix}: {_duration(total)}"
        self._log.write("I", "ActivityTaskManager", message, buffer="system")

    def fully_drawn(self, process: AppProcess[Installed]) -> None:
        """Once a start, as ActivityMetricsLogger reports it."""
        task = self.stack.get(process.name)
        if task is None or task.launch is None or task.launch.total is None:
            return
        total = round((time.monotonic() - task.launch.began) * 1000)
        self._log.write(
            "I", "ActivityTaskManager", f"Fully drawn {short(task.component)}: {_duration(total)}", buffer="system"
        )
        task.launch = None


def _duration(milliseconds: int) -> str:
    """TimeUtils.formatDuration: `+412ms`, `+1s23ms`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"+{seconds}s{rest}ms" if seconds else f"+{rest}ms"
