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
from drivers.android import clipboard, condition, kept_state, links, log, on_device, questions, radios, shaping, starts
from drivers.android.clock import expect_app_keeps_time, read_clock, set_clock
from drivers.android.front import focused_package, package_in_front
from drivers.android.gateway import Gateway
from drivers.android.install import install, place_of, uninstall
from drivers.android.processes import pid_of, stop
from drivers.android.restoration import Restoration
from drivers.android.root import Root
from drivers.android.storage import names_in_sandbox, read_sandbox
from drivers.app_file import AppFile
from drivers.controls import Control, Where
from drivers.phone import (
    Capability,
    ClockListener,
    Launch,
    LogMark,
    NetworkProfile,
    PhoneCondition,
    Start,
    StoredFile,
    TimedStart,
    unheard,
)
from drivers.session import PATIENCE, PAUSE, Session
from faults import BenchFault, CapabilityMissing, ControlNotFound, EvidenceMissing

HOME_KEY = "3"
BULLET = "•"  # android.text.method.PasswordTransformationMethod.DOT


@dataclass(slots=True)
class AndroidPhone:
    """`browser` is the package of the system browser, whose cookies are forgotten between tests.

    Whatever is done is looked at afterwards by another way than it was done; what does not show is a BenchFault.
    """

    name: str
    adb: Adb
    app: AppFile
    session: Session
    capabilities: frozenset[Capability]
    browser: str
    root: Root | None = None
    gateway: Gateway = field(default_factory=Gateway)
    restoration: Restoration | None = None
    start_in_log: ClassVar[str] = "Displayed"
    """ActivityTaskManager's word for every start of an activity."""
    tell_clock: ClockListener = field(default=unheard, init=False)
    _clock_moved: bool = field(default=False, init=False)
    _log_mark: LogMark | None = field(default=None, init=False)
    _camera_awaited: bool = field(default=False, init=False)

    def needs(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            msg = f"{self.name} has no {capability.value.replace('_', ' ')}; this check needs a phone that has"
            raise CapabilityMissing(msg)

    # --- the app on the phone

    def install(self, app: AppFile) -> None:
        """Raises EvidenceMissing where an app that was not there before finds data of one that was."""
        is_new = place_of(self.adb, app.package) is None
        install(self.adb, app)
        self.app = app
        if is_new:
            self._expect_empty("was installed anew")

    def uninstall(self) -> None:
        uninstall(self.adb, self.app.package)

    def forget_everything(self) -> None:
        self.airplane_mode(on=False)
        stop(self.adb, self.browser)
        self.adb.shell("pm", "clear", self.browser)
        self._install_or_clear()
        self._camera_awaited = False
        self._right_the_clock()
        self.adb.shell("logcat", "-c")
        self._log_mark = self.mark_log()

    def _expect_empty(self, what: str) -> None:
        """Where nobody can look inside, the app's own start screen has to show it."""
        if not (self.root or self.app.debuggable):
            return
        if kept := names_in_sandbox(self.adb, self.app, self.root):
            msg = f"{self.name}: {self.app.package} {what} and still has {len(kept)} files, e.g. {kept[0]}"
            raise EvidenceMissing(msg)

    def _right_the_clock(self) -> None:
        if self._clock_moved:
            set_clock(self.adb, time.time(), self.root)
            self._clock_moved = False
            self.tell_clock(0.0)

    def _install_or_clear(self) -> None:
        if place_of(self.adb, self.app.package) is None:
            self.install(self.app)
            return
        stop(self.adb, self.app.package)
        self.adb.shell("pm", "clear", self.app.package)
        self._expect_empty("was cleared")

    def launch_cold(self) -> Launch:
        self.stop_app()
        mark = self.mark_log()
        launch = self._started()
        starts.expect_displayed(launch, self.app.package, lambda pattern: self.await_log(pattern, mark))
        return launch

    def launch(self) -> None:
        self._started()

    def _started(self, *options: str) -> Launch:
        before, began = pid_of(self.adb, self.app.package), time.monotonic()
        component = f"{self.app.package}/{self.app.activity}"
        said = self.adb.shell("am", "start", "-W", *options, "-n", component, seconds=60)
        took = time.monotonic() - began
        try:
            return starts.launch_of(said, took, before=before, after=pid_of(self.adb, self.app.package))
        except EvidenceMissing as fault:
            msg = f"{self.name}: {fault}"
            raise EvidenceMissing(msg) from fault

    def start_app(self, mode: Start, full_display_within: float) -> TimedStart:
        self._prepare(mode)
        mark = self.mark_log()
        launch = self._started(*starts.OPTIONS[mode])
        starts.expect_displayed(launch, self.app.package, lambda pattern: self.await_log(pattern, mark))
        return TimedStart(launch.state, launch.seconds, self._full_display(mark, full_display_within))

    def _prepare(self, mode: Start) -> None:
        """Cold begins without a process, warm and hot with one whose activity is behind the home screen."""
        if mode is Start.COLD:
            self.stop_app()
            return
        if not self._has_focus():
            self._started()
        self.go_home()

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

    def act_at_once(self) -> None:
        self.session.act_at_once()

    def condition(self) -> PhoneCondition:
        return condition.condition_of(self.adb, self.app.package)

    def shape_network(self, profile: NetworkProfile | None) -> None:
        shaping.shape(self.adb, profile)

    def time_query(self, database: Path, sql: str, rounds: int) -> tuple[float, ...]:
        return on_device.time_query(self.adb, database, sql, rounds)

    def stop_app(self) -> None:
        stop(self.adb, self.app.package)

    def is_app_in_front(self) -> bool:
        return package_in_front(self.adb, self.session) == self.app.package

    def leave_idle(self, seconds: float) -> None:
        """Raises EvidenceMissing where the app goes on by another clock than the one that was set."""
        self.go_home()
        self.let_time_pass(seconds)
        mark = self.mark_log()
        self._started()
        if self._clock_moved and (pid := pid_of(self.adb, self.app.package)) is not None:
            expect_app_keeps_time(self.adb, pid, mark)

    def go_home(self) -> None:
        self.adb.shell("input", "keyevent", HOME_KEY)
        self._wait_until_behind()

    def _wait_until_behind(self) -> None:
        until = time.monotonic() + PATIENCE
        while self._has_focus():
            if time.monotonic() > until:
                msg = f"{self.name}: the app was still in front {PATIENCE:g} s after the home key"
                raise ControlNotFound(msg)

    def _has_focus(self) -> bool:
        """By the window manager alone, which takes a tenth of the time of two witnesses."""
        return focused_package(self.adb) == self.app.package

    def let_time_pass(self, seconds: float) -> None:
        """Time passes: jumped where the clock can be set, waited for elsewhere."""
        if Capability.SETTABLE_CLOCK not in self.capabilities:
            time.sleep(seconds)
            return
        if self.restoration is not None:
            self.restoration.note(clock=True)
        self._clock_moved = True
        target = read_clock(self.adb) + seconds
        set_clock(self.adb, target, self.root)
        self.tell_clock(target - time.time())

    def open_link(self, link: str) -> None:
        links.open_link(self.adb, link)

    def show_to_camera(self, png: bytes) -> None:
        """The picture lies there from now on; the app's question for the camera is allowed when it comes."""
        self.needs(Capability.CAMERA)
        self._camera_awaited = not questions.holds(self.adb, self.app.package, questions.CAMERA)
        self.session.run("mobile: injectEmulatorCameraImage", payload=base64.b64encode(png).decode())

    def airplane_mode(self, *, on: bool) -> None:
        radios.switch_airplane_mode(self.adb, on=on)

    def wifi(self, *, on: bool) -> None:
        radios.switch_wifi(self.adb, on=on)

    def clipboard(self) -> str:
        """The text on the phone's clipboard; raises EvidenceMissing where an empty one may be a dead one."""
        return clipboard.read_clipboard(self.name, self.session)

    # --- the screen

    def tap(self, control: Control) -> None:
        self.session.tap(control)

    def enter(self, control: Control, text: str) -> None:
        """Raises BenchFault where the field does not hold what was typed; of a password only the length is seen."""
        self.session.enter(control, text)
        held = self.session.text_of(control)
        if held not in (text, BULLET * len(text)):
            msg = f"{self.name}: {len(text)} characters were typed into {control}, and it holds {len(held)}"
            raise BenchFault(msg)

    def wait_for(self, *controls: Control, seconds: float = PATIENCE) -> Control:
        """As of a person: the question for the camera that was just held something before is answered meanwhile."""
        if not self._camera_awaited:
            return self.session.wait_for(*controls, seconds=seconds)
        until = time.monotonic() + seconds
        while self._camera_awaited and time.monotonic() < until:
            if found := next((control for control in controls if self.session.sees(control)), None):
                return found
            asked = questions.answer_camera(self.name, self.adb, self.session, self.app.package)
            self._camera_awaited = not asked
            time.sleep(PAUSE)
        return self.session.wait_for(*controls, seconds=max(0.0, until - time.monotonic()))

    def appears(self, control: Control, seconds: float = PATIENCE) -> bool:
        try:
            self.wait_for(control, seconds=seconds)
        except ControlNotFound:
            return False
        return True

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
        """Raises EvidenceMissing where the log does not reach back that far, or shows nothing that is written to it."""
        mark = self._log_mark or self.mark_log()
        told = self.adb.read("logcat", "-d", "-v", "epoch").decode(errors="replace")
        if mark.text not in told:
            msg = f"{self.name}: the log does not hold what was written to it; its buffer is too small, or it is silent"
            raise EvidenceMissing(msg)
        return told

    def mark_log(self) -> LogMark:
        return log.set_mark(self.adb)

    def log_after(self, mark: LogMark) -> str:
        return log.read_after(self.adb, mark)

    def await_log(self, pattern: re.Pattern[str], mark: LogMark, seconds: float = PATIENCE) -> re.Match[str]:
        return log.wait_for(self.adb, pattern, mark, seconds)

    # --- the network

    def use_proxy(self, port: int) -> None:
        """Send the phone's traffic to a proxy on this machine; raises EvidenceMissing where the phone forgets it."""
        if self.gateway.reversed and self.restoration is not None:
            self.restoration.note(reverse=port)
        self.gateway.use_proxy(self.adb, port)

    def put_back(self) -> None:
        """Settings, network and clock as before the run. A phone that is gone is put back by the next run on it."""
        with suppress(BenchFault):
            if self.restoration is None:
                self.gateway.use_no_proxy(self.adb)
                self.airplane_mode(on=False)
                self._right_the_clock()
            else:
                self.restoration.put_settings_back()
                self._clock_moved = False


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
            case Where.SYSTEM:
                return AppiumBy.ANDROID_UIAUTOMATOR, f'new UiSelector().resourceIdMatches(".+:id/{control.id}")'


def capabilities_for(
    serial: str, adb_server_port: int, app: AppFile, chromedriver: str | None = None
) -> dict[str, object]:
    """What the UiAutomator2 driver needs to drive an app that we install and start ourselves.

    `chromedriver` is a program of the version of the phone's Chrome, for contexts of web pages.
    """
    web: dict[str, object] = {"appium:chromedriverExecutable": chromedriver} if chromedriver else {}
    return web | {
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
