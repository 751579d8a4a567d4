"""The seam: what the UiAutomator2 server needs of the phone it runs on, and nothing more."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

from testbed.screen import Display


@dataclass(frozen=True, slots=True)
class Shown:
    """What is in front: the newest frame of the app that has the screen; `root` must not change afterwards.

    `screen` is the name that the app gave its frame: views of another screen are other views, whatever their keys.
    """

    package: str
    activity: str
    root: Mapping[str, object]
    generation: int
    screen: str = ""
    toast: str = ""
    """The text of the toast over it, which the server hears as a notification."""


@dataclass(frozen=True, slots=True)
class Battery:
    """`level` from 0.0 to 1.0; `status` as BatteryManager.BATTERY_STATUS_* (2 charging, 3 discharging, 5 full)."""

    level: float
    status: int


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What android.os.Build, Settings.Secure and the connectivity service say of the phone.

    A network is an object as NetworkInfoModel of the server writes it (`typeName`, `isConnected`, `state`, ...).
    """

    android_id: str
    manufacturer: str
    brand: str
    platform_version: str
    carrier: str | None
    locale: str
    time_zone: str
    networks: tuple[Mapping[str, object], ...] = ()


class Touchable(Protocol):
    """A phone as the server touches it. `density` is in dpi, `size` in pixels, `api` the SDK level.

    `display` holds focus, scrolling and what is being typed, so that the phone's own screenshots and `input`
    commands see the same screen; a screenshot is `display.picture(shown)`.
    """

    clipboard: str

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def density(self) -> int: ...
    @property
    def api(self) -> int: ...
    @property
    def model(self) -> str: ...
    @property
    def display(self) -> Display: ...
    @property
    def orientation(self) -> str:
        """PORTRAIT or LANDSCAPE."""

    @property
    def rotation(self) -> int:
        """Quarter turns, Surface.ROTATION_*."""

    @property
    def battery(self) -> Battery: ...
    @property
    def device_info(self) -> DeviceInfo: ...

    def shown(self) -> Shown:
        """The frame that is in front now."""

    async def click(self, key: str) -> None:
        """Tell the app in front that the view was tapped; returns when the event is sent."""

    async def set_text(self, key: str, text: str) -> None:
        """Tell the app in front the whole new text of a field; returns when the event is sent."""

    async def press_key(self, code: int) -> bool:
        """Press a key (android.view.KeyEvent.KEYCODE_*); False when the phone cannot make that key."""

    async def frame_after(self, generation: int, seconds: float) -> bool:
        """Wait until a frame newer than `generation` is in front; False when none came in that time."""

    async def edge_swipe(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """A swipe that may be the phone's own; True where it was, and no app hears of it."""

    def is_animating(self) -> bool:
        """Whether the app in front has been drawing without being asked to, and still does."""

    def declared_orientation(self) -> str | None:
        """What the manifest says of the activity in front, SCREEN_ORIENTATION_…; None where it is no app's."""

    def rotate(self, quarter: int) -> bool:
        """Turn the screen to Surface.ROTATION_*; False where it cannot be turned."""

    def open_notifications(self) -> None:
        """Pull the notification shade down."""

    async def served(self, path: str, answer: Awaitable[object]) -> object:
        """Every answer of the server goes through the phone, which may be slow, or have a fault."""

    def screenshot(self) -> bytes:
        """A PNG of the whole screen."""
