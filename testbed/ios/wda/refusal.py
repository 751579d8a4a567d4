"""The errors of the real server: FBCommandStatus.m (names, HTTP status) and FBExceptionHandler.m (which is which)."""

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


class Unmodelled(Refusal):
    """The real server could do this and the stand-in cannot: it refuses, and the refusal is logged."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(Fault.UNSUPPORTED, f"{what} is not supported by this device")
        self.kind = kind
        self.what = what


NO_ALERT = "An attempt was made to operate on a modal dialog when one was not open"


def invalid(message: str) -> Refusal:
    return Refusal(Fault.INVALID_ARGUMENT, message)
