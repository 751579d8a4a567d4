"""Where a series of builds became slower or faster for good: one level before, another after, by Student's t.

The simpler of two detectors: it needs scipy alone. It reads a history as it grew: at each build it asks whether the
last few differ from the many before, so that a change is found as early as it would have been seen, and stays there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import expm1, isfinite, log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # Student's t without scipy.stats, which loads longer than all else takes

from faults import UsageError

LEAST_CHANGE = 0.05
AFTER = (3, 5, 8, 15)  # builds of the new level that are looked at: few lengths, for each is a chance to err
CHANCES = (1e-4, 1.2e-3, 3e-4, 1e-4)  # of a split that is none, one-sided; together 0.2 false alarms in 100 builds
LEAST_AFTER = AFTER[0]
LEAST_BEFORE, MOST_BEFORE = 10, 100  # builds of the old one
STILL = 1e-9  # a scatter of logarithms that is rounding alone
STRETCH = 2000  # builds that are looked at in one go

type Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """`index` is the first build of the new level, `noticed` the one with which that became sure; both from 0.

    `percent`: of the medians, more is slower; `p`: one-sided, of the split.
    """

    index: int
    noticed: int
    percent: float
    p: float


def change_points(values: Sequence[float]) -> tuple[ChangePoint, ...]:
    """All changes of a series of positive figures, oldest first; raises UsageError for what is no figure."""
    if not all(isfinite(value) and value > 0 for value in values):
        raise UsageError("a trend needs positive figures: one of the history is zero, negative or no number")
    levels = np.log(np.asarray(values, dtype=np.float64))
    found: list[ChangePoint] = []
    start = 0
    while (one := _first(levels, start)) is not None:
        found.append(one)
        start = one.index
    ends = [0, *(one.index for one in found), len(levels)]
    return tuple(
        _settled(levels, one, *around) for one, around in zip(found, zip(ends, ends[2:], strict=False), strict=True)
    )


def _settled(levels: Levels, one: ChangePoint, start: int, end: int) -> ChangePoint:
    """By how much, over all that is known by now of both levels and not only when it was noticed."""
    old, new = levels[max(start, one.index - MOST_BEFORE) : one.index], levels[one.index : end][:MOST_BEFORE]
    return replace(one, percent=100 * expm1(float(np.median(new) - np.median(old))))


def _first(levels: Levels, start: int) -> ChangePoint | None:
    """The first change after `start`, in stretches, since most histories are long and hold few."""
    newest = start + LEAST_BEFORE + LEAST_AFTER - 1
    while newest < len(levels):
        ends = np.arange(newest, min(newest + STRETCH, len(levels)))
        for end, after in _suspects(levels, start, ends):
            if _is_a_step(levels, start, end, after):
                return _change(levels, start, end, after)
        newest += STRETCH
    return None


def _suspects(levels: Levels, start: int, ends: NDArray[np.int_]) -> list[tuple[int, int]]:
    """Newest build and length of the new level, of the surest split for each newest build that has a sure one."""
    after = np.array(AFTER)
    splits = ends[:, None] + 1 - after  # first build of the new level
    begins = np.maximum(start, splits - MOST_BEFORE)
    before = splits - begins
    possible = before >= LEAST_BEFORE
    before = np.where(possible, before, LEAST_BEFORE)
    sums, squares = (np.concatenate(([0.0], np.cumsum((levels - levels[start]) ** power))) for power in (1, 2))
    low, new = np.where(possible, begins, 0), np.where(possible, splits, LEAST_BEFORE)
    old_sum, new_sum = sums[new] - sums[low], sums[ends + 1][:, None] - sums[new]
    old_squares, new_squares = squares[new] - squares[low], squares[ends + 1][:, None] - squares[new]
    freedom = before + after - 2
    scatter = old_squares - old_sum**2 / before + new_squares - new_sum**2 / after
    error = np.sqrt(np.maximum(scatter, 1e-15) / freedom * (1 / before + 1 / after))
    distance = np.abs(new_sum / after - old_sum / before) / error
    limits = stdtrit(np.arange(1.0, AFTER[-1] + MOST_BEFORE), 1 - np.array(CHANCES)[:, None])
    wanted = limits[np.arange(len(AFTER)), freedom - 1]
    excess = np.where(possible, distance - wanted, -1.0)
    best = excess.argmax(axis=1)
    rows = np.flatnonzero(excess[np.arange(len(ends)), best] > 0)
    return [(int(ends[row]), int(after[best[row]])) for row in rows]


def _sides(levels: Levels, start: int, end: int, after: int) -> tuple[Levels, Levels]:
    split = end + 1 - after
    return levels[max(start, split - MOST_BEFORE) : split], levels[split : end + 1]


def _is_a_step(levels: Levels, start: int, end: int, after: int) -> bool:
    """Large enough, and made of enough builds that each lie nearer to the new level: two outliers are no level."""
    old, new = _sides(levels, start, end, after)
    middle, step = float(np.median(old)), float(np.median(new) - np.median(old))
    nearer = np.count_nonzero((new - middle) / step > 1 / 2) if step else 0
    return abs(step) >= log1p(LEAST_CHANGE) and int(nearer) >= LEAST_AFTER


def _change(levels: Levels, start: int, end: int, after: int) -> ChangePoint:
    old, new = _sides(levels, start, end, after)
    freedom = len(old) + len(new) - 2
    scatter = float(old.var() * len(old) + new.var() * len(new)) / freedom
    error = sqrt(max(scatter, STILL**2) * (1 / len(old) + 1 / len(new)))
    p = float(stdtr(freedom, -abs(float(new.mean() - old.mean())) / error))
    return ChangePoint(end + 1 - after, end, 100 * expm1(float(np.median(new) - np.median(old))), p)
