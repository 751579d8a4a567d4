"""The phone's log, read from a mark on (AOSP system/logging/logcat; toybox `date`)."""

import re
import time
from secrets import token_hex

from drivers.adb import Adb
from drivers.phone import LogMark
from faults import EvidenceMissing

TAG = "pocketgate"
MARGIN = 1.0  # seconds: `date` tells whole ones
PAUSE = 0.02  # seconds between two looks


def set_mark(adb: Adb) -> LogMark:
    text = f"mark {token_hex(8)}"
    said = adb.shell("date", "+%s", ";", "log", "-t", TAG, text)
    return LogMark(text, float(said.split()[0]))


def read_after(adb: Adb, mark: LogMark) -> str:
    """Raises EvidenceMissing where the log no longer holds the mark: its ring was overrun or cleared."""
    since = f"{mark.since - MARGIN:.3f}"
    said = adb.read("logcat", "-d", "-v", "epoch", "-T", since).decode(errors="replace")
    _, found, after = said.partition(mark.text)
    if not found:
        msg = f"{adb.serial}: the log has lost what was written since {since}; its buffer is too small or was cleared"
        raise EvidenceMissing(msg)
    return after


def wait_for(adb: Adb, pattern: re.Pattern[str], mark: LogMark, seconds: float) -> re.Match[str]:
    """Raises EvidenceMissing when no such line came within the limit."""
    until = time.monotonic() + seconds
    while True:
        found = pattern.search(read_after(adb, mark))
        if found:
            return found
        if time.monotonic() > until:
            msg = f"{adb.serial}: nothing like `{pattern.pattern}` was logged within {seconds:g} s"
            raise EvidenceMissing(msg)
        time.sleep(PAUSE)
