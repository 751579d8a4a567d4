import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

from testbed.handset.processes import AppProcess
from testbed.ios.glass import Frame
from testbed.ios.programs import Program
from testbed.screen import Display


@dataclass(slots=True)
class Running:
    """An app with a process: what it draws, and whether it is let run."""

    program: Program
    process: AppProcess[Program]
    display: Display
    frame: Frame
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    suspended: bool = False
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the next frame."""
    paused: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the app has done all that it does when it leaves the screen."""
    secret: dict[str, str] = field(default_factory=dict)
    """What was typed into secure fields, which show bullets only."""

    @property
    def name(self) -> str:
        return self.program.name

    def send(self, event: Mapping[str, object]) -> None:
        self.process.send(event)

    def suspend(self) -> None:
        """The kernel runs it no more, as it is for every app some seconds after it left the screen."""
        if not self.suspended:
            self.suspended = True
            _signal(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        if self.suspended:
            self.suspended = False
            _signal(self.process.pid, signal.SIGCONT)


def blank(bundle_id: str) -> Frame:
    """The launch screen, before the app's own first frame."""
    return Frame(bundle_id, "", {"key": f"launch screen {bundle_id}", "kind": "column", "children": []})


def _signal(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return
