from collections.abc import Callable, Iterator

import pytest

from benchmarks.blocks import LAPS, Build, Measured, Schedule, Uncounted, alone, measure
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


def test_a_steady_drift_adds_the_same_to_every_build() -> None:
    measured = measure(Schedule(LAPS, 1, (6,)), *counting([]))

    sums = {sum(measured.of(build, "seconds")) for build in Build}
    assert (len(sums), measured.taken) == (1, 6)


def test_no_build_always_begins() -> None:
    assert {lap[0] for lap in LAPS} == set(Build)


def test_measuring_ends_as_soon_as_it_is_decided_and_at_the_last_look() -> None:
    early = measure(Schedule(LAPS, 2, (4, 8, 16)), *counting([]), lambda measured: measured.taken >= 8)
    late = measure(Schedule(LAPS, 2, (4, 8)), *counting([]), lambda _: False)

    assert (early.taken, late.taken) == (8, 8)


def test_no_lap_begins_after_the_time_is_up_but_the_first_look_is_always_reached() -> None:
    short = measure(Schedule(LAPS, 1, (4, 8, 800), seconds=0), *counting([]), lambda _: False)

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
