import numpy as np
import pytest

from benchmarks.bars.shapes import drawn
from benchmarks.decision import Change, decide
from benchmarks.explanations import Explanations, explanations_of
from benchmarks.noise import distance, within_fence

ROUNDS = 20


def random() -> np.random.Generator:
    return np.random.default_rng(20260101)


def of(before: np.ndarray, after: np.ndarray) -> Explanations:
    return explanations_of(within_fence(before, after))


def doubts(shape: str, rounds: int) -> float:
    """How many times the variance of independent rounds is believed, in the middle of many pairs of files."""
    numbers, seen = random(), []
    for _ in range(60):
        fenced = within_fence(*(np.log(drawn(shape, numbers, rounds, 0.05)) for _ in range(2)))
        seen.append(explanations_of(fenced).variance / distance(fenced)[1] ** 2)
    return float(np.median(seen))


def test_rounds_that_remember_are_worth_fewer() -> None:
    assert doubts("normal", 50) < 1.6
    assert 2 < doubts("autocorrelated", 50) < 5  # (1 + 0.5) / (1 - 0.5)


def test_the_chances_are_those_of_both_sides_and_the_ends_leave_what_was_asked_for() -> None:
    numbers = random()
    found = of(numbers.standard_normal(ROUNDS), numbers.standard_normal(ROUNDS) + 1)

    assert found.weights.sum() == pytest.approx(1)
    assert found.above(0.3) + found.below(0.3) == pytest.approx(1)
    assert found.above(found.end(0.025)) == pytest.approx(0.025, abs=1e-6)
    assert found.end(0.975) < 1 < found.end(0.025)


def test_rounds_that_are_all_alike_leave_no_doubt() -> None:
    found = of(np.zeros(ROUNDS), np.full(ROUNDS, 0.1))

    assert found.below(0.0) < 1e-9
    assert found.end(0.975) == pytest.approx(0.1, abs=1e-6)


def test_a_drift_that_goes_on_from_one_file_into_the_next_is_no_change_of_the_build() -> None:
    warming = np.linspace(0.1, 0.12, 2 * ROUNDS) * (1 + 0.004 * random().standard_normal(2 * ROUNDS))

    found = decide(list(warming[:ROUNDS]), list(warming[ROUNDS:]))

    assert found.verdict is Change.INCONCLUSIVE
    assert "both files drift the same way" in found.reason
    assert of(np.log(warming[:ROUNDS]), np.log(warming[ROUNDS:])).drift > 0.9


def test_the_longer_files_are_the_likelier_is_a_drift_and_a_step_is_none() -> None:
    numbers = random()
    few, many = (np.median([of(*steps(numbers, n)).drift for _ in range(40)]) for n in (ROUNDS, 3 * ROUNDS))

    assert few < 0.02
    assert few < many < 0.2


def steps(numbers: np.random.Generator, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    return numbers.standard_normal(rounds), numbers.standard_normal(rounds) + 2


@pytest.mark.parametrize("memory", [0.5, 0.8])
def test_an_excursion_that_fills_a_file_is_no_change_of_the_build(memory: float) -> None:
    numbers, alarms = random(), 0
    for _ in range(150):
        fresh = numbers.standard_normal(4 * ROUNDS)
        for place in range(1, len(fresh)):
            fresh[place] += memory * fresh[place - 1]
        series = 1 + 0.04 * fresh[2 * ROUNDS :] * np.sqrt(1 - memory**2)
        verdict = decide(list(series[:ROUNDS]), list(series[ROUNDS:])).verdict
        alarms += verdict in {Change.WORSE, Change.BETTER}

    assert alarms <= 6  # 2 to 3 in a hundred at this spread; independent tests would say 10 to 30
