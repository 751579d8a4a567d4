"""FBCustomCommands.m: VoiceOver, which XCTest controls from iOS 27 on, and no phone here is of that release."""

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.refusal import invalid

TOO_OLD = "The current OS runtime does not support VoiceOver control. This API requires an iOS 27+ runtime"


async def unsupported(_desk: Desk, _ask: Ask) -> object:
    """XCUIDevice+FBVoiceOver.m, FBVoiceOverBuildSDKUnsupportedError."""
    raise Refusal(Fault.UNKNOWN_ERROR, TOO_OLD)


async def move(desk: Desk, ask: Ask) -> object:
    if ask.text("direction") is None:
        raise invalid("The 'direction' argument must be provided")
    return await unsupported(desk, ask)
