"""Crash reports, moved by one service and read over AFC by another (libimobiledevice, tools/idevicecrashreport.c)."""

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.services.afc.jail import Jail
from testbed.ios.services.afc.server import AfcServer


async def serve(device: Device, line: Line) -> None:
    """com.apple.crashreportcopymobile."""
    await AfcServer(device, line, Jail(device.layout.crash_reports)).run()


async def serve_mover(_: Device, line: Line) -> None:
    """com.apple.crashreportmover: says so when everything is in place, which here it always is."""
    await line.send(b"ping\0")
    await line.read_some()
