"""An iPhone or a simulator: the XCUITest driver for what it may do, a hand for the rest."""

import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from drivers.app_file import AppFile
from drivers.controls import BACK, Control, Where
from drivers.ios.container import Container, by_cable, by_driver
from drivers.ios.hand import Hand
from drivers.ios.installed import Places, places
from drivers.ios.kept_state import KeptStates, Opened
from drivers.ios.locators import locate
from drivers.ios.log import SystemLog
from drivers.ios.questions import About, question_of
from drivers.locators import told_to
from drivers.phone import (
    UNKNOWN,
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
from drivers.tools import free_port
from faults import BenchFault, CapabilityMissing, ControlNotFound, EvidenceMissing

NOT_RUNNING, FOREGROUND = 1, 4  # XCUIApplicationState
FIRST_FRAME = re.compile(r"\[(?P<pid>\d+)\].*: first frame seconds=(?P<seconds>[\d.]+)")
FULL_DISPLAY = re.compile(r"\[(?P<pid>\d+)\].*: full display seconds=(?P<seconds>[\d.]+)")
LINK_OPENED = re.compile(r"UIOpenURLAction")
"""UIKit's line when a scene gets a link (Received action(s) in scene-update)."""
STEP_TOLERANCE = 5.0  # seconds
BAR = Control("url_bar", Where.BROWSER)
THERMAL = ("nominal", "fair", "serious", "critical")
"""NSProcessInfoThermalState."""


@dataclass(slots=True)
class IosPhone:
    name: str
    app: AppFile
    session: Session
    hand: Hand
    system_log: SystemLog
    open_container: Opened
    place_of: Places
    start_in_log: ClassVar[str] = "Bootstrapping app<"
    """SpringBoard's words for every start of an app."""
    tell_clock: ClockListener = field(default=unheard, init=False)
    _clock_moved: bool = field(default=False, init=False)
    _offline: bool = field(default=False, init=False)
    _consented: bool = field(default=False, init=False)
    _expected: set[About] = field(default_factory=set, init=False)
    _authority: Path | None = field(default=None, init=False)
    _states: KeptStates = field(init=False)

    def __post_init__(self) -> None:
        self._states = KeptStates(self.name, self.open_container)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.hand.capabilities

    def needs(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            msg = f"{self.name} has no {capability.value.replace('_', ' ')}; this check needs a phone that has"
            raise CapabilityMissing(msg)

    # --- the app on the phone

    def install(self, app: AppFile) -> None:
        """Raises EvidenceMissing where the phone still has the bundle that it had before."""
        self._install_over(self._bundle(), app)

    def _install_over(self, before: str | None, app: AppFile) -> None:
        self.session.run("mobile: installApp", app=str(app.path))
        after = self._bundle()
        self.app = app
        if after is None or after == before:
            msg = f"{self.name}: after the install the phone has {after or 'no app'} as before; no build was replaced"
            raise EvidenceMissing(msg)
        if before is None and (kept := self.storage()):
            msg = f"{self.name}: the app that was installed anew found {len(kept)} old files, e.g. {kept[0].path}"
            raise EvidenceMissing(msg)

    def uninstall(self) -> None:
        self.session.run("mobile: removeApp", bundleId=self.app.package)
        if self._bundle() is not None:
            msg = f"{self.name}: {self.app.package} is still there after it was removed"
            raise EvidenceMissing(msg)

    def is_installed(self) -> bool:
        return self._bundle() is not None

    def _bundle(self) -> str | None:
        """Where the app's bundle lies: another place after each install; None where it is not installed."""
        return self.place_of(self.app.package)

    def forget_everything(self) -> None:
        self.airplane_mode(on=False)
        self._right_the_clock()
        self.uninstall()  # also where it is not installed: that costs less than to ask first
        self.hand.clear_website_data()
        self.hand.clear_keychain()
        self._install_over(None, self.app)
        self._expected.clear()
        self._consented = False
        self.system_log.forget()

    def _right_the_clock(self) -> None:
        if self._clock_moved:
            self.hand.set_clock(None)
            self._clock_moved = False
            self.tell_clock(0.0)

    def launch_cold(self) -> Launch:
        self.stop_app()
        mark = self.system_log.mark()
        self.launch()
        return Launch(Start.COLD, float(self.system_log.wait_for(FIRST_FRAME, mark, PATIENCE)["seconds"]))

    def launch(self) -> None:
        self._consented = False
        self.session.run("mobile: launchApp", bundleId=self.app.package)
        self._expect_in_front()

    def bring_to_front(self) -> None:
        """As it is, where it runs."""
        if self._state() != FOREGROUND:
            self.session.run("mobile: activateApp", bundleId=self.app.package)
        self._expect_in_front()

    def _expect_in_front(self) -> None:
        if self._state() != FOREGROUND or self._front() != self.app.package:
            msg = f"{self.name}: {self.app.package} was launched, but {self._front()} is in front"
            raise BenchFault(msg)

    def stop_app(self) -> None:
        self.session.run("mobile: terminateApp", bundleId=self.app.package)
        self._consented = False
        if self._state() != NOT_RUNNING:
            msg = f"{self.name}: {self.app.package} runs on after it was terminated"
            raise BenchFault(msg)

    def _state(self) -> int:
        return int(self.session.run("mobile: queryAppState", bundleId=self.app.package))

    def _front(self) -> str:
        return str(self.session.run("mobile: activeAppInfo")["bundleId"])

    def is_app_in_front(self) -> bool:
        """A sheet of the system's browser over the app is not the app."""
        return self._front() == self.app.package and not self.session.sees(BAR)

    def leave_idle(self, seconds: float) -> None:
        """Raises BenchFault where another process of the app came back: then it was ended, not idle."""
        process = self._process()
        self.go_home()
        self.let_time_pass(seconds)
        self.session.run("mobile: activateApp", bundleId=self.app.package)
        self._expect_in_front()
        if self._process() != process:
            msg = f"{self.name}: the app was ended while it was behind; nothing can be said of its idle time"
            raise BenchFault(msg)

    def _process(self) -> int:
        return int(self.session.run("mobile: activeAppInfo")["pid"])

    def go_home(self) -> None:
        """The home button, and wait until the app is behind."""
        self.session.run("mobile: pressButton", name="home")
        until = time.monotonic() + PATIENCE
        while self._state() == FOREGROUND:
            if time.monotonic() > until:
                msg = f"{self.name}: the app was still in front {PATIENCE:g} s after the home button"
                raise ControlNotFound(msg)

    def let_time_pass(self, seconds: float) -> None:
        """Time passes: jumped where the hand can set the clock, waited for elsewhere."""
        if Capability.SETTABLE_CLOCK not in self.capabilities:
            time.sleep(seconds)
            return
        self._clock_moved = True
        target = self._clock() + seconds
        self.hand.set_clock(target)
        if abs(self._clock() - target) > STEP_TOLERANCE:
            msg = f"{self.name}: the clock did not take the time that was set"
            raise CapabilityMissing(msg)
        self.tell_clock(target - time.time())

    def _clock(self) -> float:
        """Seconds since 1970 by lockdownd, not by the hand (`mobile: getDeviceTime`)."""
        return datetime.fromisoformat(str(self.session.run("mobile: getDeviceTime"))).timestamp()

    def open_link(self, link: str) -> None:
        """Raises EvidenceMissing where no app was seen to get it."""
        mark = self.system_log.mark()
        self.session.run("mobile: deepLink", url=link)
        self.system_log.wait_for(LINK_OPENED, mark, PATIENCE)

    def show_to_camera(self, png: bytes) -> None:
        self.needs(Capability.CAMERA)
        self.hand.show_to_camera(png)
        self._expected.add(About.CAMERA)

    def airplane_mode(self, *, on: bool) -> None:
        if on is not self._offline:
            self.hand.airplane_mode(on=on)
            self._offline = on

    # --- the screen

    def tap(self, control: Control) -> None:
        self.session.tap(control)

    def enter(self, control: Control, text: str) -> None:
        """Raises BenchFault where the field does not hold what was typed; of a secure one only the length is seen."""
        self.session.enter(control, text)
        held = self.session.text_of(control)
        if held != text and held != "•" * len(text):
            msg = f"{self.name}: {len(text)} characters were typed into {control}, and it holds {len(held)}"
            raise BenchFault(msg)

    def wait_for(self, *controls: Control, seconds: float = PATIENCE) -> Control:
        """As of a person: while waiting, what iOS asks about a sign-in page or the camera is answered."""
        until = time.monotonic() + seconds
        while True:
            for control in controls:
                if self.session.sees(control):
                    self._vouch_for(control)
                    return control
            self._answer(controls)
            if time.monotonic() > until:
                return self.session.wait_for(*controls, seconds=0)  # one more look; it has the words for the fault
            time.sleep(PAUSE)

    def _answer(self, awaited: tuple[Control, ...]) -> None:
        """Press what a person would press who waits for these controls; raises BenchFault for any other question."""
        words = self.session.alert()
        if words is None:
            return
        question = question_of(words)
        awaits_page = any(control.where is not Where.APP for control in awaited)
        if question is None or not (
            question.about in self._expected or (question.about is About.SIGN_IN and awaits_page)
        ):
            msg = f"{self.name}: iOS asks {words.splitlines()[0]!r}, and nobody expected that"
            raise BenchFault(msg)
        labels = self.session.run("mobile: alert", action="getButtons")
        label = next((one for one in question.answers if one in labels), None)
        if label is None:
            msg = f"{self.name}: iOS asks {words.splitlines()[0]!r} with buttons {labels}, none of which is known"
            raise BenchFault(msg)
        self.session.run("mobile: alert", action="accept", buttonLabel=label)
        self._consented = self._consented or question.about is About.SIGN_IN

    def _vouch_for(self, control: Control) -> None:
        """A page in the system's sheet that iOS never asked about is no page of a sane phone."""
        if control.where is Where.APP or self._consented:
            return
        if self._front() == self.app.package and self.session.sees(BAR):
            msg = f"{self.name}: a sign-in page is shown that iOS did not ask about; does something accept its alerts?"
            raise BenchFault(msg)

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
        return "<XCUIElementTypeSecureTextField" in self.session.source()

    def go_back(self) -> None:
        """An iPhone has no back key: the app's own button."""
        self.session.tap(BACK)

    def screen_source(self) -> str:
        return self.session.source()

    def screenshot(self) -> bytes:
        return self.session.screenshot()

    # --- what is left behind

    def storage(self) -> tuple[StoredFile, ...]:
        with self.open_container(self.app) as container:
            found = container.read()
        return tuple(StoredFile(path, found[path]) for path in sorted(found))

    def log(self) -> str:
        return self.system_log.text()

    def mark_log(self) -> LogMark:
        return self.system_log.mark()

    def log_after(self, mark: LogMark) -> str:
        return self.system_log.after(mark)

    def await_log(self, pattern: re.Pattern[str], mark: LogMark, seconds: float = PATIENCE) -> re.Match[str]:
        return self.system_log.wait_for(pattern, mark, seconds)

    # --- what is timed

    def start_app(self, mode: Start, full_display_within: float) -> TimedStart:
        if mode is not Start.COLD:
            msg = (
                f"{self.name}: iOS times no {mode.value.lower()} start: what its log tells of a start is the app's own"
                " mark of the first frame of its process, and here the process lives on"
            )
            raise CapabilityMissing(msg)
        self.stop_app()
        mark = self.system_log.mark()
        self.launch()
        initial = float(self.system_log.wait_for(FIRST_FRAME, mark, PATIENCE)["seconds"])
        return TimedStart(Start.COLD, initial, self._full_display(mark, full_display_within))

    def _full_display(self, mark: LogMark, seconds: float) -> float | None:
        if seconds <= 0:
            return None
        try:
            return float(self.system_log.wait_for(FULL_DISPLAY, mark, seconds)["seconds"])
        except EvidenceMissing:
            return None

    def keep_state(self, name: str) -> None:
        self.stop_app()
        self._states.keep(self.app, name)

    def restore_state(self, name: str) -> None:
        self.stop_app()
        self._states.restore(self.app, name)

    def forget_states(self) -> None:
        self._states.forget()

    def act_at_once(self) -> None:
        self.session.act_at_once()

    def condition(self) -> PhoneCondition:
        info = self.session.run("mobile: deviceInfo")
        battery = self.session.run("mobile: batteryInfo")
        level = battery.get("level")
        return PhoneCondition(
            model=str(info.get("model", UNKNOWN)),
            system=f"iOS {info.get('ProductVersion') or info.get('lockdownInfo', {}).get('ProductVersion') or UNKNOWN}",
            compile_mode=UNKNOWN,
            battery_percent=None if level is None else round(float(level) * 100),
            thermal=THERMAL[int(info.get("thermalState", 0))],
            debuggable=self.app.debuggable,
            emulator=bool(info.get("isSimulator")),
        )

    def shape_network(self, profile: NetworkProfile | None) -> None:
        if profile is not None:
            msg = f"{self.name}: its network cannot be slowed down to {profile.name}"
            raise CapabilityMissing(msg)

    def time_query(self, database: Path, sql: str, rounds: int) -> tuple[float, ...]:
        msg = f"{self.name}: nothing of ours runs on an iPhone, so {rounds} rounds over {database.name} cannot be timed"
        raise CapabilityMissing(f"{msg} ({sql[:40]})")

    # --- the network

    def trust_authority(self, certificate: Path) -> None:
        self.hand.trust(certificate)
        self._authority = certificate

    def use_proxy(self, port: int) -> None:
        """Send the phone's traffic to a proxy on this machine."""
        self.hand.use_proxy(port)

    def put_back(self) -> None:
        """As it was before the run: right time, network on, no proxy, no authority of ours."""
        with suppress(BenchFault):
            self.hand.use_proxy(None)
            self.airplane_mode(on=False)
            self._right_the_clock()
            if self._authority is not None:
                self.hand.distrust(self._authority)

    def close(self) -> None:
        with suppress(BenchFault):
            self.session.close()


def open_ios_phone(  # noqa: PLR0913 -- what a phone is reached by
    name: str,
    *,
    appium: str,
    udid: str,
    wda: str | None,
    app: AppFile,
    hand: Hand,
    usbmuxd: Path | None = None,
    controls: Mapping[str, str] | None = None,
) -> IosPhone:
    """As `attach_ios_phone`, and the app installed."""
    phone = attach_ios_phone(
        name, appium=appium, udid=udid, wda=wda, app=app, hand=hand, usbmuxd=usbmuxd, controls=controls
    )
    phone.install(app)
    return phone


def attach_ios_phone(  # noqa: PLR0913 -- what a phone is reached by
    name: str,
    *,
    appium: str,
    udid: str,
    wda: str | None,
    app: AppFile,
    hand: Hand,
    usbmuxd: Path | None = None,
    controls: Mapping[str, str] | None = None,
) -> IosPhone:
    """A session on a phone; `wda` is where WebDriverAgent runs already, None to have it built.

    `usbmuxd` is who has the phone at its cable, None for a simulator, which has none.
    `controls` are locators of those that this build names otherwise.
    """
    session = Session(name, appium, capabilities_for(udid, wda), told_to(locate, controls, "ios"))

    def opened(app: AppFile) -> AbstractContextManager[Container]:
        return by_driver(name, session, app) if usbmuxd is None else by_cable(name, usbmuxd, udid, app)

    placed = places(name, session, hand, usbmuxd, udid)
    return IosPhone(name, app, session, hand, SystemLog(name, session), opened, placed)


def capabilities_for(udid: str, wda: str | None) -> Mapping[str, object]:
    """What the XCUITest driver needs; with webDriverAgentUrl and udid it asks for no Xcode, on any system.

    No app is named: we install and start it ourselves, and what is in front then is what the commands are about.
    """
    return {
        "platformName": "iOS",
        "appium:automationName": "XCUITest",
        "appium:udid": udid,
        **({"appium:webDriverAgentUrl": wda} if wda else {}),
        "appium:noReset": True,
        "appium:mjpegServerPort": free_port(),
        "appium:newCommandTimeout": 600,
    }
