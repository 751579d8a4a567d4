"""What Locust wrote (its CSV files), as figures by kind of request and faults by kind."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.load.strain import Strain, doubts_of, read_strains
from faults import EvidenceMissing

ALL = "Aggregated"
BROKEN, UNDECIDED = 1, 3  # exit codes
SIGNED_IN = "tokens by code"  # the request that ends a sign-in


@dataclass(frozen=True, slots=True)
class Row:
    """Times in milliseconds, percentiles as Locust rounds them."""

    name: str
    requests: int
    failures: int
    median: float
    p95: float
    p99: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    kind: str
    times: int


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """`users` were asked for; `strains` say how each process of the generator fared."""

    rows: tuple[Row, ...]
    total: Row
    faults: tuple[Fault, ...]
    users: int
    strains: tuple[Strain, ...]

    @property
    def signed_in(self) -> int:
        """Phones that finished their sign-in: the load that there really was, however many were asked for."""
        return sum(row.requests - row.failures for row in self.rows if row.name == SIGNED_IN)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the figures are not those of so many phones, in words."""
        absent = self.users - self.signed_in
        words = (
            f"{absent} of {self.users} phones had not signed in at the end: give them more --time, or another --rate"
        )
        return (*((words,) if absent > 0 else ()), *doubts_of(self.strains))

    @property
    def exit(self) -> int:
        """1 where a request failed: a server that answers quickly and wrongly is not fast. 3 where there are doubts."""
        return BROKEN if self.total.failures else UNDECIDED if self.doubts else 0

    def as_json(self) -> dict[str, Any]:
        return {"exit": self.exit, "signed_in": self.signed_in, "doubts": self.doubts, **asdict(self)}


def read_summary(prefix: Path, users: int) -> LoadSummary:
    """From what was written beside `PREFIX` when `users` were wanted; raises EvidenceMissing where none asked."""
    rows = [_row(one) for one in _lines(prefix.with_name(f"{prefix.name}_stats.csv"))]
    total = next((row for row in rows if row.name == ALL), None)
    if total is None or not total.requests:
        msg = f"{prefix}: no request was made; the end of its log says why"
        raise EvidenceMissing(msg)
    faults = tuple(
        Fault(one["Name"], one["Error"], int(one["Occurrences"]))
        for one in _lines(prefix.with_name(f"{prefix.name}_failures.csv"))
    )
    strains = read_strains(prefix.with_name(f"{prefix.name}_strain.json"))
    return LoadSummary(tuple(row for row in rows if row.name != ALL), total, faults, users, strains)


def _lines(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))
    except OSError as absent:
        msg = f"{file} was not written: {absent.strerror}"
        raise EvidenceMissing(msg) from absent


def _row(one: dict[str, str]) -> Row:
    return Row(
        name=one["Name"],
        requests=int(one["Request Count"]),
        failures=int(one["Failure Count"]),
        median=_number(one["50%"]),
        p95=_number(one["95%"]),
        p99=_number(one["99%"]),
        per_second=_number(one["Requests/s"]),
    )


def _number(text: str) -> float:
    """Locust writes N/A where nothing was asked."""
    return 0.0 if text == "N/A" else float(text)
