"""What this machine needs, one row each, with the command that mends what is missing."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from drivers.tools import aapt2_path, adb_path, appium_home, appium_main, node_path
from faults import SetupError

LIMIT = 30.0  # seconds that a tool may take to say its version
OLDEST = (3, 12)
TESTBED = ("argon2", "joserfc", "lxml", "PIL", "pyaxml", "starlette", "uvicorn", "zxingcpp")
SETUP = "make setup"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at; `mend` is the command for what is missing, None where nothing is."""

    name: str
    found: str
    mend: str | None = None


def examine() -> tuple[Diagnosis, ...]:
    return tuple(_looked_at(name, look) for name, look in CHECKS)


def _looked_at(name: str, look: Callable[[], str]) -> Diagnosis:
    try:
        return Diagnosis(name, look())
    except (SetupError, OSError, subprocess.SubprocessError) as error:
        return Diagnosis(name, str(error).partition("; run")[0], SETUP)


def _python() -> str:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        msg = f"{found} is too old, 3.12 is needed"
        raise SetupError(msg)
    return found


def _packages() -> str:
    missing = [name for name in ("mitmproxy", "appium", "adbutils", *TESTBED) if find_spec(name) is None]
    if missing:
        msg = f"missing: {', '.join(missing)}"
        raise SetupError(msg)
    return "all there"


def _appium() -> str:
    return _said(str(node_path()), str(appium_main()), "--version")


def _driver() -> str:
    folder = appium_home() / "node_modules" / "appium-uiautomator2-driver"
    if not (folder / "package.json").exists():
        msg = f"{folder} is missing"
        raise SetupError(msg)
    return "installed"


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    lines = (done.stdout or done.stderr).strip().splitlines()
    if done.returncode != 0 or not lines:
        msg = f"{command[0]} does not run (exit {done.returncode})"
        raise SetupError(msg)
    return lines[0]


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("Python", _python),
    ("Python packages", _packages),
    ("Node", lambda: _said(str(node_path()), "--version")),
    ("adb", lambda: _said(str(adb_path()), "version")),
    ("aapt2", lambda: _said(str(aapt2_path()), "version")),
    ("Appium", _appium),
    ("UiAutomator2 driver", _driver),
)
