"""The phone's clock: read by anyone, set by root, and held against the one that an app lives by."""

import re
import time
from contextlib import suppress
from datetime import UTC, datetime

from drivers.adb import Adb, CommandFailed
from drivers.android.root import Root
from drivers.phone import LogMark
from faults import CapabilityMissing, EvidenceMissing

STEP_TOLERANCE = 5.0  # seconds
SAYS_SOMETHING = 1.0  # seconds in which an app that came to the front may log a line
PAUSE = 0.05  # seconds between two looks
LATEST = "2000"  # lines that are looked at; by number, for a line of a wrong time is not found by its time
STAMP = re.compile(r"^ *(\d+\.\d+) +(\d+) ", re.MULTILINE)


def read_clock(adb: Adb) -> float:
    """Seconds since 1970 by the phone."""
    return float(adb.shell("date", "+%s"))


def set_clock(adb: Adb, epoch: float, root: Root | None = None) -> None:
    """Set the phone's clock (toybox `date MMDDhhmmCCYY.ss`, UTC) and look whether it took it.

    Raises CapabilityMissing where the phone kept its own time.
    """
    command = f"date -u {datetime.fromtimestamp(epoch, UTC):%m%d%H%M%Y.%S}"
    with suppress(CommandFailed):  # what counts is the time that the phone shows afterwards
        root.shell(command) if root else adb.shell(command)
    if abs(read_clock(adb) - epoch) > STEP_TOLERANCE:
        msg = f"{adb.serial}: the clock cannot be set (`date` has no effect); it needs root"
        raise CapabilityMissing(msg)


def expect_app_keeps_time(adb: Adb, pid: int, mark: LogMark) -> None:
    """Hold the time stamps that an app's process put under its log lines since a mark against the phone's clock.

    liblog stamps a line in the process that writes it (AOSP system/logging/liblog/logger_write.cpp). Of an app that
    logs nothing nobody knows. Raises EvidenceMissing where the two differ: then no time has passed for the app.
    """
    until = time.monotonic() + SAYS_SOMETHING
    while not (stamps := _stamps(adb, pid, mark)):
        if time.monotonic() > until:
            return
        time.sleep(PAUSE)
    now = read_clock(adb)
    if abs(now - stamps[-1]) > STEP_TOLERANCE:
        msg = (
            f"{adb.serial}: by the phone's clock it is {now:.0f}, and process {pid} stamps its log lines"
            f" {stamps[-1]:.0f}: the time that was set is not the app's"
        )
        raise EvidenceMissing(msg)


def _stamps(adb: Adb, pid: int, mark: LogMark) -> list[float]:
    """Seconds since 1970 of the lines of a process after the mark; raises EvidenceMissing where the mark is gone."""
    told = adb.read("logcat", "-d", "-v", "epoch", "-t", LATEST).decode(errors="replace")
    _, found, after = told.partition(mark.text)
    if not found:
        msg = f"{adb.serial}: the log does not hold what was just written to it"
        raise EvidenceMissing(msg)
    return [float(at) for at, writer in STAMP.findall(after) if int(writer) == pid]
