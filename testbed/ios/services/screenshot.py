"""com.apple.mobile.screenshotr, over DeviceLink (libimobiledevice, src/device_link_service.c, src/screenshotr.c)."""

from typing import Final

from testbed.ios.device import Device
from testbed.ios.frame import FrameError
from testbed.ios.line import Line, LineClosedError

VERSION: Final = (300, 0)


async def serve(device: Device, line: Line) -> None:
    """Agree on a version, then one picture for each request."""
    await line.answer(["DLMessageVersionExchange", *VERSION])
    match await line.receive_any():
        case ["DLMessageVersionExchange", "DLVersionsOk", int(version)] if version >= VERSION[0]:
            pass  # clients name their own version, which may be newer
        case other:
            raise FrameError(f"another version: {other}")
    await line.answer(["DLMessageDeviceReady"])
    while True:
        try:
            message = await line.receive_any()
        except LineClosedError:
            return
        match message:
            case ["DLMessageProcessMessage", {"MessageType": "ScreenShotRequest"}]:
                reply = {"MessageType": "ScreenShotReply", "ScreenShotData": device.body.screenshot()}
                await line.answer(["DLMessageProcessMessage", reply])
            case ["DLMessageDisconnect", *_]:
                return
            case _:
                device.unmodelled.note("screenshotr", f"{message}"[:200])
                return
