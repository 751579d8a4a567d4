from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.lockdown.session import PORT, Session


def install(device: Device) -> None:
    """Let lockdownd listen on the phone's port 62078."""

    async def serve(line: Line) -> None:
        await Session(device, line).run()

    device.ports.serve(PORT, serve)
