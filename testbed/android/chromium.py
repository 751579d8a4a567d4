"""The Chromium of the machine, where there is one that a phone can have as its system browser."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
VERSION = re.compile(r"\b(\d+\.\d+\.\d+\.\d+)\b")
SECONDS = 20.0


class NoChromium(ValueError):  # noqa: N818 -- an answer to whoever asked for it
    """None that can be used; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """Host paths, and the version as Chrome writes it (four numbers)."""

    program: str
    certutil: str
    version: str


def find(asked: str) -> Chromium:
    """`auto` or a path; raises NoChromium."""
    program = next(filter(None, map(shutil.which, NAMES)), None) if asked == "auto" else shutil.which(asked)
    if program is None:
        where = f"none of {', '.join(NAMES)} is installed" if asked == "auto" else f"no such program: {asked}"
        raise NoChromium(f"{where} (apt-get install chromium)")
    certutil = shutil.which("certutil")
    if certutil is None:
        raise NoChromium("certutil is needed to give Chromium the phone's authorities (apt-get install libnss3-tools)")
    return Chromium(str(Path(program).absolute()), certutil, _version(program))


def _version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoChromium(f"{program} --version: {error}") from error
    found = VERSION.search(done.stdout)
    if found is None:
        raise NoChromium(f"{program} --version names no version: {done.stdout.strip()!r}")
    return found[1]
