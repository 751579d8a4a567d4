"""An Android phone or emulator: Appium for the screen, adb for the rest."""

import base64
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from appium.webdriver.common.appiumby import AppiumBy

from drivers.adb import Adb
from drivers.android import condition, kept_state, log, on_device, shaping, starts
from drivers.android.clock import read_clock, set_clock
from drivers.android.storage import read_sandbox
from drivers.app_file import AppFile
from drivers.controls import Control, Where
from drivers.phone import (
    Capability,
    Launch,
    LogMark,
    NetworkProfile,
    PhoneCondition,
    Start,
    StoredFile,
    TimedStart,
)
from drivers.session import PATIENCE, Session
from faults import BenchFault, CapabilityMissing, ControlNotFound, EvidenceMissing

STARTED = re.compile(r"^Status: ok$.*?^LaunchState: (\w+)$.*?^TotalTime: (\d+)$", re.MULTILINE | re.DOTALL)
CURRENT_FOCUS = re.compile(r"mCurrentFocus=Window\{\S+ \S+ ([^/\s]+)/")
HOME_KEY = "3"
CAMERA_PERMISSION = "android.permission.CAMERA"  # asked for at run time, and taken back by `pm clear`


@dataclass(slots=True)
class AndroidPhone:
    """`browser` is the package of the system browser, whose cookies are forgotten between tests."""

    name: str
    adb: Adb
    app: AppFile
    session: Session
    capabilities: frozenset[Capability]
    browser: str
    start_in_log: ClassVar[str] = "Displayed"
    """ActivityTaskManager's word for every start of an activity."""
    _clock_moved: bool = field(default=False, init=False)

    def needs(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            msg = f"{self.name} has no {capability.value.replace('_', ' ')}; this check needs a phone that has"
            raise CapabilityMissing(msg)

    # --- the app on the phone

    def install(self, app: AppFile) -> None:
        self.adb.install(app.path)
        self.app = app

    def uninstall(self) -> None:
        self.adb.uninstall(self.app.package)

    def forget_everything(self) -> None:
        self.airplane_mode(on=False)
        self.adb.shell("am", "force-stop", self.browser)
        self.adb.shell("pm", "clear", self.browser)
        self._install_or_clear()
        self._right_the_clock()
        self.adb.shell("logcat", "-c")

    def _right_the_clock(self) -> None:
        if self._clock_moved:
            set_clock(self.adb, time.time())
            self._clock_moved = False

    def _install_or_clear(self) -> None:
        if f"package:{self.app.package}\n" in self.adb.shell("pm", "list", "packages", self.app.package):
            self.adb.shell("am", "force-stop", self.app.package)
            self.adb.shell("pm", "clear", self.app.package)
        else:
            self.adb.install(self.app.path)

    def launch_cold(self) -> Launch:
        self.stop_app()
        return self._started("-W")

    def launch(self) -> None:
        self._started("-W")

    def _started(self, *options: str) -> Launch:
        said = self.adb.shell("am", "start", *options, "-n", f"{self.app.package}/{self.app.activity}", seconds=60)
        match = STARTED.search(said)
        if match is None:
            msg = f"{self.name}: `am start -W` reported no start: {said.strip()[-300:]}"
            raise EvidenceMissing(msg)
        return Launch(Start(match[1]), int(match[2]) / 1000)

    def start_app(self, mode: Start, full_display_within: float) -> TimedStart:
        self._prepare(mode)
        mark = self.mark_log()
        component = f"{self.app.package}/{self.app.activity}"
        said = self.adb.shell("am", "start", "-W", *starts.OPTIONS[mode], "-n", component, seconds=60)
        initial = starts.total_of(said)
        return TimedStart(starts.kind_of(said), initial, self._full_display(mark, full_display_within))

    def _prepare(self, mode: Start) -> None:
        """Cold begins without a process, warm and hot with one whose activity is behind the home screen."""
        if mode is Start.COLD:
            self.stop_app()
            return
        if not self.is_app_in_front():
            self._started("-W")
        self.adb.shell("input", "keyevent", HOME_KEY)
        self._wait_until_behind()

    def _full_display(self, mark: LogMark, seconds: float) -> float | None:
        if seconds <= 0:
            return None
        try:
            found = self.await_log(starts.fully_drawn(self.app.package), mark, seconds)
        except EvidenceMissing:
            return None
        return starts.duration(found[1])

    def keep_state(self, name: str) -> None:
        self.stop_app()
        kept_state.keep(self.adb, self.app, name)

    def restore_state(self, name: str) -> None:
        self.stop_app()
        kept_state.restore(self.adb, self.app, name)

    def forget_states(self) -> None:
        kept_state.forget(self.adb, self.app)

    def condition(self) -> PhoneCondition:
        return condition.condition_of(self.adb, self.app.package)

    def shape_network(self, profile: NetworkProfile | None) -> None:
        shaping.shape(self.adb, profile)

    def time_query(self, database: Path, sql: str, rounds: int) -> tuple[float, ...]:
        return on_device.time_query(self.adb, database, sql, rounds)

    def stop_app(self) -> None:
        self.adb.shell("am", "force-stop", self.app.package)

    def is_app_in_front(self) -> bool:
        focused = CURRENT_FOCUS.search(self.adb.shell("dumpsys", "window", "displays"))
        if focused is None:
            msg = f"{self.name}: `dumpsys window displays` names no window in front"
            raise EvidenceMissing(msg)
        return focused[1] == self.app.package

    def leave_idle(self, seconds: float) -> None:
        self.adb.shell("input", "keyevent", HOME_KEY)
        self._wait_until_behind()
        self.let_time_pass(seconds)
        self._started("-W")

    def _wait_until_behind(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.is_app_in_front():
            if time.monotonic() > until:
                msg = f"{self.name}: the app was still in front {PATIENCE:g} s after the home key"
                raise ControlNotFound(msg)

    def let_time_pass(self, seconds: float) -> None:
        """Time passes: jumped where the clock can be set, waited for elsewhere."""
        if Capability.SETTABLE_CLOCK not in self.capabilities:
            time.sleep(seconds)
            return
        self._clock_moved = True
        set_clock(self.adb, read_clock(self.adb) + seconds)

    def open_link(self, link: str) -> None:
        self.adb.shell("am", "start", "-W", "-a", "android.intent.action.VIEW", "-d", quoted(link))

    def show_to_camera(self, png: bytes) -> None:
        self.needs(Capability.CAMERA)
        self.adb.shell("pm", "grant", self.app.package, CAMERA_PERMISSION)
        self.session.run("mobile: injectEmulatorCameraImage", payload=base64.b64encode(png).decode())

    def airplane_mode(self, *, on: bool) -> None:
        if self._airplane_mode_is(on=on):
            return
        self.adb.shell("cmd", "connectivity", "airplane-mode", "enable" if on else "disable")
        if not self._airplane_mode_is(on=on):
            msg = f"{self.name}: airplane mode could not be turned {'on' if on else 'off'}"
            raise CapabilityMissing(msg)

    def _airplane_mode_is(self, *, on: bool) -> bool:
        return self.adb.shell("settings", "get", "global", "airplane_mode_on").strip() == str(int(on))

    # --- the screen

    def tap(self, control: Control) -> None:
        self.session.tap(control)

    def enter(self, control: Control, text: str) -> None:
        self.session.enter(control, text)

    def wait_for(self, *controls: Control, seconds: float = PATIENCE) -> Control:
        return self.session.wait_for(*controls, seconds=seconds)

    def appears(self, control: Control, seconds: float = PATIENCE) -> bool:
        return self.session.appears(control, seconds=seconds)

    def wait_gone(self, control: Control, seconds: float = PATIENCE) -> None:
        self.session.wait_gone(control, seconds=seconds)

    def sees(self, control: Control) -> bool:
        return self.session.sees(control)

    def text_of(self, control: Control) -> str:
        return self.session.text_of(control)

    def texts_of(self, control: Control) -> tuple[str, ...]:
        return self.session.texts_of(control)

    def asks_for_password(self) -> bool:
        return 'password="true"' in self.session.source()

    def go_back(self) -> None:
        self.session.back()

    def screen_source(self) -> str:
        return self.session.source()

    def screenshot(self) -> bytes:
        return self.session.screenshot()

    # --- what is left behind

    def storage(self) -> tuple[StoredFile, ...]:
        found = read_sandbox(self.adb, self.app)
        return tuple(file for file in found if not file.path.startswith(f"{kept_state.KEPT}/"))

    def log(self) -> str:
        return self.adb.read("logcat", "-d", "-v", "epoch").decode(errors="replace")

    def mark_log(self) -> LogMark:
        return log.set_mark(self.adb)

    def log_after(self, mark: LogMark) -> str:
        return log.read_after(self.adb, mark)

    def await_log(self, pattern: re.Pattern[str], mark: LogMark, seconds: float = PATIENCE) -> re.Match[str]:
        return log.wait_for(self.adb, pattern, mark, seconds)

    # --- the network

    def use_proxy(self, port: int) -> None:
        """Send the phone's traffic to a proxy on this machine (10.0.2.2 is the host, docs of the emulator)."""
        self.adb.shell("settings", "put", "global", "http_proxy", f"10.0.2.2:{port}")

    def put_back(self) -> None:
        """As it was before the run: right time, network on, no proxy. A phone that is gone needs none of it."""
        with suppress(BenchFault):
            self.adb.shell("settings", "put", "global", "http_proxy", ":0")
            self.airplane_mode(on=False)
            self._right_the_clock()


@dataclass(frozen=True, slots=True)
class Locator:
    """How UiAutomator2 finds a control: a page's nodes have their HTML id alone as resource id."""

    package: str
    browser: str

    def __call__(self, control: Control) -> tuple[str, str]:
        match control.where:
            case Where.APP:
                return AppiumBy.ID, f"{self.package}:id/{control.id}"
            case Where.BROWSER:
                return AppiumBy.ID, f"{self.browser}:id/{control.id}"
            case Where.PAGE:
                return AppiumBy.ANDROID_UIAUTOMATOR, f'new UiSelector().resourceId("{control.id}")'


def capabilities_for(serial: str, adb_server_port: int, app: AppFile) -> dict[str, object]:
    """What the UiAutomator2 driver needs to drive an app that we install and start ourselves."""
    return {
        "platformName": "Android",
        "appium:automationName": "UiAutomator2",
        "appium:udid": serial,
        "appium:adbPort": adb_server_port,
        "appium:suppressKillServer": True,
        "appium:appPackage": app.package,
        "appium:appActivity": app.activity,
        "appium:autoLaunch": False,
        "appium:noReset": True,
        "appium:newCommandTimeout": 600,
    }


def quoted(word: str) -> str:
    """For the phone's shell: adb joins its arguments by blanks (adb shell's own man page)."""
    return "'" + word.replace("'", "'\\''") + "'"
