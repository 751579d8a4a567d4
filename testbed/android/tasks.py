"""Tasks on the screen, in the order in which they lie on each other."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from testbed.android.packages.installed import Installed


class LaunchState(Enum):
    """WaitResult.launchStateToString."""

    COLD = "COLD"
    WARM = "WARM"
    HOT = "HOT"
    UNKNOWN = "UNKNOWN (0)"


@dataclass(slots=True)
class Launch:
    """A start under way: measured from the request to the first frame."""

    state: LaunchState
    began: float
    first_frame: asyncio.Future[bool]
    """True at the frame, False where the process died before."""
    total: int | None = None
    """Milliseconds."""

    def drawn(self) -> int:
        """The first frame is there."""
        self.total = round((time.monotonic() - self.began) * 1000)
        if not self.first_frame.done():
            self.first_frame.set_result(True)
        return self.total

    def lost(self) -> None:
        if not self.first_frame.done():
            self.first_frame.set_result(False)


def blank(package: str) -> Mapping[str, object]:
    """The window before an app's first frame."""
    return {"key": f"splash:{package}", "kind": "column", "children": []}


@dataclass(slots=True)
class Task:
    package: Installed
    activity: str
    root: Mapping[str, object]
    screen: str = ""
    number: int = 0
    """The task's id, which `dumpsys activity` shows after a `t`."""
    secure: bool = False
    """FLAG_SECURE: in no screenshot and in no picture of recent apps."""
    rotates: bool = True
    """Not locked to an orientation by its manifest."""
    launch: Launch | None = None
    """The last start; it stays for `Fully drawn`."""
    pausing_since: float | None = None
    """Monotonic; None once it has drawn what it shows while paused."""
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the next frame."""

    @property
    def name(self) -> str:
        return self.package.name

    @property
    def component(self) -> str:
        return f"{self.name}/{self.activity}"


class Stack:
    """The tasks, the one in front last."""

    def __init__(self, home: Task) -> None:
        self.home = home
        self._tasks = [home]

    @property
    def front(self) -> Task:
        return self._tasks[-1]

    def get(self, name: str) -> Task | None:
        return next((task for task in self._tasks if task.name == name), None)

    def all(self) -> list[Task]:
        return list(reversed(self._tasks))

    def raise_to_front(self, task: Task) -> None:
        self._tasks = [one for one in self._tasks if one is not task] + [task]

    def remove(self, task: Task) -> None:
        """Home stays."""
        if task is not self.home:
            self._tasks = [one for one in self._tasks if one is not task]
