"""Builds that are slower than they need to be, by a known amount: what a benchmark has to notice."""

import re
from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import testbed.slow
from testbed.build.constants import constants
from testbed.build.defect import Defect

FOLDER: Final = Path(testbed.slow.__file__).parent
AMOUNT: Final = re.compile(r"^MILLISECONDS = 0$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Slowness:
    """A module that makes the app slower; `benchmark` is the one that must notice it."""

    name: str
    benchmark: str
    what: str
    source: str

    def described(self) -> dict[str, str]:
        return {"name": self.name, "benchmark": self.benchmark, "what": self.what}

    def by(self, milliseconds: int) -> Defect:
        """Return it as what the builder puts into an app file."""
        source = AMOUNT.sub(f"MILLISECONDS = {milliseconds}", self.source)
        return Defect(f"slow_{self.name}_{milliseconds}ms", "", self.what, (), source)


def slownesses() -> dict[str, Slowness]:
    """Return all of them by name, read and not run."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.py")) if file.stem != "__init__"}


def chosen(text: str) -> Defect:
    """Read NAME or NAME:MILLISECONDS; raises ArgumentTypeError, which argparse shows."""
    name, _, amount = text.partition(":")
    found = slownesses().get(name)
    if found is None or not (amount or "0").isdigit():
        raise ArgumentTypeError(f"{text} is not NAME:MILLISECONDS with one of {', '.join(slownesses())}")
    return found.by(int(amount or 0))


def _read(file: Path) -> Slowness:
    source = file.read_text()
    found = constants(source, {"BENCHMARK", "WHAT"})
    return Slowness(file.stem, found["BENCHMARK"], found["WHAT"], source)
