"""The phone, put together: every part is made here and knows only what it is given."""

import asyncio
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.capture.capture import Capture
from testbed.handset.camera import Camera
from testbed.handset.clock import Clock
from testbed.handset.processes import AppProcess, Host, Processes
from testbed.handset.unmodelled import Unmodelled
from testbed.handset.uplink import Route, Uplink
from testbed.ios import body, deceit, requests
from testbed.ios.alerts import Alert, Alerts
from testbed.ios.app_log import AppLog
from testbed.ios.connectivity import MACHINE, Connectivity
from testbed.ios.device import Device as Daemons
from testbed.ios.face import FaceId
from testbed.ios.faults import Fault, Faults
from testbed.ios.icon import icon
from testbed.ios.lockdown import daemon
from testbed.ios.lockdown.pairing import Trust
from testbed.ios.model import Model
from testbed.ios.packages.system import SAFARI, SPRINGBOARD
from testbed.ios.permissions import Permissions, Resource
from testbed.ios.posture import NUMBERS
from testbed.ios.programs import SHEET, Program
from testbed.ios.springboard import SpringBoard
from testbed.ios.surface import SCALE, Surface
from testbed.ios.trust import TrustStore
from testbed.ios.wda.phone import Device
from testbed.screen import theme

APP_DATA = "Library/Application Support"
"""Below its container, at whose top no app may write (File System Programming Guide)."""
TRUST_THIS = "Trust This Computer?"
TRUST_MEANS = "Your settings and data will be accessible from this computer when connected."
ALLOW_SINCE = 17
"""From this release on the button that grants is "Allow"; before it was "OK"."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a phone is made from; folders are absolute."""

    home: Path
    model: Model
    routes: tuple[Route, ...] = ()
    system_ca: tuple[Path, ...] = ()
    faults: tuple[Fault, ...] = ()
    trust: Trust = Trust.GRANTED


class Phone:
    def __init__(self, blueprint: Blueprint, uplink_port: int) -> None:
        home = blueprint.home
        self.model = blueprint.model
        self.faults = Faults(blueprint.faults)
        self.off = asyncio.Event()
        self.locked = False
        self.battery = body.Battery(1.0, charging=True)
        self.callbacks: dict[str, str] = {}
        """By app: the scheme with which its sign-in page answers."""
        self.notifications: list[tuple[str, str, str]] = []
        self.unmodelled = Unmodelled(home / "unmodelled.log")
        self.clock = Clock(home / "clock")
        self.camera = Camera()
        self.permissions = Permissions()
        self.connectivity = Connectivity(self.faults)
        self.trust = TrustStore(home, blueprint.system_ca, self.faults)
        self.capture = Capture(home / "capture.pcap", self.clock.now)
        self.uplink = Uplink(
            self.connectivity,
            blueprint.routes,
            home / "connections.jsonl",
            self.clock,
            host_alias=MACHINE,
            capture=self.capture,
        )
        self.connections = home / "connections.jsonl"
        self.connectivity.changed = self.uplink.radios_changed
        self.device = Daemons(home, blueprint.model, self.clock, self.unmodelled, self)
        deceit.install(self.device, self.faults)
        self.log = AppLog(self.device.syslog, self.faults)
        self._home = home
        self.processes = Processes[Program](self._host(uplink_port), self.log)
        self.processes.on_message = self._heard
        self.springboard = SpringBoard(self.device.apps, self.processes, self.log, self.faults, Surface.display)
        self.alerts = Alerts(self.springboard.changed, lambda: Fault.ALERTS_ACCEPTED in self.faults)
        self.face = FaceId(self.alerts)
        self.springboard.gone = self._gone
        self.device.pairing.trust = blueprint.trust
        self.device.pairing.show = self._ask_to_trust
        self.device.apps.ending = self._end
        self.device.apps.watchers.append(self._changed)
        self.surface = Surface(self)
        daemon.install(self.device)
        self.device.syslog.write("kernel", f"iPhone OS {self.model.version} on {self.model.product_type}")

    # --- what WebDriverAgent says of the phone

    @property
    def about(self) -> Device:
        return Device(
            name=self.model.name,
            model="iPhone",
            ios=self.model.version,
            vendor_id=str(uuid.uuid5(uuid.NAMESPACE_OID, self.model.udid)).upper(),
            locale="en_GB",
            time_zone="GMT",
            size=(self.surface.size[0] // SCALE, self.surface.size[1] // SCALE),
            scale=SCALE,
            status_bar=theme.STATUS_BAR // SCALE,
        )

    # --- what the daemons ask (Body)

    @property
    def orientation(self) -> int:
        return NUMBERS[self.surface.interface]

    def screenshot(self) -> bytes:
        return self.surface.screenshot()

    def icon(self, bundle_id: str) -> bytes:
        app = self.device.apps.installed[bundle_id]
        return icon(app.info.name)

    async def restart(self) -> None:
        """Every app ends; the phone comes back locked."""
        await self.springboard.go_home()
        await self.processes.kill_all()
        self.locked = True
        self.springboard.changed()

    async def shut_down(self) -> None:
        self.off.set()

    async def sleep(self) -> None:
        self.locked = True
        self.springboard.changed()

    # --- what a person decides

    def _ask_to_trust(self) -> None:
        """The dialog that a computer on the cable brings up, before it has seen anything of the phone."""

        async def decide(*, trusted: bool) -> None:
            self.device.pairing.tap(trusted=trusted)

        answers = (
            ("Trust", lambda: decide(trusted=True)),
            ("Don’t Trust", lambda: decide(trusted=False)),  # noqa: RUF001 -- Apple's apostrophe
        )
        self.springboard.background(self.alerts.ask(Alert(SPRINGBOARD, TRUST_THIS, TRUST_MEANS, answers)))

    async def ask_permission(self, process: AppProcess[Program], resource: Resource, usage: str) -> bool:
        """Ask, and wait for the answer; a process that is gone meanwhile gets none."""
        decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def decide(*, allowed: bool) -> None:
            self.permissions.decide(process.name, resource, allowed=allowed)
            if not decided.done():
                decided.set_result(allowed)

        answers = (
            ("Don’t Allow", lambda: decide(allowed=False)),  # noqa: RUF001 -- Apple's apostrophe
            (
                "Allow" if int(self.model.version.partition(".")[0]) >= ALLOW_SINCE else "OK",
                lambda: decide(allowed=True),
            ),
        )
        title = resource.question.format(app=process.package.title)
        await self.alerts.ask(Alert(process.name, title, usage, answers, dropped=decided.cancel))
        return await decided

    async def clear_website_data(self) -> None:
        """Settings > Safari > Clear History and Website Data."""
        await self.springboard.dismiss()
        await self.springboard.terminate(SAFARI)
        shutil.rmtree(self._home / "safari", ignore_errors=True)
        self._data_folder(SAFARI)

    # ---

    async def close(self) -> None:
        """End every app process."""
        await self.springboard.close()
        self.device.ports.drop_all()
        self.capture.close()

    def _host(self, uplink_port: int) -> Host[Program]:
        # a relative path: a unix socket's name must be short, however deep the phone's folder lies
        sockets = Path("binder")
        (self._home / sockets).mkdir(exist_ok=True)
        trust = lambda _: self.trust.folders  # noqa: E731 -- the same for every app
        return Host("ios", uplink_port, self.clock.path, sockets, self._data_folder, trust, self._home / "compiled")

    def _data_folder(self, bundle_id: str) -> Path:
        """Where an app may write; Safari and its sheets share one place, and so their cookies."""
        if bundle_id in (SAFARI, SHEET):
            folder = self._home / "safari"
            (folder / "Library").mkdir(parents=True, exist_ok=True)
            return folder
        data = self.device.apps.installed[bundle_id].data
        if data is None:
            raise LookupError(f"{bundle_id} has no container")
        folder = data / APP_DATA
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    async def _end(self, bundle_id: str) -> None:
        await self.springboard.terminate(bundle_id)

    def _changed(self, bundle_id: str, *, installed: bool) -> None:
        if not installed:
            self.permissions.forget(bundle_id)
        self.springboard.changed()

    def _gone(self, bundle_id: str) -> None:
        self.callbacks.pop(bundle_id, None)
        self.alerts.drop(bundle_id)
        self.face.forget(bundle_id)

    async def _heard(self, process: AppProcess[Program], message: Mapping[str, Any]) -> None:
        await requests.hear(self, process, message)
