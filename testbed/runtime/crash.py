import os
import threading
import time
import traceback

from testbed.runtime.binder import Binder


class CrashReporter:
    """Reports an exception nobody caught the way Android's RuntimeInit does, and ends the process with 1.

    https://cs.android.com/android/platform/superproject/+/main:frameworks/base/core/java/com/android/internal/os/RuntimeInit.java
    """

    def __init__(self, binder: Binder, package: str) -> None:
        self._binder = binder
        self._package = package

    def install(self) -> None:
        """Make a crash of any thread a crash of the app."""
        threading.excepthook = self._thread_crashed

    def report(self, error: BaseException, thread: str = "main") -> None:
        head = f"FATAL EXCEPTION: {thread}\nProcess: {self._package}, PID: {os.getpid()}\n"
        message = head + "".join(traceback.format_exception(error))
        self._binder.send({"log": {"priority": "E", "tag": "AndroidRuntime", "message": message, "at": time.time()}})
        os._exit(1)

    def _thread_crashed(self, crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None:
            self.report(crash.exc_value, crash.thread.name if crash.thread else "?")
