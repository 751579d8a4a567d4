"""Runs the benchmarks as anybody would, in a pytest of their own, and reads the verdict that they leave."""

import json
import multiprocessing
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults import BenchFault

ROOT = Path(__file__).parents[2]
REPORT = re.compile(r"^.*?: (/.*)/report/index\.html$", re.MULTILINE)
HOUR = 3600


def build(out: Path, *options: str) -> Path:
    """The reference app, with what the options build in."""
    command = (sys.executable, "-m", "testbed.build", "--out", str(out), *options)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def measured(*options: str, where: str = "benchmarks", phone: str = "virtual-android") -> Path:
    """The folder of a run of the benchmarks alone; raises BenchFault where it came to no verdict."""
    done = subprocess.run(
        (sys.executable, "-m", "pytest", where, "-q", "--phone", phone, *options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HOUR,
        check=False,
    )
    found = REPORT.search(done.stdout)
    if found is None:
        msg = f"the benchmarks came to no verdict: {(done.stdout + done.stderr)[-600:]}"
        raise BenchFault(msg)
    return Path(found[1])


def verdict_of(run: Path) -> dict[str, dict[str, Any]]:
    """The benchmarks of a run's verdict by their names."""
    told = json.loads((run / "verdict.json").read_text(encoding="utf-8"))
    return {row["name"]: row for row in told["benchmarks"]}


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """A machine on which so many others compute all the time."""
    others = [multiprocessing.Process(target=_compute, daemon=True) for _ in range(processes)]
    for one in others:
        one.start()
    try:
        yield
    finally:
        for one in others:
            one.kill()
            one.join()


def _compute() -> None:
    while True:
        sum(range(10_000))
