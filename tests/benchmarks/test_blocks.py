from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, permutations

import pytest
from scipy import stats

from benchmarks.blocks import Build, Measured, Schedule, Uncounted, alone, measure
from faults import EvidenceMissing


def counting(turns: list[Build]) -> tuple[Callable[[Build], None], Callable[[], dict[str, float]]]:
    """Rounds that take 1, 2, 3 … seconds, whoever's turn it is."""
    numbers = iter(range(1, 1000))
    return turns.append, lambda: {"seconds": float(next(numbers))}


def test_one_build_alone_has_all_its_rounds_in_a_row_without_the_first() -> None:
    turns: list[Build] = []

    measured = measure(alone(3), *counting(turns))

    assert turns == [Build.CANDIDATE]
    assert measured.of(Build.CANDIDATE, "seconds") == (2, 3, 4)


ALL = tuple(Build)


def test_in_each_lap_every_build_has_one_turn() -> None:
    turns: list[Build] = []

    measured = measure(Schedule(ALL, 2, (8,)), *counting(turns))

    assert [set(turns[at : at + 3]) for at in range(0, len(turns), 3)] == [set(Build)] * 4
    assert (measured.taken, measured.turns) == (8, turns)


def test_every_order_is_drawn_about_as_often_as_any_other() -> None:
    drawn = Counter(islice(Schedule(ALL, 1, (1,), seed=7).laps(), 6000))

    assert set(drawn) == set(permutations(Build))
    assert stats.chisquare(list(drawn.values())).pvalue > 0.001


def test_the_same_seed_draws_the_same_orders_and_another_run_has_another() -> None:
    def orders(*seed: int) -> list[tuple[Build, ...]]:
        return list(islice(Schedule(ALL, 1, (1,), 9.0, *seed).laps(), 50))

    assert orders(7) == orders(7)
    assert orders() != orders()


def test_measuring_ends_as_soon_as_it_is_decided_and_at_the_last_look() -> None:
    early = measure(Schedule(ALL, 2, (4, 8, 16)), *counting([]), lambda measured: measured.taken >= 8)
    late = measure(Schedule(ALL, 2, (4, 8)), *counting([]), lambda _: False)

    assert (early.taken, late.taken) == (8, 8)


def test_no_lap_begins_after_the_time_is_up_but_the_first_look_is_always_reached() -> None:
    short = measure(Schedule(ALL, 1, (4, 8, 800), seconds=0), *counting([]), lambda _: False)

    assert short.taken == 4


def every_other() -> Iterator[bool]:
    while True:
        yield from (False, True)


def test_a_round_that_was_something_else_is_not_counted_and_said() -> None:
    wanted = every_other()

    def take() -> dict[str, float]:
        if not next(wanted):
            raise Uncounted("the start was HOT, not COLD")
        return {"seconds": 1.0}

    measured = measure(alone(4), lambda _: None, take)

    assert measured.of(Build.CANDIDATE, "seconds") == (1.0,) * 4
    assert measured.uncounted == {"the start was HOT, not COLD": 3}


def test_too_few_rounds_that_count_are_no_evidence() -> None:
    def take() -> dict[str, float]:
        raise Uncounted("the start was HOT, not COLD")

    with pytest.raises(EvidenceMissing, match="only 0 of 5 rounds counted: the start was HOT, not COLD"):
        measure(alone(5), lambda _: None, take)


def test_a_figure_that_not_every_round_gave_is_none() -> None:
    measured = Measured({Build.CANDIDATE: [{"first": 1.0, "full": 2.0}, {"first": 1.0}]})

    assert (measured.of(Build.CANDIDATE, "full"), measured.figures()) == ((), ("first", "full"))
