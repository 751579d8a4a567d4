"""Every service that this phone offers; for any other, lockdownd says InvalidService.

Not among them: what iOS 17 and later reach over RemoteXPC only (com.apple.coredevice.*, instruments, debugserver).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.services import (
    configuration,
    crash_reports,
    diagnostics,
    heartbeat,
    house_arrest,
    image_mounter,
    installation_proxy,
    media,
    misagent,
    notification_proxy,
    os_trace,
    screenshot,
    springboard,
    syslog_relay,
    web_inspector,
)


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    serve: Callable[[Device, Line], Awaitable[None]]
    for_developers: bool = False
    """Part of the developer disk image: there only while that is mounted."""


SERVICES = (
    Service("com.apple.afc", media.serve),
    Service("com.apple.crashreportcopymobile", crash_reports.serve),
    Service("com.apple.crashreportmover", crash_reports.serve_mover),
    Service("com.apple.misagent", misagent.serve),
    Service("com.apple.mobile.MCInstall", configuration.serve),
    Service("com.apple.mobile.diagnostics_relay", diagnostics.serve),
    Service("com.apple.mobile.heartbeat", heartbeat.serve),
    Service("com.apple.mobile.house_arrest", house_arrest.serve),
    Service("com.apple.mobile.insecure_notification_proxy", notification_proxy.serve),
    Service("com.apple.mobile.installation_proxy", installation_proxy.serve),
    Service("com.apple.mobile.mobile_image_mounter", image_mounter.serve),
    Service("com.apple.mobile.notification_proxy", notification_proxy.serve),
    Service("com.apple.mobile.screenshotr", screenshot.serve, for_developers=True),
    Service("com.apple.os_trace_relay", os_trace.serve),
    Service("com.apple.springboardservices", springboard.serve),
    Service("com.apple.syslog_relay", syslog_relay.serve),
    Service("com.apple.webinspector", web_inspector.serve),
)


def service(name: str) -> Service | None:
    return next((one for one in SERVICES if one.name == name), None)
