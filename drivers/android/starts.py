"""What `am start -W` and the log say of a start (AOSP ActivityManagerShellCommand, ActivityMetricsLogger)."""

import re

from drivers.phone import Start
from faults import EvidenceMissing

STATUS = re.compile(r"^Status: (\w+)$", re.MULTILINE)
LAUNCH_STATE = re.compile(r"^LaunchState: (\w+)", re.MULTILINE)
TOTAL_TIME = re.compile(r"^TotalTime: (\d+)$", re.MULTILINE)
PARTS = re.compile(r"(\d+)(ms|[dhms])")  # TimeUtils.formatDuration: `+412ms`, `+1s23ms`
SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
OPTIONS = {
    Start.COLD: (),
    # the activity anew in a living process, as Macrobenchmark's StartupMode.WARM
    Start.WARM: ("--activity-clear-task",),
    Start.HOT: (),
}


def kind_of(said: str) -> Start | None:
    """The `LaunchState`; None for UNKNOWN, and on systems before Android 10, which print none."""
    found = LAUNCH_STATE.search(said)
    return Start(found[1]) if found and found[1] in Start else None


def total_of(said: str) -> float:
    """Seconds from the request to the first frame; raises EvidenceMissing where no start was timed."""
    status, total = STATUS.search(said), TOTAL_TIME.search(said)
    if status is None or status[1] != "ok" or total is None:
        msg = f"`am start -W` timed no start: {said.strip()[-300:]}"
        raise EvidenceMissing(msg)
    return int(total[1]) / 1000


def displayed(package: str) -> re.Pattern[str]:
    """The line of the first frame; from Android 14 on it names the user."""
    return re.compile(rf"Displayed {re.escape(package)}/\S+?(?: for user \d+)?: \+(\S+)")


def fully_drawn(package: str) -> re.Pattern[str]:
    """The line that follows `Activity.reportFullyDrawn`."""
    return re.compile(rf"Fully drawn {re.escape(package)}/\S+?(?: for user \d+)?: \+(\S+)")


def duration(text: str) -> float:
    """Seconds of `1s23ms`; raises EvidenceMissing for a text that is no duration."""
    parts = PARTS.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        msg = f"the log times a start with `{text}`, which is no duration"
        raise EvidenceMissing(msg)
    return sum(int(number) * SECONDS[unit] for number, unit in parts)
