"""How much slower the candidate is, as a ratio, and how sure that is.

Everything is done on logarithms, so that a shift is a ratio and "10 % slower" undoes "9 % faster".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.turns import Turns, chances, shift_at, turns_of

type Rounds = NDArray[np.float64]

MOST_BATCHES = 200  # longer series are judged by the medians of so many stretches, which also shows slow drift
TRIM = 0.05  # of the rounds, at each end, when their spread is taken: one outlier of twenty must not hide a step
MOST_MEMORY = 0.95  # autocorrelation beyond which a series counts as one single excursion
NOTHING = 1e-18  # a spread (square of logarithms) that is rounding alone


@dataclass(frozen=True, slots=True)
class Shift:
    """Logarithm of candidate/base: its `middle` is the Hodges-Lehmann shift.

    `worse`, `better`: one-sided p of "not slower", "not faster". `doubt`: standard error as if the rounds were
    independent; `memory`: the factor by which rounds that resemble their predecessors raise its square, 1.0 or more;
    `freedom`: degrees of freedom that are left then. `turns`: where builds took some.
    """

    middle: float
    worse: float
    better: float
    doubt: float
    memory: float
    freedom: float
    turns: Turns | None = None

    def interval(self, miss: float) -> tuple[float, float]:
        """Ends that the true shift passes with the chance `miss` at each side; of turns those of the rank test."""
        if self.turns is not None:
            beyond = float(stats.norm.isf(miss))
            return shift_at(self.turns, beyond), shift_at(self.turns, -beyond)
        reach = float(stats.t.isf(miss, self.freedom)) * self.doubt * sqrt(self.memory)
        return self.middle - reach, self.middle + reach


def apart(base: Sequence[float], candidate: Sequence[float]) -> Shift:
    """Two series that were measured one after the other (Mann-Whitney; Hodges and Lehmann, 1963).

    Positive, finite durations in one unit, in the order of measuring.
    """
    before, after = _logs(base), _logs(candidate)
    differences = np.subtract.outer(after, before).ravel()
    doubt = float(np.hypot(_doubt(before), _doubt(after)))
    memory = _memory(before, after)
    test = stats.mannwhitneyu
    ranks = (float(test(after, before, alternative=one).pvalue) for one in ("greater", "less"))
    return _shift(differences, ranks, doubt, memory, len(before) + len(after) - 2)


def in_turns(base: Sequence[float], candidate: Sequence[float], again: Sequence[float] = (), block: int = 1) -> Shift:
    """Two builds that took turns of `block` rounds, now one first, now the other.

    `again` are the rounds of the base's second turns, where it takes two: a quarter less variance. The rank test
    decides alone (see `turns`).
    """
    turns = turns_of([side for side in (candidate, base, again) if len(side)], block)
    worse, better = chances(turns)
    low, high = shift_at(turns, 1.0), shift_at(turns, -1.0)
    return Shift(
        middle=shift_at(turns, 0.0),
        worse=worse,
        better=better,
        doubt=(high - low) / 2,
        memory=1.0,
        freedom=len(turns) - 1,
        turns=turns,
    )


def _shift(differences: Rounds, ranks: Iterator[float], doubt: float, memory: float, freedom: int) -> Shift:
    """The p that counts is the larger of the rank test's and that of the middle against the doubt with its memory."""
    middle = float(np.median(differences))
    error, left = doubt * sqrt(memory), max(1.0, (freedom + 2) / memory - 2)
    distance = middle / error if error else inf * np.sign(middle) if middle else 0.0
    by_rank_worse, by_rank_better = ranks
    return Shift(
        middle=middle,
        worse=max(by_rank_worse, float(stats.t.sf(distance, left))),
        better=max(by_rank_better, float(stats.t.cdf(distance, left))),
        doubt=doubt,
        memory=memory,
        freedom=left,
    )


def _logs(seconds: Sequence[float]) -> Rounds:
    values = np.log(np.asarray(seconds, dtype=np.float64))
    if len(values) <= MOST_BATCHES:
        return values
    return np.array([np.median(stretch) for stretch in np.array_split(values, MOST_BATCHES)])


def _doubt(values: Rounds) -> float:
    """Standard error of the trimmed mean; of so few rounds that none is trimmed, of the mean."""
    return float(stats.mstats.trimmed_stde(values, limits=(TRIM, TRIM)))


def _memory(*series: Rounds) -> float:
    """Variance of a mean of rounds that remember (first-order autoregression) over that of rounds that do not.

    What independent rounds show by chance (one standard error) is not charged; what exceeds it is, with the factor by
    which so short series show too little of it.
    """
    deviations = [values - values.mean() for values in series]
    total = sum(float(one @ one) for one in deviations)
    rounds = min(len(values) for values in series)
    if total < NOTHING:
        return 1.0
    seen = sum(float(one[1:] @ one[:-1]) for one in deviations) / total
    by_chance = 1 / sqrt(sum(len(values) for values in series)) - 1 / rounds
    charged = (seen - by_chance) / max(0.2, 1 - 8 / rounds)
    memory = min(max(charged, 0.0), MOST_MEMORY)
    return (1 + memory) / (1 - memory)
