"""Starts a program that ends with its parent: `leash.py PARENT PROGRAM [ARGUMENT]...`, run as a file.

On Linux the kernel sends SIGTERM when the *thread* that forked it ends (prctl(2), PR_SET_PDEATHSIG); the setting
survives the exec. Elsewhere the program is started plainly, and the next start reaps what a killed parent left.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the setting took effect
        sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606 -- a list of arguments, which is what we want
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
