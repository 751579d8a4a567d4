"""What the real server says when it refuses (io.appium.uiautomator2.common.exceptions)."""

from testbed.handset.refusal import Fault, Refusal

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
