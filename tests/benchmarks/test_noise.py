import numpy as np
import pytest

from benchmarks.bars.shapes import drawn
from benchmarks.decision import Change, decide
from benchmarks.noise import distance, drift_alike, memory_of, within_fence

ROUNDS = 20


def random() -> np.random.Generator:
    return np.random.default_rng(20260101)


def test_the_middle_of_normal_rounds_is_nearly_as_sharp_as_their_mean() -> None:
    numbers, seen, doubts = random(), [], []
    for _ in range(400):
        beyond, doubt = distance(within_fence(*(numbers.standard_normal(ROUNDS) for _ in range(2))))
        seen.append(beyond)
        doubts.append(doubt)

    assert np.std(seen) == pytest.approx(np.sqrt(2 / ROUNDS), rel=0.1)
    assert np.mean(doubts) == pytest.approx(np.std(seen), rel=0.1)


def test_an_outlier_moves_the_middle_by_no_more_than_the_fence() -> None:
    rounds = random().standard_normal(ROUNDS)
    wild = rounds.copy()
    wild[3] = 1000.0

    assert within_fence(wild)[0].middle == pytest.approx(within_fence(rounds)[0].middle, abs=0.4)


def test_rounds_that_are_all_alike_have_no_spread_and_no_memory() -> None:
    alike = within_fence(np.zeros(ROUNDS), np.zeros(ROUNDS))

    assert distance(alike) == (0.0, 0.0)
    assert memory_of(alike) == 1.0


def test_rounds_that_remember_are_worth_fewer() -> None:
    numbers = random()
    forgetful, remembering = (
        np.median([memory_of(within_fence(*(drawn(shape, numbers, 50, 0.05) for _ in range(2)))) for _ in range(100)])
        for shape in ("normal", "autocorrelated")
    )

    assert forgetful < 1.2
    assert remembering == pytest.approx(3, rel=0.25)  # (1 + 0.5) / (1 - 0.5)


def test_a_drift_that_goes_on_from_one_file_into_the_next_is_no_change_of_the_build() -> None:
    warming = np.linspace(0.1, 0.12, 2 * ROUNDS) * (1 + 0.004 * random().standard_normal(2 * ROUNDS))

    found = decide(list(warming[:ROUNDS]), list(warming[ROUNDS:]))

    assert found.verdict is Change.INCONCLUSIVE
    assert "both files drift the same way" in found.reason
    assert drift_alike(np.log(warming[:ROUNDS]), np.log(warming[ROUNDS:]))


def test_a_step_against_the_drift_or_far_beyond_it_is_none_of_it() -> None:
    warming = np.linspace(0.0, 0.03, ROUNDS) + 0.004 * random().standard_normal(ROUNDS)

    assert not drift_alike(warming, warming - 0.1)
    assert not drift_alike(warming, warming + 0.2)
    assert drift_alike(warming, warming + 0.03)


def test_much_noise_asks_for_more_than_chance_but_a_doubled_time_is_seen_through_it() -> None:
    base = 1 + 0.2 * random().standard_normal(ROUNDS)

    assert decide(list(base), list(2.2 * base)).verdict is Change.WORSE
    assert decide(list(base), list(1.2 * base)).verdict is Change.INCONCLUSIVE
