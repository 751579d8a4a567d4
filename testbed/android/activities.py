"""The activity manager: starts, and what is in front (AOSP ActivityTaskManagerService)."""

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from testbed.android.faults import Fault, Faults
from testbed.android.intent import Intent, short
from testbed.android.logcat import Logcat
from testbed.android.packages.installed import Installed
from testbed.android.packages.manager import PackageManager
from testbed.android.packages.manifest import MAIN
from testbed.android.packages.system import HOME
from testbed.android.tasks import Launch, LaunchState, Stack, Task, blank
from testbed.android.users import SHELL
from testbed.android.windows import chooser
from testbed.android.windows.chooser import Taker
from testbed.handset.generations import Generations
from testbed.handset.processes import AppProcess, NoCode, Processes

if TYPE_CHECKING:
    from testbed.android.windows.window import Windows

PAUSE_SECONDS = 0.5
"""ActivityRecord.PAUSE_TIMEOUT: how long the phone waits for an activity to pause."""
LAUNCH_SECONDS = 10.0
"""ActivityTaskSupervisor.LAUNCH_TIMEOUT."""
CLEAR_TASK = 0x00008000
"""Intent.FLAG_ACTIVITY_CLEAR_TASK: the task's activities end before the new one starts."""
WM_EVENTS_SINCE = 30
"""Android 11 renamed am_create_activity and am_new_intent."""
USER_SUFFIX_SINCE = 34
"""From this API level on the Displayed line names the user."""


ANIMATION_FRAMES, ANIMATION_GAP = 5, 0.5
"""So many frames, none later than this after the one before, are taken for an animation (UiDevice.waitForIdle waits
for half a second without an event)."""


class Ambiguous(Exception):  # noqa: N818 -- a question to the user
    """Several apps take the link."""

    def __init__(self, takers: list[Taker]) -> None:
        super().__init__(", ".join(one.name for one, _ in takers))
        self.takers = takers


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
    def __init__(
        self, packages: PackageManager, processes: Processes[Installed], log: Logcat, api: int, faults: Faults
    ) -> None:
        self._packages = packages
        self._processes = processes
        self._log = log
        self._api = api
        self._faults = faults
        self._numbers = itertools.count(1)
        self._frames: deque[float] = deque(maxlen=ANIMATION_FRAMES)
        self._drawn: dict[str, list[float]] = {}
        self._preferred: dict[str, Taker] = {}
        self.on_end: Callable[[Task], None] | None = None
        self.windows: Windows | None = None
        """Where the question which app shall take a link is asked."""
        launcher = packages.packages[HOME]
        self.stack = Stack(Task(launcher, f"{HOME}.Launcher", blank(HOME), "Home"))
        self.generations = Generations()
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

    def _by_link(self, intent: Intent) -> Taker:
        """The one taker, or the one the user has chosen for good; raises Ambiguous where the user must choose."""
        takers = self._packages.takers(intent.action or "", intent.data or "", intent.package)
        if not takers:
            raise NotResolved(str(intent))
        if len({one.name for one, _ in takers}) == 1:
            return takers[0]
        preferred = self._preferred.get((intent.data or "").partition(":")[0])
        if preferred is not None and preferred[0].name in self._packages.packages:
            return preferred
        raise Ambiguous(takers)

    def _choose(self, intent: Intent, takers: list[Taker]) -> Started:
        """Asks the user; what was chosen is then started."""
        if self.windows is None:
            raise NotResolved(str(intent))

        async def chosen(taker: Taker) -> None:
            await self.start(replace(intent, component=f"{taker[0].name}/{taker[1]}"))

        def always(taker: Taker) -> None:
            self._preferred[(intent.data or "").partition(":")[0]] = taker

        chooser.ask(self.windows, self._api, takers, chosen, always)
        component = "/".join(chooser.component(self._api))
        self._note_given("create_activity", component, intent)
        return Started(component, None)

    def _note_given(self, what: str, component: str, intent: Intent) -> None:
        """The event log's line of an activity that gets an intent (com/android/server/wm/EventLogTags.logtags)."""
        prefix = "wm" if self._api >= WM_EVENTS_SINCE else "am"
        told = f"[0,0,0,{short(component)},{intent.action or 'NULL'},NULL,{intent.data or 'NULL'},{intent.flags}]"
        self._log.write("I", f"{prefix}_{what}", told, buffer="events")

    # --- starting

    async def start(self, intent: Intent, *, stop: bool = False, uid: int = SHELL.uid) -> Started:
        """Starts or brings forward what takes the intent; raises NotResolved or NoSuchActivity."""
        began = time.monotonic()
        try:
            package, activity = self.resolve(intent)
        except Ambiguous as several:
            return self._choose(intent, several.takers)
        self._log.write("I", "ActivityTaskManager", f"START u0 {{{intent.brief()}}} from uid {uid}", buffer="system")
        if stop:
            await self.force_stop(package.name)
        if intent.data and Fault.LINK_SWALLOWED in self._faults:
            intent = replace(intent, action=MAIN, data=None)
        if self.played(package):
            self._processes.play(package)
            return Started(f"{package.name}/{activity}", None)
        task = self.stack.get(package.name)
        if task is not None and intent.flags & CLEAR_TASK:
            self._end_task(task)
            task = None
        if task is not None and task is self.stack.front:
            return self._deliver(task, intent)
        if task is not None and self._processes.get(package.name) is not None:
            return await self._bring_forward(task, intent, began)
        return await self._launch(package, activity, intent, began)

    def _deliver(self, task: Task, intent: Intent) -> Started:
        warning = "Warning: Activity not started, intent has been delivered to currently running top-most instance."
        if intent.data or Fault.LINK_SWALLOWED not in self._faults:
            self._note_given("new_intent", task.component, intent)
            self._send(task, {"event": "intent", "intent": intent.wire()})
        return Started(task.component, None, warning)

    async def _bring_forward(self, task: Task, intent: Intent, began: float) -> Started:
        await self._settled(task)
        task.launch = self._new_launch(LaunchState.HOT, began)
        self._to_front(task)
        if intent.data:
            self._note_given("new_intent", task.component, intent)
        self._send(task, {"event": "intent", "intent": intent.wire()} if intent.data else {"event": "resume"})
        return Started(
            task.component, task.launch, "Warning: Activity not started, its current task has been brought to the front"
        )

    async def _launch(self, package: Installed, activity: str, intent: Intent, began: float) -> Started:
        process = self._processes.get(package.name)
        task = Task(package, activity, blank(package.name), number=next(self._numbers))
        task.rotates = package.rotates(activity)
        task.launch = self._new_launch(LaunchState.WARM if process else LaunchState.COLD, began)
        self._note_given("create_activity", task.component, intent)
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
        if Fault.DEAD_FORCE_STOP in self._faults:
            return
        await self._processes.kill(name)
        task = self.stack.get(name)
        if task is not None:
            self._end_task(task)

    async def kill_background(self, name: str) -> None:
        """`am kill`: only a process that is not in front."""
        if self.stack.front.name != name:
            await self._processes.kill(name)

    async def remove_task(self, name: str) -> None:
        """Swiped out of the recent apps: the task ends, and its process with it."""
        await self._processes.kill(name)
        task = self.stack.get(name)
        if task is not None:
            self._end_task(task)

    def go_home(self) -> None:
        self._to_front(self.stack.home)

    def finish(self, name: str) -> None:
        """The app's own activity ends; its process stays."""
        task = self.stack.get(name)
        if task is not None:
            self._end_task(task)

    def _died(self, process: AppProcess[Installed]) -> None:
        self._drawn.pop(process.name, None)
        process.package.granted -= process.package.one_time
        process.package.one_time.clear()
        task = self.stack.get(process.name)
        if task is not None:
            self._end_task(task)

    def _end_task(self, task: Task) -> None:
        if self.windows is not None:
            self.windows.close_all(owner=task.name)
        if self.on_end is not None:
            self.on_end(task)
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
        self.changed()

    def _now_in_front(self, task: Task) -> None:
        """Another task ended and uncovered this one."""
        self._send(task, {"event": "resume"})
        self.changed()

    def _send(self, task: Task, event: Mapping[str, object]) -> None:
        process = self._processes.get(task.name)
        if process is not None:
            process.send(event)

    def send_to_front(self, event: Mapping[str, object]) -> None:
        self._send(self.stack.front, event)

    def changed(self) -> None:
        """Something else is seen now."""
        self.generations.advance()

    async def frame_after(self, generation: int, seconds: float) -> bool:
        """Waits for a frame newer than `generation` in front."""
        return await self.generations.newer_than(generation, seconds)

    # --- what apps report

    def frames_of(self, name: str) -> list[float]:
        """When the app's frames came, since it was last asked to forget them; monotonic seconds."""
        return self._drawn.setdefault(name, [])

    @property
    def animating(self) -> bool:
        """The app in front has been drawing one frame after another, and still does."""
        times = [*self._frames, time.monotonic()]
        close = all(later - earlier < ANIMATION_GAP for earlier, later in itertools.pairwise(times))
        return close and len(times) > ANIMATION_FRAMES

    def frame(
        self, process: AppProcess[Installed], screen: str, root: Mapping[str, object], *, secure: bool = False
    ) -> None:
        task = self.stack.get(process.name)
        if task is None:
            return
        task.root, task.screen, task.secure = root, screen, secure
        self.frames_of(process.name).append(time.monotonic())
        task.pausing_since = None
        task.drawn.set()
        if task is not self.stack.front:
            return
        self._frames.append(time.monotonic())
        self.changed()
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
