import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gate.precedence import LOOKING, TIMED, precedence

CHILD = """
import sys, threading
threading.Thread(target=sys.stdin.read, daemon=True).start()
print(flush=True)
threading.Event().wait()
"""
WITHOUT_LEAVE = """
import os, resource, sys
sys.path.insert(0, sys.argv[1])
from gate.precedence import precedence
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
os.setuid(65534)  # nobody: CAP_SYS_NICE goes with it
with precedence([os.getpid()], []) as granted:
    print(granted, os.sched_getscheduler(0) == os.SCHED_OTHER)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="real-time scheduling as Linux has it")


@contextmanager
def waiting() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        process.stdout.readline()  # its second thread is there
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def policies(pid: int) -> set[tuple[int, int]]:
    """Of all threads of a process."""
    threads = [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]
    return {(os.sched_getscheduler(one), os.sched_getparam(one).sched_priority) for one in threads}


def test_what_is_timed_goes_before_who_looks_and_both_before_all_else_until_it_is_over() -> None:
    with waiting() as timed, waiting() as looking:
        with precedence([timed], [looking]) as granted:
            if not granted:
                pytest.skip("this machine grants no real-time scheduling")
            during = (policies(timed), policies(looking))
        after = policies(timed) | policies(looking)

    assert during == ({(os.SCHED_RR, TIMED)}, {(os.SCHED_RR, LOOKING)})
    assert after == {(os.SCHED_OTHER, 0)}


def test_a_process_that_has_ended_needs_nothing() -> None:
    with waiting() as ended:
        pass
    with precedence([ended], []) as granted:
        found = granted

    assert found


def test_without_leave_it_says_so_and_changes_nothing() -> None:
    root = Path(__file__).parents[2]
    if os.geteuid():
        pytest.skip("only root can show what somebody else may not do")
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_LEAVE, str(root)], capture_output=True, text=True, check=True, cwd="/"
    )

    assert told.stdout.split() == ["False", "True"]
