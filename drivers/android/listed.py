"""The phones that an adb server knows, as `adb devices -l` lists them (adb/transport.cpp, append_transport)."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from faults import PhoneLost

LIMIT = 10.0  # seconds for an answer
ROW = re.compile(
    r"^(\S+)\s+(no permissions|device|offline|unauthorized|authorizing|recovery|sideload|bootloader)\b(.*)$"
)
MODEL = re.compile(r"\bmodel:(\S+)")


@dataclass(frozen=True, slots=True)
class Listed:
    """`state` is `device` for a phone that can be spoken to; `model` is empty where the phone does not say."""

    serial: str
    state: str
    model: str


def listed_by(program: Path, server_port: int) -> tuple[Listed, ...]:
    """Raises PhoneLost where no adb server answers on that port; starts none (`-H`)."""
    command = [str(program), "-H", "127.0.0.1", "-P", str(server_port), "devices", "-l"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as late:
        msg = f"adb's server on port {server_port} did not list its phones within {LIMIT:g} s"
        raise PhoneLost(msg) from late
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        msg = f"no adb server on port {server_port}: {said[-1]}"
        raise PhoneLost(msg)
    return tuple(_rows(done.stdout))


def wait_for_any(program: Path, server_port: int, seconds: float) -> None:
    """Until the server has a phone that can be spoken to, or the time is over: it looks for some for a moment."""
    command = [str(program), "-H", "127.0.0.1", "-P", str(server_port), "wait-for-any-device"]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, capture_output=True, timeout=seconds, check=False)


def _rows(said: str) -> Iterator[Listed]:
    for line in said.splitlines():
        if found := ROW.match(line):
            model = MODEL.search(found[3])
            yield Listed(found[1], found[2], model[1] if model else "")
