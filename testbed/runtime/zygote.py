"""`python -m testbed.runtime.zygote FD`: loads the system's libraries once, and forks for each app that is started.

As Android's zygote does (frameworks/base, com/android/internal/os/ZygoteInit.java: preload, then forkAndSpecialize),
and as the shared cache of dyld spares iOS to load them for each app. An app's own code is no part of it: that is
loaded after the fork, and counts as its start.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from testbed.runtime import __main__ as process

PRELOADED: Final = (
    "hashlib",
    "hmac",
    "http.client",
    "sqlite3",
    "ssl",
    "urllib.request",
    "uuid",
    "testbed.runtime.courier",
)
"""What the system offers to every app, as a real zygote has TLS, HTTP and SQLite (its preloaded-classes)."""

WITH: Final[Mapping[str, tuple[str, ...]]] = {"testbed.browser.main": ("httpcore",)}
"""What a system app's libraries load late."""

LONGEST: Final = 1 << 16  # bytes of a request
OUTPUTS: Final = 2  # file descriptors that come with a request: standard output and standard error
NAME: Final = 15  # characters of a process' name (TASK_COMM_LEN)


class Zygote:
    """Answers requests on a socket until it is closed: one JSON line each, with the outputs of the new process."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.settimeout(0)
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._selector.register(line, selectors.EVENT_READ)

    def serve(self) -> list[str] | None:
        """None at the end; in a new process the words that it is started with."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    self._reap()
                    continue
                request, outputs = self._request()
                if request is None:
                    return None
                if self._forked(request, outputs):
                    words: list[str] = request["words"]
                    return words

    def _request(self) -> tuple[dict[str, Any] | None, list[int]]:
        told, outputs, _, _ = socket.recv_fds(self._line, LONGEST, OUTPUTS)
        while told and not told.endswith(b"\n"):
            told += self._line.recv(LONGEST)
        return (json.loads(told) if told else None), outputs

    def _forked(self, request: Mapping[str, Any], outputs: Sequence[int]) -> bool:
        """Whether this is the new process; the phone is told of it once it leads a session, so that it can be ended."""
        _preload(request["system"])
        ready, leads = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.write(leads, b"\n")
            self._become(request, (*outputs, ready, leads))
            return True
        os.close(leads)
        os.read(ready, 1)
        for number in (ready, *outputs):
            os.close(number)
        self._tell(started=pid)
        return False

    def _become(self, request: Mapping[str, Any], numbers: Sequence[int]) -> None:
        """Leave everything of the zygote behind, and be what was asked for."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for end in (self._line, self._woken, self._waker):
            end.close()
        for own, number in zip((sys.stdout.fileno(), sys.stderr.fileno()), numbers, strict=False):
            os.dup2(number, own)
        for number in numbers:
            os.close(number)
        os.environ.clear()
        os.environ.update(request["environment"])
        with suppress(OSError):  # Linux alone lets a process name itself so
            Path("/proc/self/comm").write_text(str(request["name"])[-NAME:], encoding="utf-8")

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            while self._woken.recv(LONGEST):
                continue
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._tell(ended=ended[0], code=os.waitstatus_to_exitcode(ended[1]))

    def _tell(self, **what: int) -> None:
        with suppress(BrokenPipeError):  # the phone is gone; the next read says so
            self._line.sendall(json.dumps(what).encode() + b"\n")


def _preload(system: str | None) -> None:
    """A system app's modules are part of the system; what cannot be loaded is the new process' own crash."""
    if system is None or system in sys.modules:
        return
    with suppress(ImportError):
        for name in (system, *WITH.get(system, ())):
            importlib.import_module(name)
    gc.freeze()


def main() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # else the collector touches, and so copies, every page of each child
    words = Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
    if words is not None:
        process.main(words)


if __name__ == "__main__":
    main()
