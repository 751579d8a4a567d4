"""Builds the reference app beside whatever else is being started."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from faults import BenchFault
from gate.programs import ROOT, app_build

LIMIT = 60.0  # seconds


class AppBuild:
    """A running build; leaving its `with` block ends one that nobody waited for."""

    def __init__(self, platform: str, out: Path, log: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self._log = log
        with log.open("a", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                app_build(platform, out),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def path(self) -> Path:
        """The app file; raises BenchFault with the builder's words when there is none."""
        try:
            said, _ = self._process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired as late:
            msg = f"the app was not built within {LIMIT:g} s; see {self._log}"
            raise BenchFault(msg) from late
        paths = [Path(line) for line in said.splitlines() if line]
        if self._process.returncode != 0 or not paths or not paths[-1].is_file():
            words = self._log.read_text(encoding="utf-8", errors="replace").strip()
            msg = f"the app could not be built (exit {self._process.returncode}): {words or said}"
            raise BenchFault(msg)
        return paths[-1].resolve()
