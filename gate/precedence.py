"""What is timed goes before everything else on this machine, as on a phone that has its processors for itself.

A virtual phone shares them with whatever else runs here, and then a start of 160 ms takes 300 or 900. Real-time
scheduling (sched(7), SCHED_RR at its lowest priorities) keeps the others out for as long as it is timed; the kernel
leaves them a twentieth of each second (sched_rt_runtime_us).
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOOKING, TIMED = 1, 2  # of 99 real-time priorities: who looks whether it is done must not hold up what is timed


@contextmanager
def precedence(timed: Iterable[int], looking: Iterable[int]) -> Iterator[bool]:
    """For these processes, what they start meanwhile included; False where this machine does not grant it.

    It needs CAP_SYS_NICE, or a limit of real-time priorities (RLIMIT_RTPRIO) above 1, and Linux.
    """
    wanted = {**dict.fromkeys(timed, TIMED), **dict.fromkeys(looking, LOOKING)}  # who may do the first, may do all
    granted = sys.platform == "linux" and all(_schedule(pid, priority) for pid, priority in wanted.items())
    try:
        yield granted
    finally:
        if sys.platform == "linux":
            for pid in wanted:
                _schedule(pid, 0)


def _schedule(pid: int, priority: int) -> bool:
    """Every thread of a process, 0 for none before others; what has just ended needs nothing."""
    policy = os.SCHED_RR if priority else os.SCHED_OTHER
    with suppress(FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            try:
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(priority))
            except ProcessLookupError:
                continue
            except PermissionError:
                return False
    return True
