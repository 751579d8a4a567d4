"""Runs Locust as it is meant to be run, by its own command line, in a process of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.strain import FILE_VARIABLE as STRAIN_VARIABLE
from benchmarks.load.summary import LoadSummary, read_summary
from benchmarks.load.target import FILE_VARIABLE
from faults import BenchFault, UsageError

MODEL = Path(__file__).with_name("phone.py")
ROOT = Path(__file__).parents[2]
TIME = re.compile(r"(\d+h)?(\d+m)?(\d+s)?(?<=.)")
ADDRESS = re.compile(r"[^:/\s]+:\d{1,5}")
FAILED = 1  # Locust's own exit code where requests failed; the summary says which
TAIL = 800  # characters of a log that an error message quotes


@dataclass(frozen=True, slots=True)
class Load:
    """How much: phones, new ones a second, and for how long (`90s`, `10m`); `workers` processes share them.

    `master` waits at this port for that many `workers` on other machines; `worker` is HOST:PORT of the master to join.
    """

    users: int
    rate: float
    time: str
    workers: int = 1
    master: int = 0
    worker: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for what Locust would not understand."""
        if not TIME.fullmatch(self.time):
            raise UsageError(f"--time {self.time}: give a number with s, m or h, such as 90s or 1h30m")
        if self.worker and not ADDRESS.fullmatch(self.worker):
            raise UsageError(f"--worker {self.worker}: give HOST:PORT of the master")
        if self.worker and self.master:
            raise UsageError("--master and --worker: a process is one of both")

    def words(self, out: Path) -> tuple[str, ...]:
        """Locust's command line (docs.locust.io/en/stable/configuration.html)."""
        model = ("-f", str(MODEL), "--headless", "--skip-log", "--stop-timeout", "10s")
        if self.worker:
            host, _, port = self.worker.rpartition(":")
            return (*model[:2], "--worker", "--master-host", host, "--master-port", port)
        many: tuple[str, ...] = ("--processes", str(self.workers)) if self.workers > 1 else ()
        if self.master:
            many = ("--master", "--master-bind-port", str(self.master), "--expect-workers", str(self.workers))
        size = ("-u", str(self.users), "-r", f"{self.rate:g}", "-t", self.time)
        written = ("--csv", str(out / "load"), "--html", str(out / "load.html"), "--only-summary")
        return (*model, *size, *many, *written)


def drive(load: Load, target: Path, out: Path) -> LoadSummary | None:
    """Run it and read what it found; None for a worker, whose figures are the master's.

    Raises BenchFault with the end of the log where Locust did not come to its end.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("load*"):
        old.unlink()
    log = out / "load.log"
    told = {FILE_VARIABLE: str(target), STRAIN_VARIABLE: str(out / "load_strain.json")}
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            (sys.executable, "-m", "locust", *load.words(out)),
            cwd=ROOT,
            env={**os.environ, **told, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    came_to_its_end = done.returncode in {0, FAILED} and (load.worker or (out / "load_stats.csv").exists())
    if not came_to_its_end:
        msg = f"locust ended with {done.returncode}; the end of {log}:\n{log.read_text(encoding='utf-8')[-TAIL:]}"
        raise BenchFault(msg)
    return None if load.worker else read_summary(out / "load", load.users)
