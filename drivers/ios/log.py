"""The phone's system log as the driver's syslog gives it: each line once, kept here in the order of its coming."""

import re
import time

from drivers.phone import LogMark
from drivers.session import Session
from faults import EvidenceMissing

KIND = "syslog"
MOST = 10_000
"""What Appium keeps between two reads (device/log/ios-log.ts, MAX_LOG_ENTRIES_COUNT)."""
PAUSE = 0.02  # seconds between two looks


class SystemLog:
    def __init__(self, phone: str, session: Session) -> None:
        self._phone = phone
        self._session = session
        self._lines: list[str] = []
        self._lost = -1
        self._start = 0

    def forget(self) -> None:
        """What was logged until now is nobody's any more."""
        self._fetch()
        self._start = len(self._lines)

    def text(self) -> str:
        """Everything since `forget`; raises EvidenceMissing where some of it was lost."""
        return self._since(self._start)

    def mark(self) -> LogMark:
        self._fetch()
        return LogMark(str(len(self._lines)), time.time())

    def after(self, mark: LogMark) -> str:
        return self._since(int(mark.text))

    def wait_for(self, pattern: re.Pattern[str], mark: LogMark, seconds: float) -> re.Match[str]:
        """The first such line after a mark; raises EvidenceMissing."""
        until = time.monotonic() + seconds
        while True:
            found = pattern.search(self.after(mark))
            if found:
                return found
            if time.monotonic() > until:
                msg = f"{self._phone}: nothing like `{pattern.pattern}` was logged within {seconds:g} s"
                raise EvidenceMissing(msg)
            time.sleep(PAUSE)

    def _since(self, line: int) -> str:
        self._fetch()
        if self._lost > line:
            msg = f"{self._phone}: the log was read too late, and Appium has dropped lines of it"
            raise EvidenceMissing(msg)
        return "\n".join(self._lines[line:])

    def _fetch(self) -> None:
        fresh = self._session.log_lines(KIND)
        if len(fresh) >= MOST:
            self._lost = len(self._lines) + 1
        self._lines += fresh
