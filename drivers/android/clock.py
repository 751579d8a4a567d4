"""The phone's clock: read by anyone, set by root."""

from contextlib import suppress
from datetime import UTC, datetime

from drivers.adb import Adb, CommandFailed
from drivers.android.root import Root
from faults import CapabilityMissing

STEP_TOLERANCE = 5.0  # seconds


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
