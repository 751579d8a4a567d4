"""The attributes that predicates, XPath and clients ask for (XCUIElement+FBWebDriverAttributes.m, FBElementUtils.m)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.glass import under
from testbed.ios.wda.elements import uid_of
from testbed.ios.wda.phone import Touchable
from testbed.ios.wda.snapshot import ACCESSIBLE, PREFIX, TEXTUAL, Place, Snapshot

type Value = str | bool | int | float | dict[str, float] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads attributes of the elements of one snapshot; `pid` is that of its app."""

    phone: Touchable
    pid: int

    def read(self, name: str, of: Snapshot) -> Value:
        """The value for an attribute's name with or without `wd`; raises Refusal for an unknown one.

        FBUnknownAttributeException is in no list of FBExceptionHandler.m, so it comes out as an unknown error.
        """
        getter = GETTERS.get(_plain(name))
        if getter is None:
            known = "(\n    " + ",\n    ".join(sorted([*GETTERS, *map(_prefixed, GETTERS)])) + "\n)"
            message = f"The attribute '{name}' is unknown. Valid attribute names are: {known}"
            raise Refusal(Fault.UNKNOWN_ERROR, message)
        return getter(self, of)

    def hittable(self, of: Snapshot) -> bool:
        """Whether a touch at its middle reaches it, or something in it."""
        if of.pane is None or of.box is None or of.box.seen.empty:
            return False
        seen = of.pane.on_glass(of.box.seen)
        x, y = seen.centre
        pane = under(self.phone.glass(), x, y)
        if pane is None or (pane.window, pane.owner) != (of.pane.window, of.pane.owner):
            return False
        return any(box.view.key == of.box.view.key for box in pane.trail(x, y))


def text_of(snapshot: Snapshot) -> str:
    """FBElementCommands.m, handleGetText."""
    return value(snapshot) or label(snapshot) or ""


def name(snapshot: Snapshot) -> str | None:
    return snapshot.identifier or snapshot.label or None


def label(snapshot: Snapshot) -> str | None:
    return snapshot.label if snapshot.type in {"TextField", "SecureTextField"} else snapshot.label or None


def value(snapshot: Snapshot) -> str | None:
    if snapshot.type == "StaticText":
        return snapshot.value or snapshot.label or None
    if snapshot.type == "Button":
        return snapshot.value or ("1" if snapshot.selected else None)
    if snapshot.type in TEXTUAL:
        return snapshot.value or snapshot.placeholder or None
    return snapshot.value or None


def placeholder(snapshot: Snapshot) -> str | None:
    return snapshot.placeholder if snapshot.type in TEXTUAL else snapshot.placeholder or None


def rect(snapshot: Snapshot) -> dict[str, float]:
    place = snapshot.place.integral()
    return {"y": place.y, "x": place.x, "width": place.width, "height": place.height}


def cg_rect(place: Place) -> str:
    """NSStringFromCGRect."""
    return f"{{{{{place.x:g}, {place.y:g}}}, {{{place.width:g}, {place.height:g}}}}}"


def _holds_accessible(snapshot: Snapshot) -> bool:
    return any(child.type in ACCESSIBLE or _holds_accessible(child) for child in snapshot.children)


GETTERS: Mapping[str, Callable[[Reader, Snapshot], Value]] = {
    "UID": lambda reader, one: uid_of(one.identity, reader.pid),
    "accessibilityContainer": lambda _, one: _holds_accessible(one),
    "accessible": lambda _, one: one.type in ACCESSIBLE,
    "customActions": lambda _, __: None,
    "enabled": lambda _, one: one.enabled,
    "focused": lambda _, one: one.focused,
    "frame": lambda _, one: rect(one),
    "hittable": lambda reader, one: reader.hittable(one),
    "index": lambda _, one: one.index,
    "label": lambda _, one: label(one),
    "maxValue": lambda _, __: None,
    "minValue": lambda _, __: None,
    "name": lambda _, one: name(one),
    "nativeAccessibilityElement": lambda _, one: one.type in ACCESSIBLE,
    "nativeFrame": lambda _, one: cg_rect(one.place),
    "placeholderValue": lambda _, one: placeholder(one),
    "rect": lambda _, one: rect(one),
    "selected": lambda _, one: one.selected,
    "traits": lambda _, one: one.traits,
    "type": lambda _, one: PREFIX + one.type,
    "value": lambda _, one: value(one),
    "visible": lambda _, one: one.visible,
}


def _plain(name: str) -> str:
    """`wdName` and `isWDVisible`-style names are aliases of `name` and `visible`."""
    if name.startswith("isWD"):
        name = name.removeprefix("is").replace("WD", "wd", 1)
    if not name.startswith("wd") or len(name) < len("wdX"):
        return name
    rest = name[2:]
    return rest if rest == rest.upper() else rest[0].lower() + rest[1:]


def _prefixed(name: str) -> str:
    return "wd" + name[0].upper() + name[1:]
