"""`python -m benchmarks.bars.trend [--series 400]`: how often a stable history is accused, and how soon a step is seen.

Series of builds whose figures have a cv of 5 %. Otava is measured beside ours where it is installed. Exit 0: the bars
are met; 1: not.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks import change_points as ours
from benchmarks import otava
from benchmarks.bars.shapes import drawn
from benchmarks.change_points import ChangePoint

CV = 0.05
STABLE, LENGTH, AT, BY = 200, 100, 60, 1.10
NEAR = 5
MOST_FALSE, LEAST_FOUND = 0.2, 0.8

type Detector = Callable[[Sequence[float]], tuple[ChangePoint, ...]]


def false_alarms(detect: Detector, shape: str, series: int, seed: int) -> float:
    """Per 100 builds of a series in which nothing changes."""
    random = np.random.default_rng(seed)
    found = sum(len(detect(list(drawn(shape, random, STABLE, CV)))) for _ in range(series))
    return 100 * found / (series * STABLE)


def steps_found(detect: Detector, shape: str, series: int, seed: int) -> tuple[float, float]:
    """Share of steps of +10 % placed within 5 builds in the whole history, and of those placed so 5 builds later."""
    random = np.random.default_rng(seed)
    whole = soon = 0
    for _ in range(series):
        values = drawn(shape, random, LENGTH, CV)
        values[AT:] *= BY
        whole += _is_placed(detect(list(values)))
        soon += _is_placed(detect(list(values[: AT + NEAR])))
    return whole / series, soon / series


def _is_placed(found: Sequence[ChangePoint]) -> bool:
    return any(abs(one.index - AT) <= NEAR and one.percent > 0 for one in found)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.trend", description=__doc__)
    parser.add_argument("--series", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(words)
    met = True
    sys.stdout.write(
        "| detector | noise | false alarms per 100 builds (≤ 0.2) | +10 % placed within 5 (≥ 80 %) "
        "| the same with 5 builds after it |\n|---|---|---|---|---|\n"
    )
    detectors: list[tuple[str, Detector]] = [("ours", ours.change_points)]
    if otava.is_installed():
        detectors.append(("Otava", otava.change_points))
    for name, detect in detectors:
        for shape in ("normal", "heavy-tailed"):
            alarms = false_alarms(detect, shape, options.series, options.seed)
            whole, soon = steps_found(detect, shape, options.series, options.seed + 1)
            sys.stdout.write(f"| {name} | {shape} | {alarms:.2f} | {100 * whole:.0f} % | {100 * soon:.0f} % |\n")
            met &= name != "ours" or (alarms <= MOST_FALSE and whole >= LEAST_FOUND)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
