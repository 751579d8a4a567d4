"""The phone as its daemons see it: one object that lockdownd hands to every service."""

import asyncio
from pathlib import Path

from testbed.handset.clock import Clock
from testbed.handset.unmodelled import Unmodelled
from testbed.ios.body import Body
from testbed.ios.keychain import Keychain
from testbed.ios.layout import Layout
from testbed.ios.lockdown.identity import DeviceKey
from testbed.ios.lockdown.pairing import Pairing
from testbed.ios.model import Model
from testbed.ios.notifications import Notifications
from testbed.ios.packages.apps import Apps
from testbed.ios.ports import Ports
from testbed.ios.syslog import Syslog

REGISTRATION_SECONDS = 0.1
"""From the end of an install until LaunchServices knows the app, and says so to all who listen."""


class Device:
    """Everything behind the cable; `body` is asked for what only a screen or a running app can say."""

    def __init__(self, home: Path, model: Model, clock: Clock, unmodelled: Unmodelled, body: Body) -> None:
        self.model = model
        self.name = model.name
        self.clock = clock
        self.unmodelled = unmodelled
        self.body = body
        self.layout = Layout(home / "fs")
        self.layout.make()
        self.enclave = home / "enclave"
        self.enclave.mkdir(mode=0o700, exist_ok=True)
        self.syslog = Syslog(clock)
        self.apps = Apps(self.layout, clock, model.udid, model.version)
        self.keychain = Keychain(self.layout.keychains, self.enclave)
        self.key = DeviceKey(self.enclave / "device.pem")
        self.pairing = Pairing(self.enclave / "hosts", self.key)
        self.notifications = Notifications()
        self.ports = Ports()
        self.developer_mode = True
        self.image_mounted = True
        """The personalised developer disk image, without which developer services do not start."""
        self.apps.watchers.append(self._app_changed)

    def _app_changed(self, bundle_id: str, *, installed: bool) -> None:
        verb = "installed" if installed else "uninstalled"
        # not before a client that asked for it beside its install, on another line, can have been heard
        asyncio.get_running_loop().call_later(
            REGISTRATION_SECONDS, self.notifications.post, f"com.apple.mobile.application_{verb}"
        )
        self.syslog.write("installd", f"{verb} {bundle_id}")
