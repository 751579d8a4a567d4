"""A build's results as a file of pytest-benchmark, so that `pocketgate compare` and other tools read them."""

from collections.abc import Iterable
from statistics import mean, median, stdev
from typing import Any

from gate.history.entry import Entry

VERSION = "5.1.0"  # of pytest-benchmark, whose format this is


def as_pytest_benchmark(entries: Iterable[Entry]) -> dict[str, Any]:
    """What was measured last of each series."""
    newest: dict[object, Entry] = {}
    for one in entries:
        known = newest.get(one.series)
        if known is None or known.measured <= one.measured:
            newest[one.series] = one
    told = list(newest.values())
    build = told[-1].build if told else "unknown"
    return {
        "machine_info": {},
        "commit_info": {"id": build, "time": None, "dirty": False, "project": "", "branch": ""},
        "benchmarks": [_row(one) for one in told],
        "datetime": max((one.measured for one in told), default=None) and max(o.measured for o in told).isoformat(),
        "version": VERSION,
    }


def _row(one: Entry) -> dict[str, Any]:
    conditions = dict(part.partition("=")[::2] for part in one.series.condition.split("; ") if part)
    rounds = one.rounds
    stats = {
        "min": min(rounds),
        "max": max(rounds),
        "mean": mean(rounds),
        "median": median(rounds),
        "stddev": stdev(rounds) if len(rounds) > 1 else 0.0,
        "rounds": len(rounds),
        "iterations": 1,
        "data": list(rounds),
    }
    return {
        "group": None,
        "name": one.series.benchmark,
        "fullname": one.series.title,
        "params": None,
        "param": None,
        "extra_info": {"unit": one.series.unit, "phone": one.series.phone, **conditions},
        "options": {},
        "stats": stats,
    }
