"""How much slower the candidate is, as a ratio, and how sure that is.

Everything is done on logarithms, so that a shift is a ratio and "10 % slower" undoes "9 % faster".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.noise import distance, drift_alike, memory_of, within_fence
from benchmarks.turns import Turns, chances, shift_at, turns_of

type Rounds = NDArray[np.float64]

MOST_BATCHES = 200  # longer series are judged by the medians of so many stretches, which also shows slow drift


@dataclass(frozen=True, slots=True)
class Shift:
    """Logarithm of candidate/base: its `middle` is the Hodges-Lehmann shift.

    `worse`, `better`: one-sided p of "not slower", "not faster". `doubt`: standard error as if the rounds were
    independent; `memory`: the factor by which rounds that resemble their predecessors raise its square, 1.0 or more;
    `freedom`: degrees of freedom of `doubt`. `drifts`: both series went the same way, so far that the shift may be
    more of it. `turns`: where builds took some.
    """

    middle: float
    worse: float
    better: float
    doubt: float
    memory: float
    freedom: float
    drifts: bool = False
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

    Positive, finite durations in one unit, in the order of measuring. The p that counts is the larger of the rank
    test's and of Student's, whose doubt is widened by what the rounds remember of their predecessors.
    """
    before, after = _logs(base), _logs(candidate)
    fenced = within_fence(before, after)
    beyond, doubt = distance(fenced)
    memory, freedom = memory_of(fenced), len(before) + len(after) - 2
    error = doubt * sqrt(memory)
    t = beyond / error if error else inf * np.sign(beyond) if beyond else 0.0
    test = stats.mannwhitneyu
    return Shift(
        middle=float(np.median(np.subtract.outer(after, before))),
        worse=max(float(test(after, before, alternative="greater").pvalue), float(stats.t.sf(t, freedom))),
        better=max(float(test(after, before, alternative="less").pvalue), float(stats.t.cdf(t, freedom))),
        doubt=doubt,
        memory=memory,
        freedom=freedom,
        drifts=drift_alike(before, after),
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
        memory=1.0,
        freedom=len(turns) - 1,
        turns=turns,
    )


def _logs(seconds: Sequence[float]) -> Rounds:
    values = np.log(np.asarray(seconds, dtype=np.float64))
    if len(values) <= MOST_BATCHES:
        return values
    return np.array([np.median(stretch) for stretch in np.array_split(values, MOST_BATCHES)])
