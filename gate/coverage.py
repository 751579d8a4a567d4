"""Which checks decide a claim, found from its number alone; the defects that break it are found by gate/proof.py."""

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from faults import BenchFault
from gate.outcomes import Kind
from gate.programs import ROOT
from gate.rundir import RunDir, read_lines

LIMIT = 60.0  # seconds


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
