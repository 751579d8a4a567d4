"""One pytest session as a process of its own, with an eye on the lab that it needs."""

import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.service import Program, Service
from gate.supervise import Supervisor

AFTER_DEATH = 20.0  # seconds in which pytest may write down that its tests are blocked
TROUBLES = {
    2: "was interrupted: a module could not be read, or somebody stopped it",
    3: "had an internal error",
    4: "was started wrongly, or a check is marked wrongly",
    5: "found nothing to run",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """`pytest ARGUMENTS` in `root`; what it writes goes to the terminal and into the log of this name."""

    name: str
    root: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str]

    def run(self, supervisor: Supervisor) -> str | None:
        """Run to the end, or end it a while after the lab died; says what kept it from its end, None if nothing did."""
        service = supervisor.start_aside(self._program(), sys.stdout)
        try:
            _first_of(service.ended, supervisor.died).wait()
            if not service.ended.is_set():
                service.ended.wait(AFTER_DEATH)
        finally:
            service.end()
        return self._trouble(service)

    def _program(self) -> Program:
        return Program(
            self.name,
            (sys.executable, "-m", "pytest", *self.arguments),
            environment={"PYTHONUNBUFFERED": "1", **self.environment},
            folder=self.root,
        )

    def _trouble(self, service: Service) -> str | None:
        code = service.code
        if code in {0, 1}:
            return None
        how = TROUBLES.get(code or 0, f"ended with {code}")
        if code is not None and code < 0:
            how = f"died ({signal.Signals(-code).name})"
        return f"pytest {self.name} {how}; the end of its log is in logs/{service.log.name}"


def _first_of(*events: threading.Event) -> threading.Event:
    """An event that is set as soon as one of these is."""
    first = threading.Event()

    def pass_on(event: threading.Event) -> None:
        event.wait()
        first.set()

    for event in events:
        threading.Thread(target=pass_on, args=(event,), daemon=True).start()
    return first
