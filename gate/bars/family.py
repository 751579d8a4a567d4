"""A command that runs, and every process that comes of it, so that what outlives it is found."""

import os
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

MARK = "POCKETGATE_BAR"  # environment variable that all descendants inherit, also those that nobody saw begin
LOOK = 0.2  # seconds between two looks
GONE = 10.0  # seconds in which a killed process has to be gone


class Family:
    """One command with its descendants; `log` takes all that it writes."""

    def __init__(
        self, command: Sequence[str], log: Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.began = time.monotonic()
        self._mark = uuid.uuid4().hex
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**(os.environ if environment is None else environment), MARK: self._mark},
                start_new_session=True,
            )
        self._seen: set[psutil.Process] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, whatever came of it."""
        self.process.kill()
        self.process.wait()
        living = self.living()
        for one in living:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(living, timeout=GONE)

    def child(self, word: str) -> psutil.Process | None:
        """The direct child in whose command line this word stands."""
        return next((one for one in self._children() if word in _command(one)), None)

    def wait(self, happened: Callable[[], bool], patience: float) -> bool:
        """Look on until it happened; False where it did not within `patience` seconds or the command ended first."""
        until = time.monotonic() + patience
        while not happened():
            self._look()
            if self.process.poll() is not None or time.monotonic() > until:
                return happened()
            time.sleep(LOOK)
        return True

    def end(self, patience: float) -> int | None:
        """Its exit code as in `subprocess`; None where it had not ended within `patience` seconds."""
        self.wait(lambda: self.process.poll() is not None, patience)
        return self.process.poll()

    def left(self, within: float) -> tuple[str, ...]:
        """Command lines of descendants that still live when `within` seconds have passed."""
        psutil.wait_procs(self.living(), timeout=within)
        return tuple(filter(None, map(_command, self.living())))

    def living(self) -> list[psutil.Process]:
        """Descendants that live now; a zombie has ended, whoever its parent is."""
        marked = {one for one in psutil.process_iter() if _mark(one) == self._mark}
        return [one for one in marked | self._seen if one.pid != self.process.pid and _lives(one)]

    def _look(self) -> None:
        self._seen.update(self._children(recursive=True))

    def _children(self, *, recursive: bool = False) -> list[psutil.Process]:
        try:
            return psutil.Process(self.process.pid).children(recursive=recursive)
        except psutil.Error:  # the command has ended
            return []


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
