"""Figures that the phone reported, told to pytest-benchmark with everything that a verdict needs."""

from collections.abc import Mapping

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.blocks import Build, Measured
from benchmarks.clock import PhoneClock


def tell(
    benchmark: BenchmarkFixture,
    phone_clock: PhoneClock,
    measured: Measured,
    figure: str,
    block: int = 1,
    /,
    **facts: object,
) -> None:
    """The candidate's rounds are the benchmark's own; those of the base stand in extra_info, round by round.

    `block`: how many rounds a turn had, where there is a base.
    """
    reported = measured.of(Build.CANDIDATE, figure)
    told = iter(reported)
    benchmark.extra_info |= {"unit": "s", **facts}
    benchmark.extra_info |= _base(measured, figure, block)
    if measured.uncounted:
        benchmark.extra_info["uncounted"] = "; ".join(f"{why}: {n}" for why, n in measured.uncounted.items())

    benchmark.pedantic(lambda: phone_clock.count(next(told)), rounds=len(reported), iterations=1)

    assert benchmark.stats.stats.data == pytest.approx(reported, abs=1e-9)


def _base(measured: Measured, figure: str, block: int) -> Mapping[str, object]:
    base, again = measured.of(Build.BASE, figure), measured.of(Build.AGAIN, figure)
    if not base:
        return {}
    turns = [build.value for build in measured.turns]
    return {"base": {"rounds": list(base), "again": list(again), "block": block, "turns": turns}}
