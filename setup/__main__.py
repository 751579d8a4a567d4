"""`python -m setup PROJECT`: prints what it does with seconds; one line and exit 1 where it cannot go on."""

import errno
import signal
import sys
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import NoReturn

from setup.bootstrap import Bootstrap
from setup.claim import claimed
from setup.project import Project
from setup.trouble import NO_SPACE, SetupTrouble

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Terminated(KeyboardInterrupt):
    """SIGTERM: given up like with Ctrl-C, so that what was started ends as well."""


def main() -> int:
    project = Project(Path(sys.argv[1]).absolute())
    begun = monotonic()

    def tell(what: str) -> None:
        sys.stdout.write(f"set-up {monotonic() - begun:6.1f} s  {what}\n")
        sys.stdout.flush()

    signal.signal(signal.SIGTERM, _terminate)
    try:
        with claimed(project, tell) as claim:
            project.log.write_text("")
            Bootstrap(project, claim, tell).make_ready()
    except SetupTrouble as trouble:
        return _fail(f"{trouble} (log: {project.log})")
    except OSError as error:
        return _fail(f"{_reason(error)} (log: {project.log})")
    except KeyboardInterrupt as interrupt:
        _fail("interrupted; the next call mends what is half made")
        return 128 + (signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT)
    tell("ready")
    return 0


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _reason(error: OSError) -> str:
    if error.errno in FULL:
        return f"{NO_SPACE.what} {error.filename or ''}".strip() + f": {NO_SPACE.mend}"
    return f"{error.strerror}: {error.filename}: mend that, then call again"


def _fail(why: str) -> int:
    sys.stderr.write(f"set-up: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
