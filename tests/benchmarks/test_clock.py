"""The clock in the real pytest-benchmark, with the composition root's own fixture, in a pytest of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clock import PhoneClock

ROOT = Path(__file__).parents[2]
TINY = """
import pytest

REPORTED = (0.5, 0.25, 2.0)

def told_by(phone_clock):
    told = iter((9.0, *REPORTED))
    return lambda: phone_clock.count(next(told))

@pytest.mark.benchmark(group="start", disable_gc=True)
def bench_by_the_phone(phone_clock, benchmark):
    benchmark.pedantic(told_by(phone_clock), rounds=3, iterations=1, warmup_rounds=1)
    assert benchmark.stats.stats.data == pytest.approx(REPORTED)

def bench_by_the_host(benchmark):
    benchmark.pedantic(lambda: None, rounds=3, iterations=1)

def bench_that_asked_too_late(benchmark, phone_clock):
    benchmark.pedantic(told_by(phone_clock), rounds=3, iterations=1, warmup_rounds=1)
    assert benchmark.stats.stats.data == pytest.approx(REPORTED)
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The figures by the name of the benchmark, with the words of the one that failed."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "bench_tiny.py").write_text(TINY)
    (folder / "pytest.ini").write_text("[pytest]\npython_files = bench_*.py\npython_functions = bench_*\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POCKETGATE", "PYTEST"))}
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-p", "conftest", "--benchmark-json=figures.json", "-p", "no:cacheprovider"),
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    figures = json.loads((folder / "figures.json").read_text())["benchmarks"]
    return {row["name"]: row for row in figures} | {"said": done.stdout}


def test_the_clock_shows_the_sum_of_what_was_reported() -> None:
    clock = PhoneClock()
    clock.count(0.5)
    before = clock()

    clock.count(0.25)

    assert (before, clock(), clock.reported) == (0.5, 0.75, [0.5, 0.25])


def test_the_figures_are_the_phones_seconds_without_the_warm_up(measured: dict[str, Any]) -> None:
    figures = measured["bench_by_the_phone"]["stats"]

    assert figures["data"] == pytest.approx([0.5, 0.25, 2.0])
    assert (figures["rounds"], figures["median"]) == (3, 0.5)


def test_the_benchmarks_own_mark_stays_in_force_beside_the_clock(measured: dict[str, Any]) -> None:
    row = measured["bench_by_the_phone"]

    assert (row["group"], row["options"]["timer"], row["options"]["disable_gc"]) == ("start", "PhoneClock", True)


def test_without_it_the_host_is_timed(measured: dict[str, Any]) -> None:
    row = measured["bench_by_the_host"]

    assert row["options"]["timer"] == "perf_counter"
    assert all(0 < seconds < 0.1 for seconds in row["stats"]["data"])


def test_a_clock_that_came_too_late_is_noticed_by_the_benchmark_itself(measured: dict[str, Any]) -> None:
    assert "FAILED bench_tiny.py::bench_that_asked_too_late" in measured["said"]
    assert "1 failed, 2 passed" in measured["said"]
