"""com.apple.mobile.heartbeat: the phone asks whether the host is still there (libimobiledevice, src/heartbeat.c)."""

import asyncio
from typing import Final

from testbed.ios.device import Device
from testbed.ios.line import Line, LineClosedError

INTERVAL: Final = 10
"""Seconds that the host may take to answer, and until the next question."""


async def serve(_: Device, line: Line) -> None:
    """Marco, and Polo; a host that does not answer is hung up on."""
    try:
        while True:
            await line.answer({"Command": "Marco", "Interval": INTERVAL})
            async with asyncio.timeout(INTERVAL):
                if (await line.receive()).get("Command") != "Polo":
                    return
            await asyncio.sleep(INTERVAL)
    except (LineClosedError, TimeoutError):
        return
