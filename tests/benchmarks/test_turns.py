from math import expm1, inf, log1p

import numpy as np
import pytest
from scipy import stats

from benchmarks.decision import Change, Samples, decide_all
from benchmarks.turns import score, shift_at, turns_of


def noise(seed: int, turns: int, sides: int = 3) -> np.ndarray:
    return 0.3 * np.random.default_rng(seed).standard_t(3, (turns, sides))


def said(base: list[float], candidate: list[float], again: list[float], block: int = 1) -> Change:
    return decide_all({"it": Samples(base, candidate, 0.1, paired=True, again=again, block=block)})["it"].verdict


def test_of_two_columns_it_is_wilcoxons_test() -> None:
    turns = noise(1, 60, sides=2)

    ours = stats.norm.sf(score(turns))

    theirs = stats.wilcoxon(turns[:, 0] - turns[:, 1], alternative="greater", method="asymptotic").pvalue
    assert ours == pytest.approx(theirs, rel=0.05)


def test_the_shift_that_was_put_in_is_found_whatever_outliers_there_are() -> None:
    turns = 0.02 * noise(2, 40)
    turns[:, 0] += log1p(0.10)
    turns[::7, 1] += 3.0

    assert expm1(shift_at(turns, 0.0)) == pytest.approx(0.10, abs=0.01)


def test_what_all_sides_of_a_turn_share_changes_nothing() -> None:
    turns = noise(3, 30)

    assert score(turns + 5 * noise(4, 30, sides=1)) == pytest.approx(score(turns))


def test_so_few_turns_have_no_interval() -> None:
    turns = noise(5, 3)

    assert (shift_at(turns, 5.0), shift_at(turns, -5.0)) == (-inf, inf)


def test_a_turn_is_the_median_of_its_rounds() -> None:
    turns = turns_of(([1.0, 1.0, 9.0, 2.0], [1.0, 1.0, 1.0, 3.0]), 3)

    assert turns.tolist() == [[0.0, 0.0]]


def test_heavy_noise_that_both_share_hides_no_step_and_makes_none() -> None:
    dice = np.random.default_rng(6)
    shared = np.exp(0.5 * dice.standard_t(3, 80))
    own = np.exp(0.05 * dice.standard_normal((3, 80)))
    base, candidate, again = (list(shared * one) for one in own)

    assert said(base, candidate, again, 2) is Change.SAME
    assert said(base, [1.1 * one for one in candidate], again, 2) is Change.WORSE


@pytest.mark.parametrize("cv", [0.1, 0.5])
def test_alike_builds_are_hardly_ever_told_apart(cv: float) -> None:
    dice = np.random.default_rng(8)
    wrong = 0
    for _ in range(100):
        base, candidate, again = (list(one) for one in np.exp(cv * dice.standard_t(3, (3, 40))))
        wrong += said(base, candidate, again, 2) in {Change.WORSE, Change.BETTER}

    assert wrong <= 2
