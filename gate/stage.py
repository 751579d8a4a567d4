"""One pytest session as a process of its own, with an eye on the lab that it needs."""

import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.service import Program, Service
from gate.supervise import Supervisor

PLUGINS = ("pytest_benchmark.plugin", "pytest_timeout")  # no other that happens to be installed: each takes its time
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

    def begin(self, supervisor: Supervisor) -> Service:
        return supervisor.start_aside(self._program(), sys.stdout)

    def _program(self) -> Program:
        return Program(
            self.name,
            (sys.executable, "-m", "pytest", *(word for one in PLUGINS for word in ("-p", one)), *self.arguments),
            environment={"PYTHONUNBUFFERED": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **self.environment},
            folder=self.root,
        )

    def trouble(self, service: Service) -> str | None:
        """What kept it from its end; None if nothing did."""
        code = service.code
        if code in {0, 1}:
            return None
        how = TROUBLES.get(code or 0, f"ended with {code}")
        if code is not None and code < 0:
            how = f"died ({signal.Signals(-code).name})"
        return f"pytest {self.name} {how}; the end of its log is in logs/{service.log.name}"


def run_together(stages: Sequence[Stage], supervisor: Supervisor) -> tuple[str, ...]:
    """Run all side by side to their ends, or end them a while after the lab died; says what kept any from its end."""
    services: list[Service] = []
    try:
        services.extend(stage.begin(supervisor) for stage in stages)
        for service in services:
            _first_of(service.ended, supervisor.died).wait()
        until = time.monotonic() + AFTER_DEATH
        for service in services:
            service.ended.wait(max(0.0, until - time.monotonic()))
    finally:
        for service in services:
            service.end()
    troubles = (stage.trouble(service) for stage, service in zip(stages, services, strict=True))
    return tuple(trouble for trouble in troubles if trouble)


def _first_of(*events: threading.Event) -> threading.Event:
    """An event that is set as soon as one of these is."""
    first = threading.Event()

    def pass_on(event: threading.Event) -> None:
        event.wait()
        first.set()

    for event in events:
        threading.Thread(target=pass_on, args=(event,), daemon=True).start()
    return first
