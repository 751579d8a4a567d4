"""One process that runs until it is ended: how it is started, how it says that it is ready, what it wrote."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from faults import BenchFault
from gate.roster import MARK

LEASH = Path(__file__).with_name("leash.py")
READY_FD = "{ready_fd}"  # stands in a command for the number of a pipe's writing end
GRACE = 5.0  # seconds from SIGTERM to SIGKILL
TAIL = 12  # lines of a log that an error message quotes

type Answer = dict[str, Any]
type Readiness = Callable[[str], Answer | None]


def json_line(line: str) -> Answer | None:
    """The house's own processes print one JSON object when they are ready."""
    if not line.startswith("{"):
        return None
    try:
        answer: Answer = json.loads(line)
    except ValueError:
        return None
    return answer


def line_with(text: str) -> Readiness:
    """Other people's servers log a known line when they listen."""

    def readiness(line: str) -> Answer | None:
        return {} if text in line else None

    return readiness


@dataclass(frozen=True, slots=True)
class Program:
    """What to start and how to know that it is up; `limit` in seconds from its start.

    `ready` sees each line of the standard output, or of a pipe whose number stands for `READY_FD` in the command.
    """

    name: str
    command: tuple[str, ...]
    ready: Readiness = json_line
    limit: float = 30.0
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Service:
    """One process that was started; `code` is its exit code once it has ended, as in `subprocess`."""

    def __init__(self, program: Program, log: Path, mark: str, echo: IO[str] | None = None) -> None:
        """Start it; what it writes goes to `log`, and to `echo` as well where one is given."""
        self.program = program
        self.log = log
        self.ended = threading.Event()
        self.code: int | None = None
        self._process, self._told = _spawn(program, log, mark, aloud=echo is not None)
        self._echo = echo
        self._news = threading.Event()  # ready or ended
        self._answer: Answer | None = None
        self._limit_at = time.monotonic() + program.limit
        self._listener = threading.Thread(target=self._listen, name=f"log of {program.name}", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def await_answer(self) -> Answer | None:
        """What it said when it was ready; None when it ended first; raises BenchFault at the limit."""
        if not self._news.wait(max(0.0, self._limit_at - time.monotonic())):
            msg = f"{self.program.name} was not ready within {self.program.limit:g} s; {self.tail()}"
            raise BenchFault(msg)
        return self._answer

    def tail(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        return f"the end of {self.log}:\n" + "\n".join(lines) if lines else f"{self.log} is empty"

    def watch(self) -> int:
        """Wait for its end and sweep what it leaves in its process group."""
        self.code = self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._listener.join(GRACE)  # its last words; a descendant elsewhere may still hold the pipe
        return self.code

    def close(self) -> None:
        self.ended.set()
        self._news.set()

    def end(self) -> None:
        """SIGTERM, so that it can end its own children, then SIGKILL."""
        for kind, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
            if self.code is None:
                self._process.send_signal(kind)
            if self.ended.wait(patience):
                return

    def _listen(self) -> None:
        """Copy what it writes until it closes, watching for the line that says it is ready."""
        with self.log.open("a", encoding="utf-8") as log, self._told:
            for line in self._told:
                for file in (log, self._echo):
                    if file is not None:
                        file.write(line)
                        file.flush()
                self._notice(line)

    def _notice(self, line: str) -> None:
        if self._answer is None:
            self._answer = self.program.ready(line.strip())
            if self._answer is not None:
                self._news.set()


def _spawn(program: Program, log: Path, mark: str, *, aloud: bool) -> tuple[subprocess.Popen[str], IO[str]]:
    """The errors of a process that speaks aloud go the way of its output, else straight into the log."""
    reading, writing = os.pipe()
    by_pipe = READY_FD in program.command
    words = tuple(str(writing) if word == READY_FD else word for word in program.command)
    with log.open("a", encoding="utf-8") as file:
        process = subprocess.Popen(
            (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *words),
            stdin=subprocess.DEVNULL,
            stdout=file if by_pipe else writing,
            stderr=writing if aloud else file,
            env={**os.environ, **program.environment, MARK: mark},
            cwd=program.folder,
            pass_fds=(writing,) if by_pipe else (),
            start_new_session=True,
            text=True,
        )
    os.close(writing)
    return process, os.fdopen(reading, encoding="utf-8", errors="replace")
