"""The phone, put together: every part is made here and knows only what it is given."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.android import certificates, home_screen, requests
from testbed.android.activities import ActivityManager, NoSuchActivity, NotResolved
from testbed.android.adbd import services
from testbed.android.adbd.daemon import Daemon
from testbed.android.adbd.reversed import Reversed
from testbed.android.adbd.stream import Stream
from testbed.android.app_log import AppLog
from testbed.android.console import Console
from testbed.android.files import FileSystem
from testbed.android.instrumentation import Instrumentation
from testbed.android.intent import Intent
from testbed.android.keystore import Keystore
from testbed.android.logcat import Logcat
from testbed.android.packages import system
from testbed.android.packages.installed import Installed
from testbed.android.packages.manager import PackageManager
from testbed.android.packages.manifest import MAIN
from testbed.android.played import PLAYED, SETTINGS_APP, SETTINGS_IME
from testbed.android.properties import Properties
from testbed.android.radios import Radios
from testbed.android.settings import DEFAULT_IME, Settings
from testbed.android.uiautomator import Battery, DeviceInfo, Shown
from testbed.android.uiautomator.hand import Hand
from testbed.handset.camera import Camera
from testbed.handset.clock import Clock
from testbed.handset.processes import AppProcess, Host, Processes
from testbed.handset.unmodelled import Unmodelled
from testbed.handset.uplink import Route, Uplink
from testbed.screen import Display, Kind

HOST_ALIAS = "10.0.2.2"
"""The emulator's name for the loopback of the machine it runs on."""
KEY_HOME, KEY_BACK, KEY_WAKEUP, KEY_MENU = 3, 4, 224, 82
IDLE_KEYS = frozenset({KEY_WAKEUP, KEY_MENU})
"""Keys that change nothing on a phone that is awake and unlocked."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a phone is made from; folders are absolute."""

    home: Path
    serial: str
    api: int = 33
    model: str = "Virtual Phone"
    routes: tuple[Route, ...] = ()
    system_ca: tuple[Path, ...] = ()
    browser: bool = False


class Phone:
    size = (1080, 1920)
    density = 420
    orientation = "PORTRAIT"
    battery = Battery(1.0, 5)

    def __init__(self, blueprint: Blueprint, uplink_port: int) -> None:
        home = blueprint.home
        self.api = blueprint.api
        self.model = blueprint.model
        self.clipboard = ""
        self.appops: dict[tuple[str, str], str] = {}
        self.idle_exempt: set[str] = set()
        self.off = asyncio.Event()
        self.unmodelled = Unmodelled(home / "unmodelled.log")
        self.clock = Clock(home / "clock")
        self.log = Logcat(self.clock)
        self.properties = Properties(blueprint.api, blueprint.model, blueprint.serial)
        self.settings = Settings(home / "settings.json")
        self.files = FileSystem(home / "fs")
        self.keystore = Keystore(home / "keystore")
        self.camera = Camera()
        self.display = Display(self.size)
        self.radios = Radios(self.settings)
        self.uplink = Uplink(
            self.radios, blueprint.routes, home / "connections.jsonl", self.clock, host_alias=HOST_ALIAS
        )
        self.radios.changed = self.uplink.radios_changed
        self.packages = PackageManager(self.files, self.keystore, self.clock, blueprint.api)
        for manifest in system.image(browser=blueprint.browser):
            self.packages.preinstall(manifest)
        self.processes = Processes[Installed](self._host(home, uplink_port), AppLog(self.log))
        self.processes.on_message = self._heard
        self.activities = ActivityManager(self.packages, self.processes, self.log, blueprint.api)
        self.activities.played = lambda package: package.name in PLAYED
        self.instrumentation = Instrumentation(self)
        self.console = Console(self)
        self.daemon = Daemon(self._product(), self._serve)
        self.reversed = Reversed(self.daemon.to_host)
        self.uplink.loopback = self.reversed.serve
        self._hand = Hand(self)
        self._fill_store(blueprint.system_ca)
        self._note_boot()

    # --- what a finger and the UiAutomator2 server need (Touchable)

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
        front = self.activities.stack.front
        root = self._home_root() if front is self.activities.stack.home else front.root
        return Shown(front.name, front.activity, root, self.activities.generation, front.screen)

    async def click(self, key: str) -> None:
        if self.activities.stack.front is not self.activities.stack.home:
            self.activities.send_to_front({"event": "click", "key": key})
        elif key.startswith(home_screen.PREFIX):
            await self._start_icon(key.removeprefix(home_screen.PREFIX))

    async def set_text(self, key: str, text: str) -> None:
        self.activities.send_to_front({"event": "text", "key": key, "text": text})

    async def press_key(self, code: int) -> bool:
        if code == KEY_HOME:
            self.activities.go_home()
        elif code == KEY_BACK:
            self.activities.send_to_front({"event": "back"})
        else:
            return code in IDLE_KEYS
        return True

    async def frame_after(self, generation: int, seconds: float) -> bool:
        return await self.activities.frame_after(generation, seconds)

    def screenshot(self) -> bytes:
        return self.display.picture(self.shown())

    async def tap(self, x: float, y: float) -> None:
        """`input tap`: a touch at a place, whatever lies there."""
        await self._hand.tap(x, y)

    async def type_text(self, text: str) -> None:
        """`input text`: goes to the field that has the focus; without one it is lost, as on a real phone."""
        placed = self.display.arrange(self.shown())
        focused = next((box.view for box in placed.root.walk() if box.view.key == placed.focused), None)
        if focused is not None and focused.kind is Kind.FIELD:
            whole = focused.text + text
            self.display.type(focused.key, whole)
            await self.set_text(focused.key, whole)

    # --- the rest

    def input_methods(self) -> list[str]:
        return [DEFAULT_IME, *([SETTINGS_IME] if SETTINGS_APP in self.packages.packages else [])]

    async def reboot(self) -> None:
        """Apps end, adbd is no longer root, /system is read-only again; files and settings stay."""
        self.instrumentation.stop()
        self.activities.go_home()
        await self.processes.kill_all()
        self.files.remounted = False
        self._note_boot()
        self.daemon.restart(as_root=False)

    def power_off(self) -> None:
        self.off.set()

    async def close(self) -> None:
        """Ends every app process."""
        self.instrumentation.stop()
        await self.processes.kill_all()
        self.daemon.drop()

    def _host(self, home: Path, uplink_port: int) -> Host[Installed]:
        # a relative path: a unix socket's name must be short, however deep the phone's folder lies
        sockets = Path("binder")
        (home / sockets).mkdir(exist_ok=True)
        return Host("android", uplink_port, home / "clock", sockets, self._data_folder, self._trusted_folders)

    def _data_folder(self, package: str) -> Path:
        return self.files.host("/data/data") / package

    def _trusted_folders(self, package: Installed) -> tuple[Path, ...]:
        stores = [
            certificates.system_store(self.api),
            *([certificates.USER_STORE] if package.trusts_user_store else []),
        ]
        return tuple(self.files.host(store) for store in stores)

    def _product(self) -> dict[str, str]:
        names = ("ro.product.name", "ro.product.model", "ro.product.device")
        return {name: self.properties.get(name).replace(" ", "_") for name in names}

    def _fill_store(self, authorities: tuple[Path, ...]) -> None:
        for folder in {certificates.SYSTEM_STORE, certificates.system_store(self.api)}:
            host = self.files.host(folder)
            host.mkdir(parents=True, exist_ok=True)
            if folder == certificates.system_store(self.api):
                for pem in authorities:
                    certificates.add(pem, host)

    def _note_boot(self) -> None:
        self.log.write("I", "boot", f"Android {self.properties.get('ro.build.version.release')} on {self.model}")
        self.log.write("I", "ActivityManager", "Finished processing BOOT_COMPLETED for u0", buffer="system")

    def _home_root(self) -> Mapping[str, object]:
        """The same object while nothing was installed, so that the display keeps its layout."""
        fresh = home_screen.root(list(self.packages.packages.values()))
        home = self.activities.stack.home
        if home.root != fresh:
            home.root = fresh
        return home.root

    async def _start_icon(self, package: str) -> None:
        try:
            await self.activities.start(Intent(action=MAIN, package=package))
        except (NotResolved, NoSuchActivity):
            self.log.write("E", "Launcher", f"Unable to launch {package}")

    async def _heard(self, process: AppProcess[Installed], message: Mapping[str, Any]) -> None:
        await requests.hear(self, process, message)

    async def _serve(self, stream: Stream, destination: str) -> None:
        await services.serve(self, stream, destination)
