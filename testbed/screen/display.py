"""The part of what is seen that the phone keeps, not the app: focus, scrolling, and typing not yet answered."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from testbed.screen.layout import Box, Placed, layout
from testbed.screen.paint import render
from testbed.screen.view import View


class Frame(Protocol):
    """A frame as an app sent it: `root` is its VIEW tree, `screen` the name the app gave it."""

    @property
    def package(self) -> str: ...
    @property
    def screen(self) -> str: ...
    @property
    def root(self) -> Mapping[str, object]: ...


@dataclass(slots=True)
class _Kept:
    screen: str
    focused: str | None = None
    typing: bool = False
    """Whether the keyboard is up."""
    offsets: dict[str, int] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


class Display:
    """One phone's screen; arranges whatever frame is in front, and remembers for each app what a person did there.

    Another screen of an app starts unscrolled and unfocused. Typed text stands until the app sends a newer frame,
    whose own text then counts, as an app may change what its text watcher sees.
    """

    def __init__(self, size: tuple[int, int] = (1080, 1920), keyboard: int = 0) -> None:
        """`keyboard` is how many pixels the on-screen keyboard takes from an app while a field has the focus."""
        self.size = size
        self._keyboard = keyboard
        self._apps: dict[str, _Kept] = {}
        self._front = ""
        self._root: object = None
        self._view: View | None = None
        self._placed: Placed | None = None

    def arrange(self, frame: Frame) -> Placed:
        """Lay the frame out as it is now seen.

        :raises ViewError: when the frame is no view tree.
        """
        if self._placed is None or frame.root is not self._root or frame.package != self._front:
            self._take(frame)
        return self._placed or self._lay_out()

    def focus(self, key: str | None) -> None:
        """Give the focus to a view of the frame that was arranged last."""
        self._kept.focused = key
        typing, self._kept.typing = self._kept.typing, key is not None
        if self._keyboard and typing != self._kept.typing:
            self._placed = None
        elif self._placed is not None:
            self._placed = replace(self._placed, focused=key)

    def forget(self, package: str) -> None:
        """The app's windows have ended; what it shows next starts unscrolled and unfocused."""
        self._apps.pop(package, None)
        if self._front == package:
            self._root, self._placed = None, None

    def hide_keyboard(self) -> None:
        """The field keeps the focus."""
        self._kept.typing = False
        self._placed = None

    def resize(self, size: tuple[int, int], keyboard: int | None = None) -> None:
        """Another size, as when the phone is turned; the keyboard may be another one then."""
        self.size = size
        self._keyboard = self._keyboard if keyboard is None else keyboard
        self._placed = None

    def type(self, key: str, text: str) -> None:
        """Show a text in a field until the app's next frame."""
        self._kept.typed[key] = text
        self._placed = None

    def scroll(self, key: str, pixels: int) -> bool:
        """Move the content of a scrolling view up (or, below zero, down); True when more can be scrolled that way."""
        box = self._box(key)
        offset = min(max(box.offset + pixels, 0), box.hidden)
        self._kept.offsets[key] = offset
        self._placed = None
        return offset > 0 if pixels < 0 else offset < box.hidden

    def picture(self, frame: Frame, clock: str = "") -> bytes:
        """A PNG of the whole screen; `clock` stands in the status bar."""
        out = io.BytesIO()
        render(self.arrange(frame), clock).save(out, "PNG", compress_level=1)
        return out.getvalue()

    @property
    def _kept(self) -> _Kept:
        return self._apps[self._front]

    def _box(self, key: str) -> Box:
        return next(box for box in (self._placed or self._lay_out()).root.walk() if box.view.key == key)

    def _take(self, frame: Frame) -> None:
        view = View.parse(frame.root)
        kept = self._apps.get(frame.package)
        if kept is None or kept.screen != frame.screen:
            kept = _Kept(frame.screen)
        keys = {each.key for each in view.walk()}
        kept.offsets = {key: offset for key, offset in kept.offsets.items() if key in keys}
        kept.focused = kept.focused if kept.focused in keys else None
        kept.typing = kept.typing and kept.focused is not None
        if frame.root is not self._root:
            kept.typed = {}
        self._apps[frame.package] = kept
        self._front, self._root, self._view, self._placed = frame.package, frame.root, view, None

    def _lay_out(self) -> Placed:
        if self._view is None:
            raise LookupError("no frame was arranged yet")
        kept = self._kept
        view = _with(self._view, kept.typed) if kept.typed else self._view
        keyboard = self._keyboard if kept.typing else 0
        self._placed = layout(view, self.size, kept.offsets, kept.focused, keyboard)
        return self._placed


def _with(view: View, typed: Mapping[str, str]) -> View:
    children = tuple(_with(child, typed) for child in view.children)
    return replace(view, text=typed.get(view.key, view.text), children=children)
