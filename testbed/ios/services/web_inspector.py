from testbed.ios.device import Device
from testbed.ios.line import Line

DISABLED = "com.apple.webinspectord.disabled"


async def serve(device: Device, line: Line) -> None:
    """com.apple.webinspector while "Web Inspector" is off in the settings: it says so to who listens, and hangs up."""
    del line
    device.unmodelled.note("service", "com.apple.webinspector")
    device.notifications.post(DISABLED)
