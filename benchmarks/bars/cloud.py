"""`python -m benchmarks.bars.cloud`: what the cloud serves over TLS on kept connections, and what it grows by.

wrk asks for records of the tenant as fast as it can, then at half the rate the bar wants; where wrk is not installed,
clients of our own do, which cost the processor they share with the cloud. All of it with a tenant of the usual size and
one of a million rows. `--soak 600` measures memory alone, over ten minutes of reads at half the rate with changes,
lists and sign-ins beside them (soak.py). Prints one JSON object; exit 0: the bars are met, 1: not.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import linear_regression
from typing import NoReturn

from benchmarks.bars.cloud_stand import Stand, cloud
from benchmarks.bars.paced import Paced, paced
from benchmarks.bars.soak import Soaked, soak

LEAST_RATE, MOST_P99_MS, MOST_GROWTH = 1500.0, 50.0, 1.0
USUAL, BIG, CONNECTIONS, EVERY = 1650, 1_000_000, 8, 1.0
# so that no more is read from one record's page than from many
SCRIPT = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "%s/v1/Contact/" .. (1 + 4999 * n %% %d))
end
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Speed:
    """`rate` in answers a second with all connections busy, `cpu_us` the cloud's own processor for each.

    `half` is at half the wanted rate: milliseconds, and how many a second that was in fact. `errors` counts answers
    other than 2xx and 404, the latter being records of other people.
    """

    rate: float
    p99_ms: float
    cpu_us: float
    half: Paced
    errors: int


@dataclass(frozen=True, slots=True)
class Size:
    """`make_seconds` is how long the tenant took to be made, `start_seconds` how long the cloud takes to come back."""

    rows: int
    make_seconds: float
    start_seconds: float
    speed: Speed


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory while answering: MB at the start and the end, and the slope in MB a minute after the first tenth."""

    seconds: float
    first_mb: float
    last_mb: float
    slope: float


@dataclass(slots=True)
class _Watched:
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def size(home: Path, rows: int, seconds: float) -> tuple[Size, Growth]:
    started = time.monotonic()
    with cloud(home, "--rows", str(rows)):
        made = time.monotonic() - started
    started = time.monotonic()
    with cloud(home, "--rows", str(rows)) as stand:
        back = time.monotonic() - started
        with _watching(stand) as watched:
            speed = _speed(stand, rows, seconds)
    return Size(rows, round(made, 2), round(back, 2), speed), _growth(watched)


def _speed(stand: Stand, rows: int, seconds: float) -> Speed:
    before, cpu = time.monotonic(), _busy(stand)
    answered, rate, p99, errors = _flood(stand, rows, seconds)
    cpu_us = 1e6 * (_busy(stand) - cpu) / max(answered, 1)
    half = paced(stand, LEAST_RATE / 2, max(5.0, time.monotonic() - before))
    return Speed(rate, p99, round(cpu_us, 1), half, errors)


def _flood(stand: Stand, rows: int, seconds: float) -> tuple[int, float, float, int]:
    """Answers, answers a second, p99 in ms, errors."""
    wrk = shutil.which("wrk")
    if wrk is None:
        own = paced(stand, 0, seconds)
        return own.answers, own.rate, own.p99_ms, own.errors
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        contacts = rows // 6
        script.write(SCRIPT % (f"/{stand.address.split('/', 3)[3]}", contacts))
        script.flush()
        headers = [word for name, value in stand.headers.items() for word in ("-H", f"{name}: {value}")]
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", "-s", script.name]
        told = subprocess.run([*command, *headers, stand.address], capture_output=True, text=True, check=True).stdout
    return _read(told)


def _read(told: str) -> tuple[int, float, float, int]:
    """What wrk prints; raises LookupError for what is not wrk's."""
    answered = re.search(r"(\d+) requests in", told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", told)
    if answered is None or rate is None or slow is None:
        raise LookupError(f"wrk said something else: {told[:200]}")
    socket = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    lost = sum(map(int, socket.groups())) if socket else 0
    return int(answered[1]), float(rate[1]), float(slow[1]) * UNITS[slow[2]], lost


def _busy(stand: Stand) -> float:
    times = stand.process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _watching(stand: Stand) -> Iterator[_Watched]:
    watched, over = _Watched(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            watched.seconds.append(time.monotonic())
            watched.megabytes.append(stand.process.memory_info().rss / 1e6)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield watched
    finally:
        over.set()
        watcher.join()


def _growth(watched: _Watched) -> Growth:
    late = len(watched.seconds) // 10
    seconds, megabytes = watched.seconds[late:], watched.megabytes[late:]
    slope = linear_regression(seconds, megabytes).slope * 60 if len(seconds) > 1 else float("nan")
    lasted = seconds[-1] - seconds[0]
    return Growth(round(lasted, 1), round(megabytes[0], 1), round(megabytes[-1], 1), round(slope, 3))


def met(speed: Speed, growth: Growth) -> bool:
    """Whether the figures meet the bars."""
    fast = speed.rate >= LEAST_RATE and speed.half.p99_ms <= MOST_P99_MS
    return fast and not speed.errors + speed.half.errors and growth.slope <= MOST_GROWTH


def long(rows: int, seconds: float) -> tuple[Soaked, Growth]:
    """Memory under a long, mixed load."""
    with tempfile.TemporaryDirectory() as home, cloud(Path(home), "--rows", str(rows)) as stand:
        with _watching(stand) as watched:
            soaked = soak(stand, LEAST_RATE / 2, seconds)
        return soaked, _growth(watched)


def flat(soaked: Soaked, growth: Growth) -> bool:
    """Whether memory stayed level and nothing that was asked for went wrong."""
    return not soaked.reads.errors + soaked.wrong and growth.slope <= MOST_GROWTH


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bars.cloud", description=__doc__, allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=30, help="of each flood")
    parser.add_argument("--rows", type=int, action="append", help=f"sizes to measure; {USUAL} and {BIG} unless given")
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="memory alone; the bar wants 600")
    options = parser.parse_args()
    if options.soak:
        _tell_soaked((options.rows or [USUAL])[0], options.soak)
    measured = []
    for rows in options.rows or (USUAL, BIG):
        with tempfile.TemporaryDirectory() as home:
            measured.append(size(Path(home), rows, options.seconds))
    ok = all(met(each.speed, growth) for each, growth in measured)
    told = [{**asdict(each), "memory": asdict(growth)} for each, growth in measured]
    client = "wrk" if shutil.which("wrk") else "own clients"
    print(json.dumps({"client": client, "sizes": told, "ok": ok}, indent=1))  # noqa: T201 -- the answer
    sys.exit(0 if ok else 1)


def _tell_soaked(rows: int, seconds: float) -> NoReturn:
    soaked, growth = long(rows, seconds)
    ok = flat(soaked, growth)
    told = {"rows": rows, **asdict(soaked), "memory": asdict(growth), "ok": ok}
    print(json.dumps(told, indent=1))  # noqa: T201 -- the answer
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
