from math import inf, nan

import numpy as np
import pytest

from benchmarks.decision import FEWEST, Change, Samples, by_count, decide, decide_all
from faults import UsageError

RANDOM = np.random.default_rng(20260101)


def rounds(cv: float, number: int = 20, level: float = 0.1) -> list[float]:
    return list(level * (1 + cv * RANDOM.standard_normal(number)))


def test_a_tenth_slower_is_worse_with_an_interval_around_it() -> None:
    found = decide(rounds(0.02), rounds(0.02, level=0.11))

    assert found.verdict is Change.WORSE
    assert found.shift_percent == pytest.approx(10, abs=2)
    assert found.low < 10 < found.high  # type: ignore[operator]
    assert (found.needed_rounds, found.reason) == (None, "")


def test_a_tenth_faster_is_better() -> None:
    assert decide(rounds(0.02), rounds(0.02, level=0.09)).verdict is Change.BETTER


def test_the_same_is_the_same() -> None:
    assert decide(rounds(0.02), rounds(0.02)).verdict is Change.SAME


def test_noise_that_hides_the_step_is_inconclusive_and_says_how_many_rounds_it_would_take() -> None:
    found = decide(rounds(0.15), rounds(0.15))

    assert found.verdict is Change.INCONCLUSIVE
    assert found.needed_rounds is not None
    assert 200 < found.needed_rounds < 2000
    assert found.reason.startswith("the noise of 20 rounds hides a step of 5 %")


def test_so_many_rounds_do_decide_it() -> None:
    needed = decide(rounds(0.08), rounds(0.08)).needed_rounds or 0

    assert decide(rounds(0.08, needed), rounds(0.08, needed)).verdict is Change.SAME
    assert decide(rounds(0.08, needed), rounds(0.08, needed, 0.105)).verdict is Change.WORSE


def test_a_larger_promise_makes_the_same_noise_harmless() -> None:
    base, candidate = rounds(0.08), rounds(0.08)

    assert decide(base, candidate).verdict is Change.INCONCLUSIVE
    assert decide(base, candidate, step=0.2).verdict is Change.SAME


def test_few_rounds_decide_nothing_however_far_apart() -> None:
    found = decide([1.0] * (FEWEST - 1), [9.0] * (FEWEST - 1))

    assert (found.verdict, found.needed_rounds) == (Change.INCONCLUSIVE, FEWEST)
    assert "9 rounds are too few: at least 10" in found.reason


@pytest.mark.parametrize("paired", [False, True])
def test_a_clock_that_tells_the_same_each_time_is_believed(*, paired: bool) -> None:
    assert decide([5.0] * 20, [5.0] * 20, paired=paired).verdict is Change.SAME
    assert decide([5.0] * 20, [5.5] * 20, paired=paired).verdict is Change.WORSE


def test_ties_of_a_coarse_clock_do_not_matter() -> None:
    base = [round(one, 3) for one in rounds(0.02)]
    candidate = [round(one, 3) for one in rounds(0.02, level=0.111)]

    assert decide(base, candidate).verdict is Change.WORSE


def test_one_outlier_hides_no_step() -> None:
    candidate = rounds(0.02, level=0.11)
    candidate[7] = 1.0

    assert decide(rounds(0.02), candidate).verdict is Change.WORSE


def test_the_unit_does_not_matter() -> None:
    base, candidate = rounds(0.03), rounds(0.03, level=0.107)
    in_ms = decide([1000 * one for one in base], [1000 * one for one in candidate])

    assert in_ms.shift_percent == pytest.approx(decide(base, candidate).shift_percent)


def test_what_both_rounds_of_a_pair_share_falls_out() -> None:
    warming = np.linspace(1, 1.6, 20)
    base, candidate = list(warming * rounds(0.01)), list(warming * rounds(0.01, level=0.106))

    assert decide(base, candidate).verdict is Change.INCONCLUSIVE
    assert decide(base, candidate, paired=True).verdict is Change.WORSE


def test_rounds_that_resemble_their_predecessors_count_for_less() -> None:
    high, low = [0.110] * 10, [0.100] * 10
    wobble = np.linspace(0.999, 1.001, 20)
    in_turns = [one for pair in zip(high, low, strict=True) for one in pair]

    drifting = decide(list(wobble * (high + low)), list(wobble * (low + high)))
    mixed = decide(list(wobble * in_turns), list(wobble[::-1] * in_turns))

    assert drifting.high - drifting.low > 2 * (mixed.high - mixed.low)  # type: ignore[operator]
    assert "the level changed within a file" in drifting.reason


def test_many_rounds_take_no_longer() -> None:
    assert decide(rounds(0.05, 100_000), rounds(0.05, 100_000, 0.104)).verdict is Change.WORSE


@pytest.mark.parametrize("bad", [0.0, -1.0, nan, inf])
@pytest.mark.parametrize("side", ["base", "candidate"])
def test_what_is_no_duration_is_refused_by_name_and_number(bad: float, side: str) -> None:
    series = {"base": [1.0] * 20, "candidate": [1.0] * 20}
    series[side][3] = bad

    with pytest.raises(UsageError, match=f"^start: round 4 of the {side} is {bad!r}, which is no duration$"):
        decide_all({"start": Samples(**series)})


@pytest.mark.parametrize("step", [0.0, -0.05, 1.0, nan])
def test_a_step_that_makes_no_sense_is_refused(step: float) -> None:
    with pytest.raises(UsageError, match="the step must be a share between 0 and 1"):
        decide([1.0] * 20, [1.0] * 20, step)


def test_pairs_need_two_of_each() -> None:
    with pytest.raises(UsageError, match="20 rounds of the base and 19 of the candidate are no pairs"):
        decide([1.0] * 20, [1.0] * 19, paired=True)


def test_many_benchmarks_together_alarm_no_more_often_than_one() -> None:
    shared = Samples(rounds(0.05), rounds(0.05, level=0.1055))
    alone = decide_all({"it": shared})["it"].p
    among = decide_all({"it": shared} | {f"{n}": Samples(rounds(0.05), rounds(0.05)) for n in range(19)})["it"].p

    assert alone is not None
    assert among == pytest.approx(20 * alone)  # Holm: the smallest times their number


@pytest.mark.parametrize(
    ("base", "candidate", "verdict"),
    [
        (100, 100, Change.SAME),
        (100, 105, Change.SAME),
        (100, 106, Change.WORSE),
        (0, 0, Change.SAME),
        (0, 1, Change.WORSE),
        (9, 0, Change.BETTER),
    ],
)
def test_counts_decide_by_themselves(base: int, candidate: int, verdict: Change) -> None:
    assert by_count(base, candidate, tolerance=0.05).verdict is verdict


def test_a_count_is_never_negative() -> None:
    with pytest.raises(UsageError, match="counts are never negative"):
        by_count(-1, 1)
