from itertools import chain, islice

import numpy as np
import pytest

from benchmarks.bars.decisions import bare, pytest_benchmark_5, rows
from benchmarks.bars.shapes import SHAPES, drawn, interleaved
from benchmarks.blocks import Build, Schedule
from benchmarks.decision import Change


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_has_the_level_and_spread_that_it_is_asked_for(shape: str) -> None:
    random = np.random.default_rng(1)
    means, spreads = zip(
        *((one.mean(), one.std()) for one in (drawn(shape, random, 50, 0.05) for _ in range(400))), strict=True
    )

    assert np.mean(means) == pytest.approx(1, abs=0.005)
    assert np.mean(spreads) == pytest.approx(0.05 if shape != "drifting" else 0.067, rel=0.15)


def test_turns_are_dealt_as_a_run_deals_them() -> None:
    random = np.random.default_rng(1)
    schedule = Schedule(tuple(Build), 2, (4,), seed=int(random.integers(1 << 32)))
    turns = drawn("normal", random, 12, 0.05).reshape(-1, 2)
    wanted: dict[Build, list[float]] = {build: [] for build in Build}
    for turn, build in zip(turns, chain.from_iterable(islice(schedule.laps(), 2)), strict=True):
        wanted[build] += list(turn)

    dealt = interleaved("normal", np.random.default_rng(1), 4, 0.05, 2)

    assert {build: list(found) for build, found in dealt.items()} == wanted


def test_the_peers_judge_as_they_do() -> None:
    level, higher = np.full(20, 1.0), np.full(20, 1.06)

    assert (pytest_benchmark_5(level, higher), bare(level, higher)) == (Change.WORSE, Change.SAME)
    assert (pytest_benchmark_5(level, level), bare(level, 1.2 * level)) == (Change.SAME, Change.WORSE)


def test_a_bar_that_is_missed_is_told() -> None:
    found = list(rows(np.random.default_rng(1), 4))

    assert [one.limit for one in found[:6]] == ["false ≤ 1"] * 6
    assert all(str(one).endswith("| yes |" if one.met else "| NO |") for one in found)
