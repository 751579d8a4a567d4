import numpy as np
import pytest

from benchmarks.decision import FEWEST, Change, Samples
from benchmarks.rounds import looks, standing

RANDOM = np.random.default_rng(3)
LOOKS = looks(first=12, cap=40)


def pairs(number: int, cv: float, by: float = 1.0) -> Samples:
    base, candidate = 1 + cv * RANDOM.standard_normal((2, number))
    return Samples(list(base), list(by * candidate), paired=True)


def test_looks_are_few_and_end_at_the_cap() -> None:
    assert looks() == (12, 17, 24, 34, 48, 60)
    assert looks(first=3, cap=11) == (FEWEST, 11)
    assert looks(first=20, cap=15) == (15,)


def test_a_plain_change_ends_it_at_the_first_look() -> None:
    found = standing({"start": pairs(12, 0.01, 1.2)}, LOOKS)

    assert (found.next_at, found.undecided) == (None, ())
    assert found.decisions["start"].verdict is Change.WORSE


def test_before_the_first_look_nothing_is_decided() -> None:
    found = standing({"start": pairs(11, 0.01, 1.2)}, LOOKS)

    assert (found.next_at, found.undecided) == (12, ("start",))


def test_one_that_is_open_keeps_the_others_decided() -> None:
    noisy = pairs(40, 0.3)
    found = standing({"plain": pairs(12, 0.01), "noisy": Samples(noisy.base[:17], noisy.candidate[:17])}, LOOKS)

    assert (found.next_at, found.undecided) == (24, ("noisy",))
    assert found.decisions["plain"].verdict is Change.SAME


def test_at_the_cap_what_is_open_stays_inconclusive() -> None:
    found = standing({"noisy": pairs(40, 0.3)}, LOOKS)

    assert (found.next_at, found.undecided) == (None, ("noisy",))


def test_a_decision_stays_when_later_rounds_look_otherwise() -> None:
    early, late = pairs(12, 0.01, 1.2), pairs(28, 0.01)
    both = Samples([*early.base, *late.base], [*early.candidate, *late.candidate], paired=True)

    assert standing({"start": both}, LOOKS).decisions["start"].verdict is Change.WORSE


@pytest.mark.parametrize("cv", [0.03, 0.1])
def test_looking_often_raises_no_more_false_alarms(cv: float) -> None:
    wrong = 0
    for _ in range(60):
        found = standing({"start": pairs(LOOKS[-1], cv)}, LOOKS)
        wrong += found.decisions["start"].verdict in {Change.WORSE, Change.BETTER}

    assert wrong <= 2
