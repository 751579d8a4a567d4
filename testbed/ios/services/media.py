from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.services.afc.jail import Jail
from testbed.ios.services.afc.server import AfcServer


async def serve(device: Device, line: Line) -> None:
    """com.apple.afc: /var/mobile/Media."""
    await AfcServer(device, line, Jail(device.layout.media)).run()
