"""What a phone can do for a scenario, whatever phone it is."""

from dataclasses import dataclass
from enum import Enum
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
class StoredFile:
    """A file in the app's sandbox; `path` is relative to its data directory."""

    path: str
    content: bytes


class Phone(Protocol):
    """A phone with the app under test; every wait has a limit and ends in a BenchFault that names phone and control."""

    @property
    def name(self) -> str: ...
    @property
    def app(self) -> AppFile: ...

    def needs(self, capability: Capability) -> None:
        """Raise CapabilityMissing where the phone cannot do it."""

    def install(self, app: AppFile) -> None: ...
    def uninstall(self) -> None: ...
    def forget_everything(self) -> None:
        """App and browser as on the first day: no data, no cookies, right time, network on."""

    def launch_cold(self) -> Launch: ...
    def launch(self) -> None: ...
    def stop_app(self) -> None: ...
    def is_app_in_front(self) -> bool: ...
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
