"""The phone, put together: every part is made here and knows only what it is given."""

import asyncio
import shutil
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testbed.android import certificates, requests
from testbed.android.abstract_sockets import AbstractSockets
from testbed.android.activities import ActivityManager
from testbed.android.adbd import services
from testbed.android.adbd.daemon import Daemon
from testbed.android.adbd.reversed import Reversed
from testbed.android.adbd.stream import Stream
from testbed.android.app_log import AppLog
from testbed.android.battery import BatteryState
from testbed.android.chromium import Chromium
from testbed.android.console import Console
from testbed.android.faults import Fault, Faults, Lies
from testbed.android.files import FileSystem
from testbed.android.image import SystemImage
from testbed.android.instrumentation import Instrumentation
from testbed.android.keystore import Keystore
from testbed.android.location import Location
from testbed.android.logcat import Logcat
from testbed.android.messages import Inbox
from testbed.android.packages import system
from testbed.android.packages.installed import Installed
from testbed.android.packages.manager import PackageManager
from testbed.android.packages.manifest import ORIENTATIONS
from testbed.android.played import PLAYED, SETTINGS_APP, SETTINGS_IMES
from testbed.android.properties import Properties
from testbed.android.radios import Radios
from testbed.android.settings import DEFAULT_IME, Settings
from testbed.android.surface import Surface
from testbed.android.uiautomator import Battery, DeviceInfo, Shown
from testbed.android.windows.biometric import Sensor
from testbed.android.windows.permission import PermissionDesk
from testbed.capture.capture import Capture
from testbed.handset.camera import Camera
from testbed.handset.clock import Clock
from testbed.handset.processes import AppProcess, Host, Processes
from testbed.handset.unmodelled import Unmodelled
from testbed.handset.uplink import Route, Uplink
from testbed.screen import Display

HOST_ALIAS = "10.0.2.2"
"""The emulator's name for the loopback of the machine it runs on."""
SIZE, DENSITY = (1080, 1920), 420
BOOT_SECONDS, SERVICES_SECONDS = 0.3, 0.3
"""Until adbd is back after a reboot, and from there until the services are."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a phone is made from; folders are absolute."""

    home: Path
    serial: str
    image: SystemImage = field(default_factory=SystemImage)
    model: str = "Virtual Phone"
    routes: tuple[Route, ...] = ()
    system_ca: tuple[Path, ...] = ()
    browser: bool = False
    chromium: Chromium | None = None
    """The system browser instead of the one of our own."""
    pin: str | None = None
    swipe_lock: bool = False
    faults: tuple[Fault, ...] = ()


class Phone:
    density = DENSITY

    def __init__(self, blueprint: Blueprint, uplink_port: int) -> None:
        home = blueprint.home
        self.home = home
        self.image = blueprint.image
        self.model = blueprint.model
        self.clipboard = ""
        self.slowness = 0.0
        """Seconds that every command takes longer."""
        self.booted = True
        """False from a reboot until the services are up."""
        self.appops: dict[tuple[str, str], str] = {}
        self.idle_exempt: set[str] = set()
        self.idle_state = "ACTIVE"
        """Of Doze, as DeviceIdleController names it."""
        self.abstract_sockets = AbstractSockets()
        self.chromium = blueprint.chromium
        self.lies = Lies()
        self.off = asyncio.Event()
        self.faults = Faults(blueprint.faults)
        self.unmodelled = Unmodelled(home / "unmodelled.log")
        self.clock = Clock(home / "clock")
        self.booted_at = self.clock.now()
        self.log = Logcat(self.clock)
        self.properties = Properties(blueprint.image, blueprint.model, blueprint.serial)
        self.settings = Settings(home / "settings.json")
        self.files = FileSystem(home / "fs")
        self.keystore = Keystore(home / "keystore")
        self.camera = Camera()
        self.location = Location()
        self.inbox = Inbox()
        self.power = BatteryState()
        self.radios = Radios(self.settings, self.faults)
        self.capture = Capture(home / "capture.pcap", self.clock.now)
        self.uplink = Uplink(
            self.radios,
            blueprint.routes,
            home / "connections.jsonl",
            self.clock,
            host_alias=HOST_ALIAS,
            capture=self.capture,
        )
        self.radios.changed = self.uplink.radios_changed
        self.packages = PackageManager(self.files, self.keystore, self.clock, self.api, home / "packages.json")
        chromium = blueprint.chromium.version if blueprint.chromium else ""
        for manifest in system.image(browser=blueprint.browser, chromium=chromium):
            self.packages.preinstall(manifest)
        self.packages.restore()
        self.fill_disk(full=False)
        self._switch_on(blueprint, uplink_port)
        self.permissions = PermissionDesk(self.surface.windows, self.api)
        self.sensor = Sensor(self.surface.windows, self.surface.keyguard)
        self.instrumentation = Instrumentation(self)
        self.console = Console(self)
        self.daemon = Daemon(self._product(), self._serve)
        self.reversed = Reversed(self.daemon.to_host)
        self.uplink.loopback = self.reversed.serve
        self._tasks: set[asyncio.Task[None]] = set()
        self._fill_store(blueprint.system_ca)
        self._note_boot()

    def _switch_on(self, blueprint: Blueprint, uplink_port: int) -> None:
        """App processes, and the screen they are seen on."""
        self.processes = Processes[Installed](self._host(blueprint.home, uplink_port), AppLog(self.log))
        self.processes.on_message = self._heard
        self.activities = ActivityManager(self.packages, self.processes, self.log, self.api, self.faults)
        self.activities.played = lambda package: package.name in PLAYED
        self.surface = Surface(self, SIZE, DENSITY)
        self.activities.windows = self.surface.windows
        self._lock(blueprint)

    @property
    def api(self) -> int:
        return self.image.api

    # --- what a finger and the UiAutomator2 server need (Touchable)

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.size

    @property
    def display(self) -> Display:
        return self.surface.display

    @property
    def orientation(self) -> str:
        return "PORTRAIT" if self.surface.rotation % 2 == 0 else "LANDSCAPE"

    @property
    def rotation(self) -> int:
        return self.surface.rotation

    @property
    def battery(self) -> Battery:
        return Battery(self.power.level / 100, self.power.status)

    @property
    def device_info(self) -> DeviceInfo:
        get = self.properties.get
        return DeviceInfo(
            android_id=self.settings.get("secure", "android_id") or "",
            manufacturer=get("ro.product.manufacturer"),
            brand=get("ro.product.brand"),
            platform_version=get("ro.build.version.release"),
            carrier=None,
            locale=get("persist.sys.locale").replace("-", "_"),
            time_zone=get("persist.sys.timezone"),
        )

    def shown(self) -> Shown:
        return self.surface.shown()

    async def click(self, key: str) -> None:
        await self.surface.click(key)

    async def set_text(self, key: str, text: str) -> None:
        await self.surface.set_text(key, text)

    async def press_key(self, code: int) -> bool:
        return await self.surface.press_key(code)

    async def frame_after(self, generation: int, seconds: float) -> bool:
        return await self.activities.frame_after(generation, seconds)

    async def edge_swipe(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        return await self.surface.edge_swipe(start, end)

    def is_animating(self) -> bool:
        return self.surface.covering is None and self.activities.animating

    def declared_orientation(self) -> str | None:
        shown = self.shown()
        package = self.packages.packages.get(shown.package)
        activity = package.manifest.activity(shown.activity) if package else None
        name = ORIENTATIONS.get(activity.orientation) if activity else None
        return None if name is None else f"SCREEN_ORIENTATION_{name}"

    def rotate(self, quarter: int) -> bool:
        return self.surface.rotate(quarter)

    def open_notifications(self) -> None:
        self.surface.shade.expand()

    def screenshot(self) -> bytes:
        return self.surface.screenshot()

    async def served(self, path: str, answer: Awaitable[object]) -> object:
        """An answer of the UiAutomator2 server, as this phone gives it."""
        if self.slowness:
            await asyncio.sleep(self.slowness)
        value = await answer
        self.instrumentation.served()
        if path.endswith("/get_clipboard") and Fault.CLIPBOARD_EMPTY in self.faults:
            return ""
        if path.endswith("/source") and Fault.SOURCE_STALE in self.faults:
            self.lies.source = self.lies.source or value
            return self.lies.source
        return value

    # --- the rest

    def input_methods(self) -> list[str]:
        return [DEFAULT_IME, *(SETTINGS_IMES if SETTINGS_APP in self.packages.packages else ())]

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Does something beside; it ends with the phone."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def fill_disk(self, *, full: bool) -> None:
        """The shell looks at the file system's flag, apps at the file."""
        self.files.full = full
        (self.home / "disk").write_bytes(b"\1" if full else b"\0")

    async def reboot(self) -> None:
        """Apps end, adbd is no longer root, mounts are gone; files, settings and packages stay."""
        self.booted = False
        self.properties.boot(done=False)
        self.instrumentation.stop()
        self.surface.windows.close_all()
        self.activities.go_home()
        await self.processes.kill_all()
        self.files.remounted = False
        self.files.mounts.unmount_all()
        if Fault.REBOOT_LOSES_CA in self.faults:
            self._put_store_back()
        self.daemon.leave()
        self.daemon.restart(as_root=False)
        self.background(self._boot())

    async def _boot(self) -> None:
        await asyncio.sleep(BOOT_SECONDS)
        self.daemon.come_back()
        await asyncio.sleep(SERVICES_SECONDS)
        self.booted_at = self.clock.now()
        self.radios.read_settings()
        self.surface.keyguard.locked = self.surface.keyguard.enabled
        self.activities.changed()
        self._note_boot()
        self.properties.boot(done=True)
        self.booted = True

    def power_off(self) -> None:
        self.off.set()

    async def close(self) -> None:
        """Ends every app process."""
        self.instrumentation.stop()
        await self.processes.kill_all()
        self.daemon.drop()
        for task in list(self._tasks):
            task.cancel()
        self.capture.close()

    # --- which certificates apps trust

    def retrust(self) -> None:
        """After a mount: what the apps that run see from now on."""
        for process in self.processes.all():
            if process.child is not None:
                self._link_stores(process.package)

    def _trusted_folders(self, package: Installed) -> tuple[Path, ...]:
        """A starting app has zygote's mounts; what it is given is a link that follows its own ones."""
        self.files.mounts.fork(package.name, inherit=Fault.MOUNTS_NOT_INHERITED not in self.faults)
        return self._link_stores(package)

    def _link_stores(self, package: Installed) -> tuple[Path, ...]:
        folder = self.home / "trust" / package.name
        folder.mkdir(parents=True, exist_ok=True)
        if Fault.CA_NOT_READ in self.faults:
            return (_link(folder / "system", self._pristine),)
        system_store = self.files.host(certificates.system_store(self.api), space=package.name)
        user_store = self.files.host(certificates.USER_STORE)
        return (
            _link(folder / "system", system_store),
            *([_link(folder / "user", user_store)] if package.trusts_user_store else []),
        )

    @property
    def _pristine(self) -> Path:
        """The image's own certificates."""
        return self.home / "image-cacerts"

    def _fill_store(self, authorities: tuple[Path, ...]) -> None:
        """Only a new phone: what somebody has added to the store of an old one stays there."""
        is_new = not self._pristine.exists()
        self._pristine.mkdir(exist_ok=True)
        for pem in authorities if is_new else ():
            certificates.add(pem, self._pristine)
        for folder in {certificates.SYSTEM_STORE, certificates.system_store(self.api)}:
            host = self.files.host(folder)
            host.mkdir(parents=True, exist_ok=True)
            if is_new:
                shutil.copytree(self._pristine, host, dirs_exist_ok=True)

    def _put_store_back(self) -> None:
        host = self.files.host(certificates.SYSTEM_STORE)
        shutil.rmtree(host)
        shutil.copytree(self._pristine, host)

    # --- making the parts

    def _host(self, home: Path, uplink_port: int) -> Host[Installed]:
        # a relative path: a unix socket's name must be short, however deep the phone's folder lies
        sockets = Path("binder")
        (home / sockets).mkdir(exist_ok=True)
        trust, disk = self._trusted_folders, home / "disk"
        return Host("android", uplink_port, home / "clock", sockets, self._data_folder, trust, home / "compiled", disk)

    def _data_folder(self, package: str) -> Path:
        return self.files.host("/data/data") / package

    def _product(self) -> dict[str, str]:
        names = ("ro.product.name", "ro.product.model", "ro.product.device")
        return {name: self.properties.get(name).replace(" ", "_") for name in names}

    def _lock(self, blueprint: Blueprint) -> None:
        keyguard = self.surface.keyguard
        keyguard.credential, keyguard.swipe = blueprint.pin, blueprint.swipe_lock
        keyguard.locked = keyguard.enabled

    def _note_boot(self) -> None:
        self.log.write("I", "boot", f"Android {self.properties.get('ro.build.version.release')} on {self.model}")
        self.log.write("I", "ActivityManager", "Finished processing BOOT_COMPLETED for u0", buffer="system")

    async def _heard(self, process: AppProcess[Installed], message: Mapping[str, Any]) -> None:
        await requests.hear(self, process, message)

    async def _serve(self, stream: Stream, destination: str) -> None:
        await services.serve(self, stream, destination)


def _link(link: Path, target: Path) -> Path:
    """Points a symbolic link at a folder, in one step for whoever reads it."""
    fresh = link.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    return link
