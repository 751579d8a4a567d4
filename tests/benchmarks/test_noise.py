import numpy as np
import pytest

from benchmarks.decision import Change, decide
from benchmarks.noise import breaks_within, distance, within_fence

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


def test_a_level_that_moves_within_a_file_is_found_and_noise_is_left_alone() -> None:
    numbers = random()
    level = np.where(np.arange(ROUNDS) < 14, 0.0, 0.06)
    seen = [breaks_within(0.01 * numbers.standard_normal(ROUNDS)) for _ in range(400)]

    assert breaks_within(level + 0.01 * numbers.standard_normal(ROUNDS)) == pytest.approx(0.06, abs=0.02)
    assert np.count_nonzero(seen) <= 2


@pytest.mark.parametrize("few", [[], [0.1] * ROUNDS, [0.1, 0.2, 0.1, 0.2]])
def test_too_few_rounds_or_rounds_all_alike_have_one_level(few: list[float]) -> None:
    assert breaks_within(np.array(few)) == 0.0


def test_a_level_that_moves_within_a_file_hides_a_change_that_is_not_much_larger() -> None:
    numbers = random()
    base = np.where(np.arange(ROUNDS) < 14, 0.10, 0.12) * (1 + 0.01 * numbers.standard_normal(ROUNDS))

    found = decide(list(base), list(0.12 * (1 + 0.01 * numbers.standard_normal(ROUNDS))))

    assert found.verdict is Change.INCONCLUSIVE
    assert "the level changed within a file" in found.reason
    assert decide(list(base), list(2 * base)).verdict is Change.WORSE


def test_much_noise_asks_for_more_than_chance_but_a_doubled_time_is_seen_through_it() -> None:
    base = 1 + 0.2 * random().standard_normal(ROUNDS)

    assert decide(list(base), list(2.2 * base)).verdict is Change.WORSE
    assert decide(list(base), list(1.2 * base)).verdict is Change.INCONCLUSIVE
