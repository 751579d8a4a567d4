"""What is remembered of one benchmark of one run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple, Self


@dataclass(frozen=True, slots=True)
class Series:
    """What may be laid side by side: one benchmark on one phone under one condition, in one unit."""

    benchmark: str
    phone: str
    condition: str
    unit: str

    @property
    def title(self) -> str:
        return ", ".join(filter(None, (self.benchmark, self.phone, self.condition)))


@dataclass(frozen=True, slots=True)
class Entry:
    """`build` tells builds apart (a checksum or a commit), `version` is what people call it; `rounds` in the unit."""

    run: str
    measured: datetime
    build: str
    version: str
    series: Series
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.rounds)

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "measured": self.measured.isoformat(),
            "build": self.build,
            "version": self.version,
            "benchmark": self.series.benchmark,
            "phone": self.series.phone,
            "condition": self.series.condition,
            "unit": self.series.unit,
            "rounds": list(self.rounds),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError for what is no entry."""
        measured = datetime.fromisoformat(row["measured"])
        series = Series(row["benchmark"], row["phone"], row["condition"], row["unit"])
        rounds = tuple(float(one) for one in row["rounds"])
        return cls(row["run"], measured.astimezone(UTC), row["build"], row["version"], series, rounds)


class Point(NamedTuple):
    """One build's place in a series; a tuple, since a history is made of a hundred thousand."""

    measured: datetime
    build: str
    version: str
    median: float

    @property
    def name(self) -> str:
        """Such as "1.2 (3f5a09c1d2e4)"."""
        return f"{self.version} ({self.build[:12]})" if self.version else self.build[:12]
