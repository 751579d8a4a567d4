"""The process of an app, as the kernel knows it."""

import time

from drivers.adb import Adb, CommandFailed
from faults import BenchFault

LIMIT = 5.0  # seconds a process may take to be gone once it was killed
PAUSE = 0.02  # seconds between two looks


def pid_of(adb: Adb, package: str) -> int | None:
    """None where none runs (`pidof` ends with 1 then)."""
    try:
        return int(adb.shell("pidof", package).split()[0])
    except (CommandFailed, IndexError):
        return None


def stop(adb: Adb, package: str) -> None:
    """Force-stop an app; raises BenchFault where its process runs on."""
    adb.shell("am", "force-stop", package)
    until = time.monotonic() + LIMIT
    while (pid := pid_of(adb, package)) is not None:
        if time.monotonic() > until:
            msg = f"{adb.serial}: {package} was stopped by force, and its process {pid} runs on"
            raise BenchFault(msg)
        time.sleep(PAUSE)
