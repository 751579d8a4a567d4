"""The accessibility tree of an app, as XCTest snapshots it for the views on the glass (XCElementSnapshot)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from testbed.ios.glass import Pane, Window
from testbed.ios.wda.phone import Scene
from testbed.screen import Box, Kind, Rect, View

PREFIX = "XCUIElementType"
BULLET = "•"

_TYPES = {
    Kind.COLUMN: "Other",
    Kind.ROW: "Other",
    Kind.HEADING: "StaticText",
    Kind.LABEL: "StaticText",
    Kind.BUTTON: "Button",
    Kind.FIELD: "TextField",
    Kind.LIST: "Table",
    Kind.ITEM: "Cell",
    Kind.SWITCH: "Switch",
    Kind.IMAGE: "Image",
    Kind.BROWSER_BAR: "TextField",
}
_OUTERMOST = {Window.ALERT: "Alert", Window.KEYBOARD: "Keyboard"}
_BUTTONS = {Window.KEYBOARD: "Key", Window.HOME: "Icon"}
_TRAITS = {
    "Button": "Button",
    "StaticText": "StaticText",
    "Image": "Image",
    "Key": "KeyboardKey",
    "Icon": "Button",
    "Switch": "Button, ToggleButton",
}
ACCESSIBLE = frozenset(
    {"StaticText", "Button", "TextField", "SecureTextField", "Switch", "Image", "Cell", "Key", "Icon"}
)
TEXTUAL = frozenset({"TextField", "SecureTextField", "SearchField", "TextView"})
"""FBDoesElementSupportInnerText."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes an element the same element in a later snapshot."""

    owner: str
    window: str
    screen: str
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """CGRect, in points."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    def integral(self) -> "Place":
        """CGRectIntegral: the smallest rectangle of whole points around it."""
        left, top = math.floor(self.x), math.floor(self.y)
        return Place(left, top, math.ceil(self.x + self.width) - left, math.ceil(self.y + self.height) - top)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One element; texts are empty where UIKit gives nil or nothing."""

    identity: Identity
    type: str
    place: Place
    identifier: str = ""
    label: str = ""
    value: str | None = None
    placeholder: str | None = None
    enabled: bool = True
    selected: bool = False
    focused: bool = False
    visible: bool = True
    traits: str = ""
    index: int = 0
    pane: Pane | None = None
    box: Box | None = None
    children: tuple["Snapshot", ...] = ()

    @property
    def hidden(self) -> int:
        """Pixels more than are seen, of a view that scrolls."""
        return self.box.hidden if self.box is not None else 0

    def walk(self) -> Iterator["Snapshot"]:
        """The element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(scene: Scene, size: tuple[int, int], scale: int) -> Snapshot:
    """The application element with its windows."""
    whole = Place(0, 0, *size)
    windows = tuple(_window(pane, n, whole, scale) for n, pane in enumerate(scene.panes))
    identity = Identity(scene.bundle_id, "", "", "application", "application")
    return Snapshot(identity, "Application", whole, label=scene.name, children=windows)


def _window(pane: Pane, index: int, whole: Place, scale: int) -> Snapshot:
    build = _Builder(pane, scale)
    content = build.element(pane.placed.root, 0, above=None)
    identity = Identity(pane.owner, pane.window.value, "", f"window {pane.window.value}", "window")
    return Snapshot(identity, "Window", whole, index=index, children=(content,), pane=pane)


class _Builder:
    def __init__(self, pane: Pane, scale: int) -> None:
        self._pane = pane
        self._scale = scale

    def element(self, box: Box, index: int, above: View | None) -> Snapshot:
        view = box.view
        kind = self._type(box, above)
        return Snapshot(
            identity=Identity(self._pane.owner, self._pane.window.value, self._pane.screen, view.key, view.kind),
            type=kind,
            place=self._place(box.rect),
            identifier=view.id,
            label=_label(view, kind),
            value=_value(view, kind),
            placeholder=view.hint if kind in TEXTUAL else None,
            enabled=view.enabled,
            focused=self._pane.placed.focused == view.key and view.kind is Kind.FIELD,
            visible=not box.seen.empty,
            traits=_traits(view, kind),
            index=index,
            pane=self._pane,
            box=box,
            children=tuple(self.element(child, n, view) for n, child in enumerate(box.children)),
        )

    def _place(self, rect: Rect) -> Place:
        on_glass = self._pane.on_glass(rect)
        scale = self._scale
        return Place(on_glass.left / scale, on_glass.top / scale, rect.width / scale, rect.height / scale)

    def _type(self, box: Box, above: View | None) -> str:
        view, window = box.view, self._pane.window
        if above is None and window in _OUTERMOST:
            return _OUTERMOST[window]
        if view.kind is Kind.BUTTON and window in _BUTTONS:
            return _BUTTONS[window]
        if view.is_page and not (above and above.is_page):
            return "WebView"
        if view.kind is Kind.FIELD and view.password:
            return "SecureTextField"
        if view.kind is Kind.COLUMN and box.scrolls:
            return "ScrollView"
        return _TYPES[view.kind]


def _label(view: View, kind: str) -> str:
    if kind == "Cell":
        return ", ".join(part for part in (view.text, view.description) if part)
    if kind in TEXTUAL or view.kind is Kind.BROWSER_BAR:
        return view.description
    return view.description or view.text


def _value(view: View, kind: str) -> str | None:
    """accessibilityValue: a field's text, bullets of a secure one, 0 or 1 of a switch."""
    if kind == "Switch":
        return "1" if view.checked else "0"
    if kind == "SecureTextField":
        return BULLET * len(view.text) or None
    if kind in TEXTUAL:
        return view.text or None
    return None


def _traits(view: View, kind: str) -> str:
    traits = [_TRAITS.get(kind, "")]
    if view.kind is Kind.HEADING:
        traits = ["StaticText", "Header"]
    return ", ".join([*(one for one in traits if one), *(() if view.enabled else ("NotEnabled",))])
