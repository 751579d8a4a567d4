"""From a clone with empty caches to a verdict, and again when all is warm."""

import argparse
import os
from pathlib import Path

from faults import BenchFault
from gate.bars.product import ROOT, Ended, Place
from gate.bars.result import Result

STEPS = (  # name, target, seconds that it may take
    ("cold gate", "gate", 480.0),
    ("warm set-up", "setup", 3.0),
    ("warm gate", "gate", 180.0),
    ("tests", "test", 600.0),
)
PASSED_DOWN = (
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "VIRTUAL_ENV",
)  # what `make bars` would tell a clone


def measure(place: Place, _options: argparse.Namespace) -> Result:
    """HEAD of this repository, as a new machine meets it."""
    clone = place.path / "clone"
    cloned = place.call("git", "clone", "--quiet", str(ROOT), str(clone), name="clone")
    if cloned.code != 0:
        raise BenchFault(f"HEAD could not be cloned: {cloned.said.strip()}")
    environment = new_machine(place.path)
    ended = {
        name: place.call("make", target, folder=clone, environment=environment, name=name.replace(" ", "-"))
        for name, target, _ in STEPS
    }
    return judged(ended)


def judged(ended: dict[str, Ended]) -> Result:
    return Result(
        bar="fresh",
        limit=", ".join(f"{name} {limit:g} s" for name, _, limit in STEPS),
        measured={name: {"seconds": round(one.seconds, 1), "exit": one.code} for name, one in ended.items()},
        words=", ".join(f"{name} {one.seconds:.1f} s (exit {one.code})" for name, one in ended.items()),
        ok=all(ended[name].code == 0 and ended[name].seconds <= limit for name, _, limit in STEPS),
    )


def new_machine(folder: Path) -> dict[str, str]:
    """This environment with an empty home and empty caches."""
    empty = {"HOME": "home", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm", "XDG_CACHE_HOME": "cache"}
    for name in empty.values():
        (folder / name).mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in PASSED_DOWN}
    return kept | {name: str(folder / value) for name, value in empty.items()}
