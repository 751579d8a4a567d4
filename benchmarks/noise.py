"""What the rounds of two files show beside their level: spread without outliers, memory of predecessors, drift."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

type Rounds = NDArray[np.float64]

FENCE = 2.5  # spreads off the middle where a round stops to count for more (Huber, 1964): an outlier hides no step
SPREAD = 1.4826  # of normal rounds, in medians of their absolute deviations
STEPS = 20  # from the median to the middle within the fence; it stands still long before
MOST_MEMORY = 0.95  # autocorrelation beyond which a series counts as one single excursion
DRIFTS = 0.001  # chance, in each direction, that independent rounds seem to drift
BEYOND_DRIFT = 2.0  # times the drift within one file: a shift in its direction has to be more
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


def memory_of(series: tuple[Fenced, ...]) -> float:
    """Variance of a mean of rounds that remember (first-order autoregression) over that of rounds that do not.

    So short series show less of it than there is, and independent ones a little less than none: what they show is
    moved and stretched by so much as simulations with a known truth ask for.
    """
    total = sum(float(one.rest @ one.rest) for one in series)
    rounds = min(len(one.rest) for one in series)
    if total < NOTHING:
        return 1.0
    seen = sum(float(one.rest[1:] @ one.rest[:-1]) for one in series) / total
    charged = (seen + 1.5 / rounds) / max(0.2, 1 - 5 / rounds)
    memory = min(max(charged, 0.0), MOST_MEMORY)
    return (1 + memory) / (1 - memory)


def drift_alike(before: Rounds, after: Rounds) -> bool:
    """Whether both go the same way so surely, and so far, that the step between them may be more of the same."""
    places = [np.arange(len(values)) - (len(values) - 1) / 2 for values in (before, after)]
    spans = sum(float(place @ place) for place in places)
    slope = sum(float(place @ values) for place, values in zip(places, (before, after), strict=True)) / spans
    left = [values - values.mean() - slope * place for place, values in zip(places, (before, after), strict=True)]
    freedom = len(before) + len(after) - 3
    scatter = sum(float(one @ one) for one in left) / freedom
    step = float(after.mean() - before.mean())
    if scatter < NOTHING or step * slope <= 0:
        return False
    is_sure = stats.t.sf(abs(slope) / sqrt(scatter / spans), freedom) < DRIFTS
    return bool(is_sure and abs(step) < BEYOND_DRIFT * abs(slope) * (len(before) + len(after)) / 2)
