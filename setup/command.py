import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from setup.project import Project
from setup.trouble import PIP, SetupTrouble, Sign, explain

GRACE = 10
"""Seconds that a command gets to end by itself when set-up is given up."""


class Command:
    """One tool at work in its own process group: it ends with the `with` block, and its output goes to the log.

    It inherits the claim on the checkout: should set-up be killed, the next one waits until this has ended as well.
    """

    def __init__(
        self, project: Project, step: str, *command: str | Path, claim: int, cwd: Path, signs: tuple[Sign, ...] = PIP
    ) -> None:
        self._project, self._step, self._signs = project, step, signs
        self._output = project.build / f"setup-{step}.log"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=project.environment(),
                pass_fds=[claim],
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._end()

    def finish(self) -> None:
        """Wait for the end; raises SetupTrouble with the one line that the output calls for."""
        code = self._process.wait()
        output = self._output.read_text(errors="replace")
        with self._project.log.open("a") as log:
            log.write(f"== {self._step}: exit {code}\n{output}\n")
        self._output.unlink()
        if code != 0:
            raise SetupTrouble(explain(self._step, output, self._signs))

    def _end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
                return
