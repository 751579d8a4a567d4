"""com.apple.misagent: provisioning profiles (libimobiledevice, src/misagent.c)."""

from typing import Final

from testbed.ios.device import Device
from testbed.ios.line import Line

REFUSED: Final = 0xE8008012 - (1 << 32)
"""This provisioning profile cannot be installed on this device."""


async def serve(device: Device, line: Line) -> None:
    """List what came with apps; none comes or goes without its app."""
    async for request in line.requests():
        kind = request.get("MessageType")
        if kind in ("Copy", "CopyAll") and request.get("ProfileType") == "Provisioning":
            await line.answer({"MessageType": "Response", "Status": 0, "Payload": device.apps.profiles()})
        else:
            device.unmodelled.note("misagent", f"{kind}")
            await line.answer({"MessageType": "Response", "Status": REFUSED})
