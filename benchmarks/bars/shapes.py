"""Noise with a known truth, as phones and shared machines make it; each shape has mean 1 and the spread asked for."""

from collections.abc import Callable, Mapping
from itertools import chain, islice

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.blocks import Build, Schedule

type Series = NDArray[np.float64]
type Shape = Callable[[Generator, int, float], Series]

LEAST = 0.02  # no round takes no time
SLOW_SHARE, SLOW_BY = 0.3, 2.0  # of bimodal rounds, in spreads, such as those that met a garbage collection
TAIL = 3  # degrees of freedom of Student's t: some rounds lie ten spreads off
MEMORY = 0.5  # what a round takes over of its predecessor
DRIFT = 3.0  # spreads from the first round to the last, in both builds alike: a phone that grows warm
SETTLE = 50  # rounds before the first one, so that an autocorrelated series has forgotten its start


def _normal(random: Generator, rounds: int, cv: float) -> Series:
    series: Series = 1 + cv * random.standard_normal(rounds)
    return series


def _log_normal(random: Generator, rounds: int, cv: float) -> Series:
    sigma = np.sqrt(np.log1p(cv**2))
    series: Series = np.exp(sigma * random.standard_normal(rounds) - sigma**2 / 2)
    return series


def _bimodal(random: Generator, rounds: int, cv: float) -> Series:
    slow = random.random(rounds) < SLOW_SHARE
    values = SLOW_BY * (slow - SLOW_SHARE) + SLOW_SHARE * random.standard_normal(rounds)
    series: Series = 1 + cv * values / np.sqrt(SLOW_BY**2 * SLOW_SHARE * (1 - SLOW_SHARE) + SLOW_SHARE**2)
    return series


def _heavy_tailed(random: Generator, rounds: int, cv: float) -> Series:
    series: Series = 1 + cv * random.standard_t(TAIL, rounds) / np.sqrt(TAIL / (TAIL - 2))
    return series


def _drifting(random: Generator, rounds: int, cv: float) -> Series:
    series: Series = _normal(random, rounds, cv) + DRIFT * cv * np.linspace(-0.5, 0.5, rounds)
    return series


def _autocorrelated(random: Generator, rounds: int, cv: float) -> Series:
    fresh = random.standard_normal(rounds + SETTLE)
    values = np.empty_like(fresh)
    values[0] = fresh[0]
    for number in range(1, len(fresh)):
        values[number] = MEMORY * values[number - 1] + fresh[number]
    series: Series = 1 + cv * values[SETTLE:] * np.sqrt(1 - MEMORY**2)
    return series


SHAPES: Mapping[str, Shape] = {
    "normal": _normal,
    "log-normal": _log_normal,
    "bimodal": _bimodal,
    "heavy-tailed": _heavy_tailed,
    "drifting": _drifting,
    "autocorrelated": _autocorrelated,
}


def drawn(shape: str, random: Generator, rounds: int, cv: float) -> Series:
    """So many durations; `cv` is their spread over their mean, 0.05 for 5 %."""
    return np.maximum(LEAST, SHAPES[shape](random, rounds, cv))


def interleaved(shape: str, random: Generator, rounds: int, cv: float, block: int) -> dict[Build, Series]:
    """One stream of rounds, dealt in turns of `block` as a run deals them; of each build so many, or a few more."""
    schedule = Schedule(tuple(Build), block, (rounds,), seed=int(random.integers(1 << 32)))
    laps = -(-rounds // block)
    turns = chain.from_iterable(islice(schedule.laps(), laps))
    stream = drawn(shape, random, laps * block * len(Build), cv).reshape(-1, block)
    dealt: dict[Build, list[Series]] = {build: [] for build in Build}
    for turn, build in zip(stream, turns, strict=True):
        dealt[build].append(turn)
    return {build: np.concatenate(found) for build, found in dealt.items()}
