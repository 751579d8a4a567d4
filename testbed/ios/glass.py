"""What lies on the glass: windows over each other, each laid out on its own, hit-tested and drawn together."""

import io
from dataclasses import dataclass
from enum import Enum

from PIL import Image

from testbed.screen import Box, Placed, Rect, render, theme

SHADE = (0, 0, 0)
DIMMED = 0.45


class Window(Enum):
    """What a window is for."""

    HOME = "home"
    APP = "app"
    SHEET = "sheet"
    KEYBOARD = "keyboard"
    ALERT = "alert"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as its app sent it (testbed.screen.display.Frame)."""

    package: str
    screen: str
    root: dict[str, object]


@dataclass(frozen=True, slots=True)
class Pane:
    """One window: `owner` draws it, `at` is where its left upper corner stands on the glass, in pixels."""

    window: Window
    owner: str
    screen: str
    placed: Placed
    at: tuple[int, int] = (0, 0)

    @property
    def rect(self) -> Rect:
        """The part of the glass that it covers; the room that `layout` leaves for a status bar is not drawn."""
        width, height = self.placed.size
        top = self.at[1] + (theme.STATUS_BAR if self.at[1] else 0)
        return Rect(self.at[0], top, self.at[0] + width, self.at[1] + height)

    def trail(self, x: float, y: float) -> tuple[Box, ...]:
        """The views under a point of the glass, from the outermost to the innermost."""
        return self.placed.trail(x - self.at[0], y - self.at[1])

    def on_glass(self, rect: Rect) -> Rect:
        """A rectangle of the window as it stands on the glass."""
        left, top = self.at
        return Rect(rect.left + left, rect.top + top, rect.right + left, rect.bottom + top)


def under(panes: tuple[Pane, ...], x: float, y: float) -> Pane | None:
    """The window that a touch reaches; an alert takes all touches, also those beside it."""
    for pane in reversed(panes):
        if pane.rect.holds(x, y):
            return pane
        if pane.window is Window.ALERT:
            return None
    return None


def picture(panes: tuple[Pane, ...], size: tuple[int, int], clock: str) -> bytes:
    """A PNG of the glass in pixels; what lies behind an alert is dimmed."""
    image = Image.new("RGB", size, theme.PAPER)
    for pane in panes:
        if pane.window is Window.ALERT:
            image = Image.blend(image, Image.new("RGB", size, SHADE), DIMMED)
        drawn = render(pane.placed, "" if pane.at[1] else clock)
        top = theme.STATUS_BAR if pane.at[1] else 0
        image.paste(drawn.crop((0, top, *pane.placed.size)), (pane.at[0], pane.at[1] + top))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
