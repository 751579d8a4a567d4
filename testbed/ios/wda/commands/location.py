"""FBCustomCommands.m: where the phone says that it is, and where it is told to be (iOS 16.4 and later)."""

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.refusal import invalid

SINCE = (16, 4)
NOT_ASKED = 0
"""CLAuthorizationStatus of WebDriverAgent's own app, until somebody grants it in Settings by hand."""


async def simulated(desk: Desk, _ask: Ask) -> object:
    _supported(desk)
    latitude, longitude = desk.phone.location or (None, None)
    return {"latitude": latitude, "longitude": longitude, "altitude": None if latitude is None else 0}


async def simulate(desk: Desk, ask: Ask) -> object:
    latitude, longitude = ask.number("latitude"), ask.number("longitude")
    if latitude is None or longitude is None:
        raise invalid("Both latitude and longitude must be provided")
    _supported(desk)
    desk.phone.location = (latitude, longitude)
    return None


async def forget(desk: Desk, _ask: Ask) -> object:
    _supported(desk)
    desk.phone.location = None
    return None


async def of_device(_desk: Desk, _ask: Ask) -> object:
    """Zeros: without the permission that only Settings gives, Core Location tells WebDriverAgent nothing."""
    return {"authorizationStatus": NOT_ASKED, "latitude": 0, "longitude": 0, "altitude": 0}


def _supported(desk: Desk) -> None:
    """FBXCTestDaemonsProxy.m."""
    numbers = (*map(int, desk.phone.device.ios.split(".")), 0)
    if numbers < SINCE:
        words = "The current OS runtime does not support location simulation. This API requires an iOS 16.4+ runtime"
        raise Refusal(Fault.UNKNOWN_ERROR, words)
