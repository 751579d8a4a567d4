"""Which check decides a claim and which seeded defect breaks it, found from the claim's number alone."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from faults import BenchFault
from gate.outcomes import Kind
from gate.programs import ROOT
from gate.rundir import RunDir, read_lines

LIMIT = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Defect:
    """A seeded defect as the builder lists it: what it does to the app, and the claim that this breaks."""

    name: str
    claim: str
    what: str


def checks(root: Path = ROOT, *options: str) -> Mapping[str, tuple[str, ...]]:
    """The checks of each claim, by pytest's own collection; raises BenchFault with its words when that fails."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            (sys.executable, "-m", "pytest", "suites", "--collect-only", "-q", *options),
            cwd=root,
            env={**os.environ, "POCKETGATE_RUN": folder},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode != 0:
            msg = f"the suites could not be collected:\n{done.stdout}{done.stderr}"
            raise BenchFault(msg)
        found = defaultdict(list)
        for row in read_lines(RunDir(Path(folder)).collected):
            for claim in row["claims"] if row["kind"] == Kind.CHECK.value else ():
                found[claim].append(row["test"])
    return {claim: tuple(tests) for claim, tests in found.items()}


def defects() -> tuple[Defect, ...]:
    """All seeded defects, as the builder lists them; raises BenchFault with its words when it cannot."""
    done = subprocess.run(
        (sys.executable, "-m", "testbed.build", "--list"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if done.returncode != 0:
        msg = f"the defects could not be listed: {done.stderr.strip()}"
        raise BenchFault(msg)
    return tuple(Defect(row["name"], row["claim"], row["what"]) for row in json.loads(done.stdout))
