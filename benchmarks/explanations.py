"""What may have made two files differ beside the build, weighed by what the rounds themselves show of it.

Rounds may remember their predecessors (a phone that throttles for a while), more or less; or a drift may go on from the
first file into the second. Which of it is true is not known, and of twenty rounds never well: so the chance that counts
is the mean over all explanations, each by its weight (Hoeting et al., 1999: Bayesian model averaging). One that the
rounds refute has no weight; one that they leave open still warns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # Student's t; scipy.stats asks ten times as long for each value

from benchmarks.noise import NOTHING, Fenced, Rounds

MEMORIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # correlation of a round with the one before
UNLIKELIER = 1.5  # powers of e that a full memory is less likely than none, before anything was measured
DRIFT, DRIFT_ROUNDS, MOST_DRIFT = 0.005, 20, 0.25  # how likely so many rounds drift: longer ones do with their square
RISES = (1.0, 10.0)  # spreads that a file is thought to drift by from its first round to its last, where it does
HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Explained:
    """One explanation: its weight's logarithm, and the shift that it leaves to the build, with its error."""

    weight: float
    shift: float
    error: float
    is_drift: bool = False


@dataclass(frozen=True, slots=True)
class Explanations:
    """All of them; `weights` sum to 1, `freedom` is that of Student's t, `drift` the weight of a drift."""

    weights: NDArray[np.float64]
    shifts: NDArray[np.float64]
    errors: NDArray[np.float64]
    freedom: int
    drift: float

    def above(self, value: float) -> float:
        """The chance that the build's own shift lies above it, if it is as likely anywhere."""
        return float(self.weights @ stdtr(self.freedom, (self.shifts - value) / self.errors))

    def below(self, value: float) -> float:
        return float(self.weights @ stdtr(self.freedom, (value - self.shifts) / self.errors))

    def end(self, miss: float) -> float:
        """The value that the shift exceeds with the chance `miss`."""
        reach = abs(float(stdtrit(self.freedom, miss))) * self.errors
        low, high = float((self.shifts - reach).min()), float((self.shifts + reach).max())
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.above(middle) > miss else (low, middle)
        return (low + high) / 2

    @property
    def variance(self) -> float:
        """Of the shift, over all explanations."""
        middle = float(self.weights @ self.shifts)
        return float(self.weights @ (self.errors**2 + (self.shifts - middle) ** 2))


def explanations_of(series: tuple[Fenced, ...]) -> Explanations:
    """Of two files, from what is left of each beside its middle."""
    found = [*_remembered(series), *(_drifted(series, rise) for rise in RISES)]
    weights = np.exp(np.array([one.weight for one in found]) - max(one.weight for one in found))
    weights /= weights.sum()
    return Explanations(
        weights=weights,
        shifts=np.array([one.shift for one in found]),
        errors=np.array([one.error for one in found]),
        freedom=_freedom(series),
        drift=float(sum(weight for weight, one in zip(weights, found, strict=True) if one.is_drift)),
    )


def _remembered(series: tuple[Fenced, ...]) -> Iterator[Explained]:
    """First-order autoregression; its likelihood is restricted to what the two middles leave (REML)."""
    freedom = _freedom(series)
    for memory in MEMORIES:
        fitted = [_fitted(one.rest, memory) for one in series]
        scatter = max(sum(left for _, _, left in fitted), NOTHING)
        (before, rounds_before, _), (after, rounds_after, _) = fitted
        yield Explained(
            weight=-UNLIKELIER * memory
            - freedom / 2 * log(scatter)
            + log1p(-(memory**2))
            - log(rounds_before * rounds_after) / 2,
            shift=series[1].middle + after - series[0].middle - before,
            error=sqrt(scatter / freedom * (1 / rounds_before + 1 / rounds_after)) / _share(series),
        )


def _fitted(rest: Rounds, memory: float) -> tuple[float, float, float]:
    """The middle, how many independent rounds it is worth, and the squares that are left, once memory is taken off."""
    fresh = np.concatenate(([sqrt(1 - memory**2) * rest[0]], rest[1:] - memory * rest[:-1]))
    level = np.concatenate(([sqrt(1 - memory**2)], np.full(len(rest) - 1, 1 - memory)))
    worth = float(level @ level)
    middle = float(level @ fresh) / worth
    return middle, worth, max(0.0, float(fresh @ fresh) - middle**2 * worth)


def _drifted(series: tuple[Fenced, ...], rise: float) -> Explained:
    """One straight drift through both files, independent rounds beside it; the weight is against no memory at all."""
    places = [np.linspace(-0.5, 0.5, len(one.rest)) for one in series]
    spans = sum(float(place @ place) for place in places)
    seen = sum(float(place @ one.rest) for place, one in zip(places, series, strict=True))
    told = spans + 1 / rise**2
    freedom, rounds = _freedom(series), min(len(one.rest) for one in series)
    scatter = max(sum(float(one.rest @ one.rest) for one in series) - seen**2 / told, NOTHING)
    chance = min(MOST_DRIFT, DRIFT * (rounds / DRIFT_ROUNDS) ** 2)
    prior = log(chance / len(RISES) / (1 - chance)) + log(sum(np.exp(-UNLIKELIER * np.array(MEMORIES))))
    lengths = [len(one.rest) for one in series]
    return Explained(
        weight=prior
        - freedom / 2 * log(scatter)
        - log1p(rise**2 * spans) / 2
        - sum(log(length) for length in lengths) / 2,
        shift=series[1].middle - series[0].middle - seen / told,
        error=sqrt(scatter / freedom * (sum(1 / length for length in lengths) + 1 / told)) / _share(series),
        is_drift=True,
    )


def _share(series: Sequence[Fenced]) -> float:
    return sum(one.share for one in series) / len(series)


def _freedom(series: Sequence[Fenced]) -> int:
    return sum(len(one.rest) for one in series) - len(series)
