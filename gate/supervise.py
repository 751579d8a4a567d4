"""Keeps the processes of a lab together, and notices the moment one dies."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

from faults import BenchFault
from gate.deaths import Death, append_death
from gate.roster import Roster
from gate.service import Answer, Program, Service


class Supervisor:
    """Keeps processes together: when one dies unasked it says so at once and ends all others.

    Linux ties a child to the thread that forked it, so `start` must be called from the main thread.
    """

    def __init__(self, logs: Path, deaths: Path, roster: Roster) -> None:
        self.died = threading.Event()
        self.death: Death | None = None
        self._logs = logs
        self._deaths = deaths
        self._roster = roster
        self._services: list[Service] = []
        self._watchers: list[threading.Thread] = []
        self._closing = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, program: Program) -> Service:
        """Start it and return at once, so that what is independent starts side by side."""
        self._refuse_after_death()
        service = self._started(program)
        with self._lock:
            self._services.append(service)
        self._watch(service, self._end_of_service)
        return service

    def start_aside(self, program: Program, echo: IO[str]) -> Service:
        """Start what may end when it likes and is not ended with the others; whoever starts it ends it."""
        service = self._started(program, echo)
        self._watch(service, lambda ended, _code: ended.close())
        return service

    def ready(self, service: Service) -> Answer:
        """What the process said when it was ready.

        Raises BenchFault with the end of its log when it ended instead or its limit passed, or with the words of the
        death when another one took everything down.
        """
        answer = service.await_answer()
        if answer is None:
            if self.death is not None and self.death.pid != service.pid:
                self._refuse_after_death()
            msg = f"{service.program.name} ended before it was ready ({_how(service, self.death)}); {service.tail()}"
            raise BenchFault(msg)
        return answer

    def stop(self) -> None:
        """End all, the last started first; afterwards nothing that was started is left."""
        with self._lock:
            self._closing = True
        with _unhurried():
            self._end_all()
            for watcher in self._watchers:
                watcher.join()

    def _started(self, program: Program, echo: IO[str] | None = None) -> Service:
        service = Service(program, self._logs / f"{program.name}.log", self._roster.run, echo)
        self._roster.add(program.name, service.pid)
        return service

    def _watch(self, service: Service, then: Callable[[Service, int], None]) -> None:
        watcher = threading.Thread(
            target=lambda: then(service, service.watch()), name=f"watch {service.program.name}", daemon=True
        )
        self._watchers.append(watcher)
        watcher.start()

    def _end_of_service(self, service: Service, code: int) -> None:
        with self._lock:
            asked, self._closing = self._closing, True
            if not asked:
                self.death = Death(service.program.name, service.pid, datetime.now(UTC), code)
                append_death(self._deaths, self.death)
        service.close()
        if not asked:
            self.died.set()
            self._end_all()

    def _end_all(self) -> None:
        for service in reversed(self._services):
            service.end()

    def _refuse_after_death(self) -> None:
        if self.death is not None:
            raise BenchFault(self.death.words)


def _how(service: Service, death: Death | None) -> str:
    return death.cause if death is not None and death.pid == service.pid else f"exit {service.code}"


@contextmanager
def _unhurried() -> Iterator[None]:
    """A second Ctrl-C must not leave processes behind: signals wait until all have ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    return None
