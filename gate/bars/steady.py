"""The clean file again and again: a gate that sometimes turns red is not believed when it does."""

import argparse
from collections.abc import Sequence
from statistics import median

from gate.bars.product import POCKETGATE, Ended, Place
from gate.bars.result import Result


def measure(place: Place, options: argparse.Namespace) -> Result:
    out = str(place.path / "runs")
    return judged([place.call(POCKETGATE, "run", "--out", out, name="run") for _ in range(options.runs)])


def judged(ended: Sequence[Ended]) -> Result:
    seconds, wanted = [round(one.seconds, 1) for one in ended], len(ended)
    held = sum(one.code == 0 for one in ended)
    low, middle, high = min(seconds), round(median(seconds), 1), max(seconds)
    return Result(
        bar="steady",
        limit=f"{wanted} of {wanted} exit 0",
        measured={
            "held": held,
            "runs": wanted,
            "exits": [one.code for one in ended],
            "seconds": seconds,
            "min": low,
            "median": middle,
            "max": high,
        },
        words=f"{held} of {wanted}; {low} / {middle} / {high} s (min / median / max)",
        ok=held == wanted,
    )
