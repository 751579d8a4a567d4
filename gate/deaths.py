"""Supervised processes that ended unasked, as they are written down for whoever judges the run."""

import json
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Death:
    """One process that ended though nobody asked it to; `code` as in `subprocess`: negative for a signal."""

    process: str
    pid: int
    at: datetime
    code: int

    @property
    def cause(self) -> str:
        if self.code >= 0:
            return f"exit {self.code}"
        try:
            return signal.Signals(-self.code).name
        except ValueError:  # a real-time signal has no name
            return f"signal {-self.code}"

    @property
    def words(self) -> str:
        return f"{self.process} died ({self.cause}) at {self.at.astimezone(UTC):%H:%M:%S} UTC"

    def as_json(self) -> dict[str, Any]:
        how = {"exit": self.code} if self.code >= 0 else {"signal": self.cause}
        return {"process": self.process, "pid": self.pid, "at": self.at.isoformat(), **how}


def append_death(path: Path, death: Death) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(death.as_json()) + "\n")


def read_deaths(path: Path) -> tuple[Death, ...]:
    """All deaths of a run in their order; none when nothing was written."""
    if not path.exists():
        return ()
    return tuple(_death(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line)


def _death(row: dict[str, Any]) -> Death:
    return Death(row["process"], row["pid"], datetime.fromisoformat(row["at"]), _code(row))


def _code(row: dict[str, Any]) -> int:
    if "exit" in row:
        return int(row["exit"])
    name = str(row["signal"])
    return -int(signal.Signals[name]) if name in signal.Signals.__members__ else -int(name.removeprefix("signal "))
