"""What the rounds of two files show beside their level: spread without outliers, and levels that change within one."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

type Rounds = NDArray[np.float64]

FENCE = 2.5  # spreads off the middle where a round stops to count for more (Huber, 1964): an outlier hides no step
SPREAD = 1.4826  # of normal rounds, in medians of their absolute deviations
STEPS = 20  # from the median to the middle within the fence; it stands still long before
BREAKS = 0.0004  # chance that independent rounds seem to change their level
SHORTEST = 4  # rounds of a level
NOTHING = 1e-18  # a spread (square of logarithms) that is rounding alone


@dataclass(frozen=True, slots=True)
class Fenced:
    """A series: its `middle` (Huber's), what is left beside that within the fence, and the `share` that was inside."""

    middle: float
    rest: Rounds
    share: float

    @property
    def variance(self) -> float:
        """Of the middle, of independent rounds."""
        return float(self.rest @ self.rest) / (len(self.rest) - 1) / len(self.rest) / self.share**2


def within_fence(*series: Rounds) -> tuple[Fenced, ...]:
    """Of normal rounds hardly any is fenced, so that the middle is nearly as sharp as their mean."""
    spread = float(np.mean([np.median(np.abs(values - np.median(values))) for values in series]))
    reach = FENCE * SPREAD * spread or inf  # where most are alike nothing can be told from an outlier
    return tuple(_within(values, reach) for values in series)


def _within(values: Rounds, reach: float) -> Fenced:
    middle = float(np.median(values))
    if reach == inf:
        middle = float(values.mean())
    else:
        for _ in range(STEPS):
            middle += float(np.clip(values - middle, -reach, reach).mean())
    rest = np.clip(values - middle, -reach, reach)
    return Fenced(middle, rest, max(0.5, float(np.mean(np.abs(values - middle) < reach))))


def distance(series: tuple[Fenced, ...]) -> tuple[float, float]:
    """Of the middles, with its standard error as if all rounds were independent."""
    before, after = series
    return after.middle - before.middle, sqrt(before.variance + after.variance)


def breaks_within(values: Rounds) -> float:
    """How far the level of one file moved within it (a logarithm), where that is sure; else 0.

    The clearest of all splits into two levels, by Student's t, with Bonferroni's bound over the splits.
    """
    rounds = len(values)
    splits = np.arange(SHORTEST, rounds - SHORTEST + 1)
    if not len(splits) or float(np.var(values)) < NOTHING:
        return 0.0
    sums = np.cumsum(values - values.mean())[splits - 1]
    worth = splits * (rounds - splits) / rounds
    steps = -sums / worth
    left = np.maximum(float(np.var(values)) * rounds - steps**2 * worth, NOTHING)
    sure = np.abs(steps) * np.sqrt(worth / left * (rounds - 2))
    clearest = int(sure.argmax())
    limit = float(stats.t.isf(BREAKS / 2 / len(splits), rounds - 2))
    return float(steps[clearest]) if sure[clearest] > limit else 0.0
