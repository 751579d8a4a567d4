"""What this machine needs, one row each, with the command that mends what is missing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from drivers.android.avd import emulator_path, known_avds, sdk
from drivers.tools import aapt2_path, adb_path, appium_home, appium_main, node_path
from faults import SetupError
from gate.config import configured_phones

LIMIT = 30.0  # seconds that a tool may take to say its version
OLDEST = (3, 12)
TESTBED = ("argon2", "joserfc", "lxml", "PIL", "pyaxml", "starlette", "uvicorn", "zxingcpp")
SETUP = "make setup"
KVM = Path("/dev/kvm")
MAJOR = re.compile(r"\b(\d+)\.\d+\.\d+\.\d+\b")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at; `mend` is the command for what is missing, None where nothing is.

    What is not `needed` serves some phones only: who has none of them lacks nothing.
    """

    name: str
    found: str
    mend: str | None = None
    needed: bool = True


def examine() -> tuple[Diagnosis, ...]:
    """All that every run needs, and what emulators and Chromium need besides."""
    boots = any(entry.avd for entry in configured_phones())
    return (
        *(_looked_at(name, look, SETUP, needed=True) for name, look in CHECKS),
        *(_looked_at(name, look, mend, needed=boots) for name, look, mend in FOR_EMULATORS),
        *(_looked_at(name, look, mend, needed=False) for name, look, mend in FOR_CHROMIUM),
    )


def _looked_at(name: str, look: Callable[[], str], mend: str, *, needed: bool) -> Diagnosis:
    try:
        return Diagnosis(name, look())
    except (SetupError, OSError, subprocess.SubprocessError) as error:
        return Diagnosis(name, str(error).partition("; run")[0], mend, needed)


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


def _avds() -> str:
    if not (known := known_avds(emulator_path())):
        msg = "no device that `--phone avd:NAME` could start"
        raise SetupError(msg)
    return ", ".join(known)


def _acceleration() -> str:
    """Without it an emulator of x86_64 does not start, or takes minutes (emulator -accel-check)."""
    if sys.platform != "linux":
        return "the system's own"
    if not os.access(KVM, os.R_OK | os.W_OK):
        msg = f"{KVM} {'may not be used by this user' if KVM.exists() else 'is not there'}"
        raise SetupError(msg)
    return str(KVM)


def _chromium() -> str:
    """chromedriver refuses a browser of another version than its own."""
    found = []
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",), ("certutil",)):
        program = next(filter(None, map(shutil.which, names)), None)
        if program is None:
            msg = f"{names[0]} is not installed"
            raise SetupError(msg)
        found.append(program)
    versions = [MAJOR.search(_said(program, "--version")) for program in found[:2]]
    browser, driver = ("of no version" if one is None else one[1] for one in versions)
    if browser != driver:
        msg = f"{found[0]} is {browser}, {found[1]} is {driver}"
        raise SetupError(msg)
    return f"{browser}, with its chromedriver"


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
FOR_EMULATORS: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("Android SDK (for avd:NAME)", lambda: str(sdk()), "sdkmanager emulator platform-tools, and set ANDROID_HOME"),
    ("AVDs (for avd:NAME)", _avds, "avdmanager create avd, see docs/real-phones.md"),
    ("acceleration (for avd:NAME)", _acceleration, "sudo adduser $USER kvm, and log in again"),
)
FOR_CHROMIUM: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("Chromium (for +chromium)", _chromium, "apt-get install chromium chromium-driver libnss3-tools"),
)
