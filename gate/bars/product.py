"""The product as a user has it: its commands and the files of a run."""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import BenchFault
from gate.bars.family import Family

ROOT = Path(__file__).parents[2]
PATIENCE = 900.0  # seconds after which a command hangs
PYTHON = sys.executable
POCKETGATE = str(Path(sys.executable).with_name("pocketgate"))


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended, with its wall-clock seconds and all that it wrote."""

    code: int
    seconds: float
    said: str


@dataclass(frozen=True, slots=True)
class Place:
    """A new folder for the runs and logs of a bar."""

    path: Path

    def call(
        self,
        *command: str,
        name: str,
        folder: Path = ROOT,
        environment: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Ended:
        """Run to the end; raises BenchFault where it hangs."""
        log = self.path / f"{name}.log"
        begin = log.stat().st_size if log.exists() else 0
        with Family(command, log, folder, environment) as family:
            code = family.end(patience)
            seconds = time.monotonic() - family.began
            if code is None:
                raise BenchFault(f"{' '.join(command)} had not ended after {patience:g} s; see {log}")
        return Ended(code, seconds, log.read_bytes()[begin:].decode(errors="replace"))


def verdict_in(folder: Path) -> dict[str, Any]:
    """A run's verdict; raises BenchFault where it left none."""
    file = folder / "verdict.json"
    if not file.is_file():
        raise BenchFault(f"{file}: the run left no verdict")
    verdict: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return verdict


def defects(place: Place) -> dict[str, str]:
    """Each seeded defect with the claim that it breaks."""
    listed = place.call(POCKETGATE, "testbed", "defects", name="defects-list")
    if listed.code != 0:
        raise BenchFault(f"the defects could not be listed: {listed.said.strip()}")
    rows = [line.split() for line in listed.said.splitlines() if line.strip()]
    return {row[0]: row[1] for row in rows}
