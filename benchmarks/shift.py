"""How much slower the candidate is, as a ratio, and how sure that is.

Everything is done on logarithms, so that a shift is a ratio and "10 % slower" undoes "9 % faster".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.explanations import Explanations, explanations_of
from benchmarks.noise import breaks_within, distance, within_fence
from benchmarks.turns import Turns, chances, shift_at, turns_of

type Rounds = NDArray[np.float64]

MOST_BATCHES = 200  # longer series are judged by the medians of so many stretches, which also shows slow drift


BEYOND_BREAK = 2.0  # times the largest change within one file: a shift has to be more
DRIFTS = 0.5  # weight from which a drift is the best explanation


@dataclass(frozen=True, slots=True)
class Shift:
    """Logarithm of candidate/base: its `middle` is the Hodges-Lehmann shift.

    `worse`, `better`: one-sided p of "not slower", "not faster". `doubt`: standard error as if the rounds were
    independent; `memory`: the factor by which what else may explain the shift raises its square, 1.0 or more.
    `explained`: by what, of two files. `breaks`: the level changed within a file, by more than half of the shift.
    `turns`: where builds took some.
    """

    middle: float
    worse: float
    better: float
    doubt: float
    memory: float = 1.0
    explained: Explanations | None = None
    breaks: bool = False
    turns: Turns | None = None

    def interval(self, miss: float) -> tuple[float, float]:
        """Ends that the true shift passes with the chance `miss` at each side; of turns those of the rank test."""
        if self.turns is not None:
            beyond = float(stats.norm.isf(miss))
            return shift_at(self.turns, beyond), shift_at(self.turns, -beyond)
        if self.explained is None:
            return -inf, inf
        return min(self.middle, self.explained.end(1 - miss)), max(self.middle, self.explained.end(miss))

    @property
    def drifts(self) -> bool:
        """Whether a drift through both files explains the rounds best."""
        return self.explained is not None and self.explained.drift > DRIFTS


def apart(base: Sequence[float], candidate: Sequence[float]) -> Shift:
    """Two series that were measured one after the other (Mann-Whitney; Hodges and Lehmann, 1963).

    Positive, finite durations in one unit, in the order of measuring. The p that counts is the larger of the rank
    test's and of Student's, averaged over what else may have made the files differ (see `explanations`).
    """
    before, after = _logs(base), _logs(candidate)
    fenced = within_fence(before, after)
    doubt = distance(fenced)[1]
    explained = explanations_of(fenced)
    test = stats.mannwhitneyu
    middle = float(np.median(np.subtract.outer(after, before)))
    return Shift(
        middle=middle,
        worse=max(float(test(after, before, alternative="greater").pvalue), explained.below(0.0)),
        better=max(float(test(after, before, alternative="less").pvalue), explained.above(0.0)),
        doubt=doubt,
        memory=max(1.0, explained.variance / doubt**2) if doubt else 1.0,
        explained=explained,
        breaks=max(abs(breaks_within(side)) for side in (before, after)) * BEYOND_BREAK > abs(middle),
    )


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
        turns=turns,
    )


def _logs(seconds: Sequence[float]) -> Rounds:
    values = np.log(np.asarray(seconds, dtype=np.float64))
    if len(values) <= MOST_BATCHES:
        return values
    return np.array([np.median(stretch) for stretch in np.array_split(values, MOST_BATCHES)])
