import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): also a stopped process is ended when its parent is."""


def die_with_the_phone() -> None:
    """Let the kernel end this process when its phone is gone; without Linux there is nothing to be done."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 -- only an app that leaves the screen needs it, a cold start should not wait

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
