import random
from typing import Any

import pytest

from benchmarks.blocks import Build, Measured
from benchmarks.deciding import Against, Stopper, against_base
from benchmarks.decision import Change
from benchmarks.settings import read_settings

SETTINGS = read_settings()
COSTS = {"rows": 1, "full_scan_steps": 0, "sorts": 0, "auto_index_rows": 0, "vm_steps": 14, "page_reads": 3}


def seconds(median: float, seed: int, rounds: int = 20, noise: float = 0.03) -> list[float]:
    dice = random.Random(seed)  # noqa: S311 -- noise that repeats
    return [median * max(0.1, 1 + dice.gauss(0, noise)) for _ in range(rounds)]


def row(name: str, candidate: float, again: float = 0.2, noise: float = 0.03) -> dict[str, Any]:
    """A benchmark as pytest-benchmark's JSON has it, on a base of 0.2 s."""
    base = {"rounds": seconds(0.2, 1, noise=noise), "again": seconds(again, 2, noise=noise)}
    return {
        "name": f"{name}-phone]",
        "stats": {"data": seconds(candidate, 3, noise=noise)},
        "extra_info": {"phone": "phone", "base": base},
    }


def counted(**candidate: int) -> dict[str, Any]:
    told = {"counts": COSTS | {"plan": "SCAN contact"} | candidate, "base": {"counts": COSTS | {"plan": "SEARCH"}}}
    return {"name": "bench_query[newest]", "stats": {"data": [0.1]}, "extra_info": told}


def decided(one: dict[str, Any]) -> Against:
    return against_base({"it": one}, SETTINGS)["it"]


def test_ten_percent_more_is_worse_and_the_base_against_itself_the_same() -> None:
    found = decided(row("bench_start[cold", 0.22))

    assert (found.decision.verdict, found.decision.rounds) == (Change.WORSE, 20)
    assert found.self_check is not None
    assert found.self_check.verdict is Change.SAME


def test_the_same_build_is_the_same() -> None:
    assert decided(row("bench_start[cold", 0.2)).decision.verdict is Change.SAME


def test_less_is_better() -> None:
    assert decided(row("bench_start[cold", 0.17)).decision.verdict is Change.BETTER


def test_noise_that_hides_the_promised_step_is_inconclusive_and_says_how_many_rounds_it_takes() -> None:
    decision = decided(row("bench_start[cold", 0.2, noise=0.3)).decision

    assert decision.verdict is Change.INCONCLUSIVE
    assert decision.needed_rounds is not None
    assert decision.needed_rounds > 20


def test_a_base_that_differs_from_itself_decides_nothing() -> None:
    found = decided(row("bench_start[cold", 0.22, again=0.24))

    assert found.decision.verdict is Change.INCONCLUSIVE
    assert found.decision.reason.startswith("the same build against itself came out worse")


def test_no_step_is_promised_that_a_clock_of_whole_milliseconds_cannot_show() -> None:
    quick = row("bench_start[hot", 0.2)
    quick["extra_info"]["base"] = {"rounds": [0.002, 0.001] * 10, "again": [0.001, 0.002] * 10}
    quick["stats"]["data"] = [0.002, 0.002] * 10

    found = decided(quick).decision

    assert (found.verdict, found.step_percent) == (Change.SAME, 99)


def test_a_query_that_starts_scanning_is_worse_by_its_counts_alone() -> None:
    decision = decided(counted(full_scan_steps=299, vm_steps=1520)).decision

    assert decision.verdict is Change.WORSE
    assert decision.reason == "full scan steps: 0 became 299; plan: SCAN contact"


def test_the_same_counts_are_the_same_whatever_the_time() -> None:
    assert decided(counted()).decision.verdict is Change.SAME


def test_pages_that_lie_elsewhere_are_no_change() -> None:
    assert decided(counted(page_reads=9)).decision.verdict is Change.SAME


def test_data_that_are_not_the_same_cannot_be_compared() -> None:
    assert decided(counted(rows=2)).decision.verdict is Change.INCONCLUSIVE


def test_a_benchmark_without_a_base_is_not_compared() -> None:
    assert against_base({"it": {"name": "it", "stats": {"data": [1.0]}, "extra_info": {}}}, SETTINGS) == {}


@pytest.mark.parametrize(("median", "noise", "enough"), [(0.22, 0.02, True), (0.2, 0.02, True), (0.205, 0.3, False)])
def test_measuring_stops_when_the_figures_are_decided(median: float, noise: float, enough: bool) -> None:  # noqa: FBT001
    rounds = {
        build: [{"first": one} for one in seconds(middle, seed, 40, noise)]
        for build, middle, seed in ((Build.BASE, 0.2, 1), (Build.AGAIN, 0.2, 2), (Build.CANDIDATE, median, 3))
    }

    assert Stopper(SETTINGS, 10, {"first": "bench_start[cold]", "full": "none"})(Measured(rounds)) is enough


def test_measuring_goes_on_while_the_base_is_told_apart_from_itself() -> None:
    rounds = {
        build: [{"first": one} for one in seconds(middle, seed, 40, 0.02)]
        for build, middle, seed in ((Build.BASE, 0.2, 1), (Build.AGAIN, 0.23, 2), (Build.CANDIDATE, 0.26, 3))
    }

    assert not Stopper(SETTINGS, 10, {"first": "bench_start[cold]"})(Measured(rounds))
