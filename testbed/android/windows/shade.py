"""Notifications, and the shade that shows them (AOSP SystemUI NotificationShadeWindow)."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from testbed.android.windows.window import Window, Windows, button, column, label

ROW = "notification:"
CLEAR = "dismiss_text"
SYSTEM_UI = "com.android.systemui"


@dataclass(frozen=True, slots=True)
class Notification:
    number: int
    package: str
    tag: str
    title: str
    text: str
    at: float
    """By the phone's clock, seconds."""

    @property
    def key(self) -> str:
        """StatusBarNotification.getKey without the uid, which `dumpsys notification` adds."""
        return f"0|{self.package}|{self.number}|{self.tag or 'null'}"


@dataclass(slots=True)
class Shade:
    windows: Windows
    clicked: Callable[[Notification], Awaitable[None]]
    posted: list[Notification] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _window: Window | None = None

    def post(self, package: str, tag: str, title: str, text: str, at: float) -> Notification:
        """A newer one of the same package and tag takes the place of the old."""
        self.posted = [one for one in self.posted if not (tag and (one.package, one.tag) == (package, tag))]
        found = Notification(next(self._numbers), package, tag, title, text, at)
        self.posted.append(found)
        self._refresh()
        return found

    def cancel(self, package: str) -> None:
        """All of an app's, as when it is uninstalled or force-stopped."""
        self.posted = [one for one in self.posted if one.package != package]
        self._refresh()

    @property
    def expanded(self) -> bool:
        return self._window is not None

    def expand(self) -> None:
        if self._window is None:
            window = Window(
                SYSTEM_UI, "", "Shade", self._root(), self._click, self._collapsed, title="NotificationShade"
            )
            self._window = window
            self.windows.open(window)

    def collapse(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            self.windows.close(window)

    async def _collapsed(self) -> None:
        self.collapse()

    def _refresh(self) -> None:
        if self._window is not None:
            self._window.root = self._root()
            self.windows.changed()

    def _root(self) -> dict[str, object]:
        rows = [
            {
                "key": f"{ROW}{one.number}",
                "kind": "item",
                "id": "expandableNotificationRow",
                "clickable": True,
                "children": [
                    label(f"title {one.number}", one.title, "android:id/title"),
                    label(f"text {one.number}", one.text, "android:id/text"),
                ],
            }
            for one in reversed(self.posted)
        ]
        scroller = {"key": "scroller", "kind": "list", "id": "notification_stack_scroller", "children": rows}
        tail = (
            [button(CLEAR, "Clear all", CLEAR)]
            if rows
            else [label("no_notifications", "No notifications", "no_notifications")]
        )
        return column("shade", scroller, *tail, name="notification_panel")

    async def _click(self, key: str) -> None:
        if key == CLEAR:
            self.posted.clear()
            self._refresh()
            return
        found = next((one for one in self.posted if key == f"{ROW}{one.number}"), None)
        if found is not None:
            self.posted.remove(found)
            self.collapse()
            await self.clicked(found)
