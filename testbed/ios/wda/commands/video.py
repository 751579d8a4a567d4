"""FBVideoCommands.m: XCTest's own recording of the screen, which this phone does not make."""

from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.refusal import Unmodelled


async def start(_desk: Desk, _ask: Ask) -> object:
    raise Unmodelled("video", "recording the screen")


async def none_active(_desk: Desk, _ask: Ask) -> object:
    """Both to stop and to ask: where nothing is recorded, the answer is null."""
    return None
