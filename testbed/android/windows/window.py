from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

type Deed = Callable[[str], Awaitable[None]]


async def _nothing(_: str = "") -> None:
    """A window that does not care."""


async def _no_text(_: str, __: str) -> None:
    """A window without fields."""


async def _no_back() -> None:
    """A window that the back key does not close."""


@dataclass(slots=True, eq=False)
class Window:
    """One system window: its tree, and what touching it does. `package/activity` is what has the focus then."""

    package: str
    activity: str
    screen: str
    root: Mapping[str, object]
    click: Deed = _nothing
    back: Callable[[], Awaitable[None]] = _no_back
    text: Callable[[str, str], Awaitable[None]] = _no_text
    title: str = ""
    """What `dumpsys window` calls it where that is no activity."""
    owner: str = ""
    """The app whose task it lies over; a window without one lies over all."""

    @property
    def focus(self) -> str:
        return self.title or f"{self.package}/{self.activity}"


@dataclass(slots=True)
class Windows:
    """System windows over the tasks, the topmost last."""

    changed: Callable[[], None]
    _stack: list[Window] = field(default_factory=list)

    def top(self, front: str) -> Window | None:
        """The topmost window over the app that is in front."""
        return next((one for one in reversed(self._stack) if one.owner in ("", front)), None)

    def open(self, window: Window) -> None:
        self._stack.append(window)
        self.changed()

    def close(self, window: Window) -> None:
        if window in self._stack:
            self._stack.remove(window)
            self.changed()

    def close_all(self, owner: str | None = None) -> None:
        """Those of an app that has ended; without an owner, all."""
        kept = [one for one in self._stack if owner is not None and one.owner != owner]
        if len(kept) != len(self._stack):
            self._stack = kept
            self.changed()


def label(key: str, text: str, name: str = "") -> dict[str, object]:
    return {"key": key, "kind": "label", "id": name, "text": text}


def button(key: str, text: str, name: str) -> dict[str, object]:
    return {"key": key, "kind": "button", "id": name, "text": text}


def column(key: str, *children: Mapping[str, object], name: str = "") -> dict[str, object]:
    return {"key": key, "kind": "column", "id": name, "children": list(children)}
