"""`pocketgate trend`: the history read as a person would, series by series: steady, or another since which build."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from benchmarks import change_points as ours
from benchmarks import otava
from benchmarks.change_points import ChangePoint
from faults import BenchFault, UsageError
from gate.history.entry import Point, Series
from gate.history.history import History
from gate.history.store import open_store

type Detector = Callable[[Sequence[float]], tuple[ChangePoint, ...]]


@dataclass(frozen=True, slots=True)
class Trend:
    """A series and its changes; `trouble` says why no change could be looked for."""

    series: Series
    points: tuple[Point, ...]
    changes: tuple[ChangePoint, ...]
    trouble: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "benchmark": self.series.benchmark,
            "phone": self.series.phone,
            "condition": self.series.condition,
            "unit": self.series.unit,
            "results": len(self.points),
            "last": self.points[-1].median,
            "trouble": self.trouble,
            "changes": [self._change(one) for one in self.changes],
        }

    def _change(self, one: ChangePoint) -> dict[str, Any]:
        first = self.points[one.index]
        where = {"build": first.build, "version": first.version, "since": first.measured.isoformat()}
        return where | {"index": one.index, "percent": one.percent, "p": one.p}


def detector() -> tuple[str, Detector]:
    """Otava where the extra is installed, else our own."""
    return ("Apache Otava", otava.change_points) if otava.is_installed() else ("scipy", ours.change_points)


def read_trends(history: History, detect: Detector, benchmark: str | None = None) -> tuple[Trend, ...]:
    """Those that changed first, by the size of their last change; raises BenchFault for a history that is not readable.

    Results that were kept beside the history are merged first.
    """
    if history.file is not None and not history.file.is_file() and not history.has_kept:
        raise UsageError(f"{history.place}: no history there yet; a run with benchmarks or --import makes one")
    try:
        history.merge()
        with open_store(history.url) as store:
            found = store.series(benchmark)
    except (sa.exc.SQLAlchemyError, OSError) as trouble:
        words = str(trouble).splitlines()[0]
        raise BenchFault(f"the history {history.shown} cannot be read: {words}") from trouble
    if not found:
        which = "" if benchmark is None else f" of a benchmark with {benchmark!r} in its name"
        raise UsageError(f"{history.shown}: holds no result{which}")
    return tuple(sorted(_trends(found, detect), key=_urgency))


def _trends(found: Mapping[Series, tuple[Point, ...]], detect: Detector) -> Iterator[Trend]:
    for series, points in found.items():
        try:
            yield Trend(series, points, detect([one.median for one in points]))
        except UsageError as trouble:
            yield Trend(series, points, (), str(trouble))


def _urgency(one: Trend) -> tuple[float, str]:
    return (-abs(one.changes[-1].percent) if one.changes else 1.0, one.series.title)
