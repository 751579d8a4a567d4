import asyncio

from testbed.ios.device import Device
from testbed.ios.line import Line


async def serve(device: Device, line: Line) -> None:
    """com.apple.syslog_relay: what is logged from now on, each record ended by a line feed and a zero byte."""
    last = device.syslog.last
    gone = asyncio.create_task(until_gone(line))
    try:
        async for fresh in device.syslog.follow(last, gone):
            await line.send(b"".join(f"{record.line(device.name)}\n\0".encode() for record in fresh))
    finally:
        gone.cancel()


async def until_gone(line: Line) -> None:
    """Clients may say something first (appium-ios-device says "start"); it means nothing."""
    while await line.read_some():
        pass
