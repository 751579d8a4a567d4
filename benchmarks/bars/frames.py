"""For `benchmarks.bars.start`: cold starts of an app that logs its own first frame, against what the phone reports."""

import re

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.phone import Phone, Start

REQUESTED = re.compile(r"(\d+\.\d+) +\d+ +\d+ I ActivityTaskManager: START u0")
DRAWN = re.compile(r"first frame at (\d+\.\d+)")
ROUNDS = 20


@pytest.mark.benchmark(group="bar")
def bench_first_frames(signed_in: Phone, benchmark: BenchmarkFixture) -> None:
    """From the phone's log line of the request, by its clock, to the process's own time of its first frame."""
    pairs: list[tuple[float, float]] = []

    def start() -> None:
        mark = signed_in.mark_log()
        reported = signed_in.start_app(Start.COLD, full_display_within=0).initial_display
        drawn = signed_in.await_log(DRAWN, mark)
        requested = REQUESTED.search(signed_in.log_after(mark))
        assert requested
        pairs.append((reported, float(drawn[1]) - float(requested[1])))

    benchmark.pedantic(start, rounds=ROUNDS, iterations=1, warmup_rounds=1)

    benchmark.extra_info["pairs"] = pairs[1:]
    assert len(pairs) == ROUNDS + 1
