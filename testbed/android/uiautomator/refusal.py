"""The errors of the real server: io.appium.uiautomator2.common.exceptions, their W3C names and HTTP status."""

from enum import Enum


class Fault(Enum):
    INVALID_ARGUMENT = ("invalid argument", 400)
    INVALID_ELEMENT_STATE = ("invalid element state", 400)
    INVALID_SELECTOR = ("invalid selector", 400)
    INVALID_SESSION = ("invalid session id", 404)
    NO_SUCH_ALERT = ("no such alert", 404)
    NO_SUCH_ELEMENT = ("no such element", 404)
    SESSION_NOT_CREATED = ("session not created", 500)
    STALE_ELEMENT = ("stale element reference", 404)
    UNABLE_TO_CAPTURE = ("unable to capture screen", 500)
    UNKNOWN_COMMAND = ("unknown command", 404)
    UNKNOWN_ERROR = ("unknown error", 500)

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


NOT_LOCATED = "An element could not be located on the page using the given search parameters"
NO_ALERT = "No alert is present on the screen"
NOT_MAPPED = (
    "The requested resource could not be found, or a request was received "
    "using an HTTP method that is not supported by the mapped resource"
)


class Unmodelled(Refusal):
    """The real server could do this and the stand-in cannot: it refuses, and the refusal is logged."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(Fault.UNKNOWN_COMMAND, NOT_MAPPED)
        self.kind = kind
        self.what = what
