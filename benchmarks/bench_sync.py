"""How fast the records arrive on the phone."""

import re

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.clock import PhoneClock
from drivers.phone import Phone
from faults import EvidenceMissing
from scenarios.sign_in import refresh_all

ROUNDS = 5
FINISHED = re.compile(r"sync finished rows=(\d+) seconds=([\d.]+)")


@pytest.mark.benchmark(group="sync")
def bench_full_sync(signed_in: Phone, phone_clock: PhoneClock, benchmark: BenchmarkFixture) -> None:
    """All records anew ("Refresh all data"), timed by the app's own log mark; rows/s in extra_info."""
    rows_seen: set[int] = set()
    finished_before = len(FINISHED.findall(signed_in.log()))

    def fetch_all() -> None:
        nonlocal finished_before
        refresh_all(signed_in)
        finished = FINISHED.findall(signed_in.log())
        if len(finished) <= finished_before:
            msg = f"{signed_in.name}: the app logged no `sync finished rows=… seconds=…` for this refresh"
            raise EvidenceMissing(msg)
        finished_before = len(finished)
        rows, seconds = finished[-1]
        rows_seen.add(int(rows))
        phone_clock.count(float(seconds))

    benchmark.pedantic(fetch_all, rounds=ROUNDS, iterations=1, warmup_rounds=1)

    rows = max(rows_seen)
    benchmark.extra_info |= {
        "unit": "s",
        "clock": "app",
        "rows": rows,
        "rows_per_second": round(rows / benchmark.stats.stats.median, 1),
        "phone": signed_in.name,
    }
    assert len(rows_seen) == 1
    assert benchmark.stats.stats.data == pytest.approx(phone_clock.reported[-ROUNDS:])
