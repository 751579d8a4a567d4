"""What `am start -W` and the log say of a start (AOSP ActivityManagerShellCommand, ActivityMetricsLogger)."""

import re
from collections.abc import Callable

from drivers.phone import Launch, Start
from faults import EvidenceMissing

STATUS = re.compile(r"^Status: (\w+)$", re.MULTILINE)
LAUNCH_STATE = re.compile(r"^LaunchState: (\w+)", re.MULTILINE)
TOTAL_TIME = re.compile(r"^TotalTime: (\d+)$", re.MULTILINE)
PARTS = re.compile(r"(\d+)(ms|[dhms])")  # TimeUtils.formatDuration: `+412ms`, `+1s23ms`
SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
MOST_APART = 0.005  # seconds; both tell the same field of the same record (ActivityMetricsLogger.TransitionInfo)
OPTIONS = {
    Start.COLD: (),
    # the activity anew in a living process, as Macrobenchmark's StartupMode.WARM
    Start.WARM: ("--activity-clear-task",),
    Start.HOT: (),
}


def launch_of(said: str, took: float, *, before: int | None, after: int | None) -> Launch:
    """A start as `am` tells it, held against what the kernel and our own clock tell; pids are of the app's process.

    Systems before Android 10 name no kind, then the process does. Raises EvidenceMissing where they contradict.
    """
    status, total = STATUS.search(said), TOTAL_TIME.search(said)
    if status is None or status[1] != "ok" or total is None:
        msg = f"`am start -W` reported no start: {said.strip()[-300:]}"
        raise EvidenceMissing(msg)
    seconds, is_new = int(total[1]) / 1000, before is None or before != after
    kind = kind_of(said) or (Start.COLD if is_new else Start.HOT)
    if (kind is Start.COLD) is not is_new:
        msg = f"`am start -W` says {kind.value}, but the app's process is {'new' if is_new else 'the one from before'}"
        raise EvidenceMissing(msg)
    if seconds > took:
        msg = f"`am start -W` says that the start took {seconds:g} s, and was itself back after {took:.3f} s"
        raise EvidenceMissing(msg)
    return Launch(kind, seconds)


def expect_displayed(launch: Launch, package: str, await_log: Callable[[re.Pattern[str]], re.Match[str]]) -> None:
    """Hold a start against the log's own line of its first frame, which Android writes for cold and warm ones.

    Raises EvidenceMissing where the two tell different times.
    """
    if launch.state is Start.HOT:  # ActivityMetricsLogger.logAppDisplayed
        return
    seen = duration(await_log(displayed(package))[1])
    if abs(seen - launch.seconds) > MOST_APART:
        msg = f"`am start -W` says that the start took {launch.seconds:g} s, and the log says {seen:g} s"
        raise EvidenceMissing(msg)


def kind_of(said: str) -> Start | None:
    """The `LaunchState`; None for UNKNOWN, and on systems before Android 10, which print none."""
    found = LAUNCH_STATE.search(said)
    return Start(found[1]) if found and found[1] in Start else None


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
