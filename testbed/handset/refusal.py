"""WebDriver's errors, by name and HTTP status, as the two on-phone servers answer them.

The table is W3C's (WebDriver, section 6.6) where it has the error; the others are the servers' own:
io.appium.uiautomator2.common.exceptions and FBCommandStatus.m.
"""

from enum import Enum


class Fault(Enum):
    ELEMENT_NOT_VISIBLE = ("element not visible", 400)
    INVALID_ARGUMENT = ("invalid argument", 400)
    INVALID_ELEMENT_STATE = ("invalid element state", 400)
    INVALID_SELECTOR = ("invalid selector", 400)
    INVALID_SESSION = ("invalid session id", 404)
    NO_SUCH_ALERT = ("no such alert", 404)
    NO_SUCH_ELEMENT = ("no such element", 404)
    SESSION_NOT_CREATED = ("session not created", 500)
    STALE_ELEMENT = ("stale element reference", 404)
    TIMEOUT = ("timeout", 408)
    UNABLE_TO_CAPTURE = ("unable to capture screen", 500)
    UNKNOWN_COMMAND = ("unknown command", 404)
    UNKNOWN_ERROR = ("unknown error", 500)
    UNSUPPORTED = ("unsupported operation", 500)

    @property
    def error(self) -> str:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


class Refusal(Exception):  # noqa: N818 -- an answer of the server, not a failure of ours
    """Ends a command with an error answer."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
