"""A history of 100,000 results: how long `pocketgate trend` takes to read it, look for changes and draw them."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from gate.bars.product import POCKETGATE, Place
from gate.bars.result import Result
from gate.history.entry import Entry, Series
from gate.history.history import History

RESULTS, SERIES = 100_000, 20
CV = 0.05
MOST_SECONDS = 3.0


def measure(place: Place, _: argparse.Namespace) -> Result:
    file = str(place.path / "history.sqlite")
    filled = History.at(file, place.path).remember(entries())
    ended = place.call(POCKETGATE, "trend", "--history", file, "--out", str(place.path / "trend"), name="trend")
    ok = filled.added == RESULTS and ended.code == 0 and ended.seconds <= MOST_SECONDS
    return Result(
        bar="history",
        limit=f"{RESULTS:,} results loaded and plotted in {MOST_SECONDS:g} s",
        measured={"results": filled.added, "exit": ended.code, "seconds": round(ended.seconds, 1)},
        words=f"{filled.added:,} results in {ended.seconds:.1f} s (exit {ended.code})",
        ok=ok,
    )


def entries() -> Iterator[Entry]:
    """An equal share for each series, one result an hour; one series becomes slower by a tenth."""
    random, begin = np.random.default_rng(1), datetime(2026, 1, 1, tzinfo=UTC)
    builds = RESULTS // SERIES
    for number in range(SERIES):
        levels = 0.1 * (1 + CV * random.standard_normal(builds))
        if number == 0:
            levels[builds // 2 :] *= 1.1
        series = Series(f"bench_{number}", "virtual-android", "", "s")
        for build, level in enumerate(levels):
            when = begin + timedelta(hours=build)
            yield Entry(f"run-{build}", when, f"{build:064x}", f"1.{build}", series, (float(level),))
