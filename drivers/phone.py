"""What a phone can do for a scenario, whatever phone it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from drivers.app_file import AppFile
from drivers.controls import Control


class Capability(Enum):
    """What not every phone can; a check that needs one that is missing is blocked, with these words."""

    ROOT = "root"
    SETTABLE_CLOCK = "settable_clock"
    CAMERA = "camera"


class Start(Enum):
    """`LaunchState` of `am start -W` (ActivityMetricsLogger of AOSP)."""

    COLD = "COLD"
    WARM = "WARM"
    HOT = "HOT"


@dataclass(frozen=True, slots=True)
class Launch:
    """One start as the phone itself timed it: `seconds` from the request to the first frame."""

    state: Start
    seconds: float


@dataclass(frozen=True, slots=True)
class TimedStart:
    """One start as the phone itself timed it, in seconds from the request.

    `kind` is what the phone says it was, None where it names none of the three; `full_display` is None where the app
    did not say within the limit that it shows all that people came for.
    """

    kind: Start | None
    initial_display: float
    full_display: float | None


@dataclass(frozen=True, slots=True)
class LogMark:
    """A place in the phone's log; `since` is the phone's clock then, in seconds since 1970."""

    text: str
    since: float


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """How fast a phone is on the network: kbit/s up and down, and the least and most delay of a packet in ms."""

    name: str
    up: int
    down: int
    least_delay: int
    most_delay: int


@dataclass(frozen=True, slots=True)
class PhoneCondition:
    """What a figure depends on besides the app; what the phone does not tell is `UNKNOWN`, or None for a number."""

    model: str
    system: str
    compile_mode: str
    battery_percent: int | None
    thermal: str
    debuggable: bool
    emulator: bool


UNKNOWN = "not told by the phone"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the app's sandbox; `path` is relative to its data directory."""

    path: str
    content: bytes


type ClockListener = Callable[[float], object]
"""Is told how many seconds the phone's clock is ahead of this machine's from now on."""


def unheard(ahead: float) -> None:
    """For a phone whose clock nobody listens to."""


class Phone(Protocol):
    """A phone with the app under test; every wait has a limit and ends in a BenchFault that names phone and control."""

    tell_clock: ClockListener
    """Called with each jump of the phone's clock."""

    @property
    def name(self) -> str: ...
    @property
    def app(self) -> AppFile: ...
    @property
    def start_in_log(self) -> str:
        """Words that the phone's log holds after each start of an app; without them it says nothing about one."""

    def needs(self, capability: Capability) -> None:
        """Raise CapabilityMissing where the phone cannot do it."""

    def install(self, app: AppFile) -> None: ...
    def uninstall(self) -> None: ...
    def forget_everything(self) -> None:
        """App and browser as on the first day: no data, no cookies, right time, network on."""

    def launch_cold(self) -> Launch: ...
    def launch(self) -> None: ...
    def start_app(self, mode: Start, full_display_within: float) -> TimedStart:
        """Bring the app to where such a start begins, start it, and wait for its full display up to so many seconds.

        Whether it was of the wanted kind says the answer; raises EvidenceMissing where the phone timed nothing.
        """

    def keep_state(self, name: str) -> None:
        """Stop the app and keep its sandbox as it is, for `restore_state`; raises CapabilityMissing."""

    def restore_state(self, name: str) -> None:
        """The sandbox as it was kept under that name, with empty caches; the app is not running then."""

    def forget_states(self) -> None: ...
    def act_at_once(self) -> None:
        """From now on act without waiting for the screen to rest, for those who look at the log instead."""

    def condition(self) -> PhoneCondition: ...
    def shape_network(self, profile: NetworkProfile | None) -> None:
        """Slow the phone's network down, None for as fast as it goes; raises CapabilityMissing."""

    def time_query(self, database: Path, sql: str, rounds: int) -> tuple[float, ...]:
        """Seconds of each round of a query over a database of ours, on the phone; raises CapabilityMissing."""

    def stop_app(self) -> None: ...
    def is_app_in_front(self) -> bool:
        """Whether the app itself draws what is on the screen, not the system and not the system's browser."""

    def go_home(self) -> None:
        """Press the home button, and wait until the app is behind."""

    def leave_idle(self, seconds: float) -> None:
        """Put the app into the background for that long, by the phone's own clock, and bring it back."""

    def let_time_pass(self, seconds: float) -> None: ...
    def open_link(self, link: str) -> None: ...
    def show_to_camera(self, png: bytes) -> None: ...
    def airplane_mode(self, *, on: bool) -> None: ...

    def tap(self, control: Control) -> None: ...
    def enter(self, control: Control, text: str) -> None: ...
    def wait_for(self, *controls: Control, seconds: float = ...) -> Control:
        """The first of the controls that is on the screen; raises ControlNotFound."""

    def appears(self, control: Control, seconds: float = ...) -> bool:
        """Whether the control is on the screen within the limit; for controls whose absence is the app's fault."""

    def wait_gone(self, control: Control, seconds: float = ...) -> None:
        """Until the control is no longer on the screen; raises ControlNotFound when it stays."""

    def sees(self, control: Control) -> bool: ...
    def text_of(self, control: Control) -> str: ...
    def texts_of(self, control: Control) -> tuple[str, ...]: ...
    def asks_for_password(self) -> bool:
        """Whether a password field is on the screen now."""

    def go_back(self) -> None: ...
    def screen_source(self) -> str: ...
    def screenshot(self) -> bytes: ...

    def storage(self) -> tuple[StoredFile, ...]:
        """All files of the app's sandbox; raises EvidenceMissing where they cannot be read."""

    def log(self) -> str:
        """What the phone's log holds since the last `forget_everything`."""

    def mark_log(self) -> LogMark:
        """Set a mark from which on the log can be read."""

    def log_after(self, mark: LogMark) -> str:
        """What was logged after a mark; raises EvidenceMissing where the log has lost it."""

    def await_log(self, pattern: re.Pattern[str], mark: LogMark, seconds: float = ...) -> re.Match[str]:
        """The first such line after a mark; raises EvidenceMissing when there is none within the limit."""
