"""The seam: what WebDriverAgent needs of the iPhone it runs on, and nothing more. Lengths are in points."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Protocol

from testbed.ios.glass import Pane

type Point = tuple[float, float]


class AppState(IntEnum):
    """XCUIApplicationState."""

    UNKNOWN = 0
    NOT_RUNNING = 1
    SUSPENDED = 2
    BACKGROUND = 3
    FOREGROUND = 4


class Held(Enum):
    """UIDeviceOrientation; UIInterfaceOrientation of an app that follows has the same number."""

    PORTRAIT = "UIDeviceOrientationPortrait"
    UPSIDE_DOWN = "UIDeviceOrientationPortraitUpsideDown"
    LANDSCAPE_LEFT = "UIDeviceOrientationLandscapeLeft"
    LANDSCAPE_RIGHT = "UIDeviceOrientationLandscapeRight"
    FACE_UP = "UIDeviceOrientationFaceUp"
    FACE_DOWN = "UIDeviceOrientationFaceDown"

    @property
    def landscape(self) -> bool:
        return self in {Held.LANDSCAPE_LEFT, Held.LANDSCAPE_RIGHT}


class AppMissingError(Exception):
    """No such app is on the phone; the bundle identifier."""


class AppFailedError(Exception):
    """The app could not be started, or did not stay; the words are XCTest's."""


class LinkRefusedError(Exception):
    """No app opens the link; the words are those of the system."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One app as XCTest sees it: its windows from back to front."""

    bundle_id: str
    pid: int
    name: str
    panes: tuple[Pane, ...]
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Battery:
    """`level` from 0.0 to 1.0; `state` as UIDeviceBatteryState (1 unplugged, 2 charging, 3 full)."""

    level: float
    state: int


@dataclass(frozen=True, slots=True)
class Device:
    """What UIDevice and NSLocale say; `scale` is pixels a point, `size` points."""

    name: str
    model: str
    ios: str
    vendor_id: str
    locale: str
    time_zone: str
    size: tuple[int, int]
    scale: int
    status_bar: int


class Touchable(Protocol):
    """An iPhone as WebDriverAgent touches it."""

    appearance: str
    pasteboard: tuple[str, bytes]
    location: tuple[float, float] | None
    """Latitude and longitude that were told, in degrees."""

    @property
    def held(self) -> Held:
        """How the phone is held."""

    @property
    def interface(self) -> Held:
        """How what is in front stands on the glass: as the phone is held, where the app in front allows it."""

    @property
    def device(self) -> Device: ...
    @property
    def battery(self) -> Battery: ...
    @property
    def locked(self) -> bool: ...
    @property
    def generation(self) -> int:
        """Counts what changes on the screen."""

    def front(self) -> Scene:
        """The app that has the screen; SpringBoard itself where none has."""

    def springboard(self) -> Scene:
        """The system's own windows: home screen and alerts."""

    def scene(self, bundle_id: str) -> Scene | None:
        """An app that runs in front; None for any other."""

    def glass(self) -> tuple[Pane, ...]:
        """Everything that is on the glass, from back to front."""

    def apps(self) -> tuple[tuple[str, int], ...]:
        """Bundle identifier and pid of the apps on the screen."""

    async def tap(self, at: Point) -> None:
        """A finger set down and lifted; returns when the app is told."""

    def scroll(self, pane: Pane, key: str, points: float) -> bool:
        """Move what a view holds up; True when it can be moved further that way."""

    async def type_text(self, text: str) -> bool:
        """Strike keys; False where nothing has the keyboard."""

    async def dismiss_keyboard(self) -> bool: ...
    async def press_home(self) -> None: ...
    async def press_lock(self) -> None: ...
    async def unlock(self) -> None: ...

    async def launch(self, bundle_id: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        """Start an app anew, and wait for its first frame; raises AppMissingError or AppFailedError."""

    async def activate(self, bundle_id: str) -> None:
        """Bring an app forward, starting it where it does not run; raises as launch does."""

    async def terminate(self, bundle_id: str) -> None: ...
    def state(self, bundle_id: str) -> AppState: ...

    async def open_url(self, url: str, bundle_id: str | None) -> None:
        """Hand a link to its app, or to the named one; raises LinkRefusedError, AppMissingError or AppFailedError."""

    def reset_permission(self, bundle_id: str, resource: int) -> None: ...
    async def changed_after(self, generation: int, seconds: float) -> bool:
        """Wait until the screen is newer than `generation`; False when it stayed the same so long."""

    def turn(self, held: Held) -> bool:
        """Hold the phone so; False where what is in front does not follow."""

    async def expect(self, name: str | None, seconds: float) -> bool:
        """Wait for a Darwin notification, None for one that nobody posts; False when it did not come in time."""

    def screenshot(self) -> bytes:
        """A PNG of the whole screen, in pixels."""
