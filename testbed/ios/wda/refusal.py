"""What the real server says when it refuses (FBCommandStatus.m, FBExceptionHandler.m)."""

from testbed.handset.refusal import Fault, Refusal


class Unmodelled(Refusal):
    """The real server could do this and the stand-in cannot: it refuses, and the refusal is logged."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(Fault.UNSUPPORTED, f"{what} is not supported by this device")
        self.kind = kind
        self.what = what


NO_ALERT = "An attempt was made to operate on a modal dialog when one was not open"


def invalid(message: str) -> Refusal:
    return Refusal(Fault.INVALID_ARGUMENT, message)
