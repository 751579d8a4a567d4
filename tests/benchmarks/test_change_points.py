import numpy as np
import pytest

from benchmarks import otava
from benchmarks.change_points import change_points
from faults import SetupError, UsageError

RANDOM = np.random.default_rng(5)


def stable(number: int, level: float = 0.1, cv: float = 0.05) -> list[float]:
    return list(level * (1 + cv * RANDOM.standard_normal(number)))


def test_a_stable_history_is_left_alone() -> None:
    assert change_points(stable(100, cv=0.02)) == ()


def test_a_step_is_placed_where_it_began() -> None:
    (found,) = change_points(stable(40, cv=0.02) + stable(20, 0.115, 0.02))

    assert abs(found.index - 40) <= 1
    assert 10 < found.percent < 20
    assert found.index < found.noticed < 46
    assert found.p < 1e-3


def test_up_and_down_again_are_two() -> None:
    found = change_points(stable(30, cv=0.02) + stable(30, 0.12, 0.02) + stable(30, cv=0.02))

    assert [one.percent > 0 for one in found] == [True, False]


def test_two_outliers_are_no_level() -> None:
    assert change_points([1.0] * 20 + [1.2] * 2 + [1.0] * 20) == ()
    assert [one.index for one in change_points([1.0] * 20 + [1.2] * 3)] == [20]


def test_less_than_five_percent_is_no_change() -> None:
    assert change_points([1.0] * 20 + [1.04] * 20) == ()


@pytest.mark.parametrize("few", [[], [1.0], [1.0] * 9 + [2.0] * 3])
def test_a_short_history_has_no_level_yet(few: list[float]) -> None:
    assert change_points(few) == ()


def test_a_long_history_is_read_quickly_and_to_its_end() -> None:
    found = change_points([1.0, 1.01] * 5000 + [1.2, 1.21] * 10)

    assert [one.index for one in found] == [10_000]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
def test_what_has_no_logarithm_is_refused(bad: float) -> None:
    with pytest.raises(UsageError, match="a trend needs positive figures"):
        change_points([1.0, bad])


@pytest.mark.skipif(otava.is_installed(), reason="the extra is there")
def test_without_the_extra_otava_says_how_to_get_it() -> None:
    with pytest.raises(SetupError, match=r"pip install 'pocketgate\[trend\]'"):
        otava.change_points([1.0] * 30)


@pytest.mark.skipif(not otava.is_installed(), reason="Apache Otava is an extra that is mostly not there")
def test_otava_places_the_step_too() -> None:
    (found,) = otava.change_points(stable(40, cv=0.02) + stable(20, 0.115, 0.02))

    assert abs(found.index - 40) <= 1
