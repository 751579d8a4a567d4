"""What the system asks a person, one alert at a time, over everything else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from testbed.ios.glass import Pane, Window
from testbed.screen import View, layout, theme

WIDTH = 270
"""Points, as UIAlertController's."""
TALLEST = 4000
BUTTON = "alert:"


@dataclass(frozen=True, slots=True)
class Alert:
    """`answers` are the buttons from left to right, each with what it does; `owner` is the app it is about.

    `dropped` is told when the app is gone before anybody answered.
    """

    owner: str
    title: str
    message: str
    answers: tuple[tuple[str, Callable[[], Awaitable[None]]], ...]
    dropped: Callable[[], object] = lambda: None

    @property
    def root(self) -> dict[str, object]:
        buttons = [{"key": f"{BUTTON}{label}", "kind": "button", "text": label} for label, _ in self.answers]
        words = [("title", self.title), ("message", self.message)]
        labels = [{"key": f"alert {name}", "kind": "label", "text": text} for name, text in words if text]
        row = {"key": "alert buttons", "kind": "row", "children": buttons}
        return {"key": "alert", "kind": "column", "description": self.title, "children": [*labels, row]}


def pane(alert: Alert, size: tuple[int, int], scale: int, owner: str) -> Pane:
    """The alert in the middle of the screen, as high as its words need; `size` in pixels."""
    view = View.parse(alert.root)
    width = WIDTH * scale
    tall = layout(view, (width, TALLEST))
    height = max(box.rect.bottom for box in tall.root.walk() if box is not tall.root) + theme.GAP
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return Pane(Window.ALERT, owner, alert.title, layout(view, (width, height)), (left, top))


class Alerts:
    """The queue of alerts; the first one is seen."""

    def __init__(self, changed: Callable[[], None], answers_itself: Callable[[], bool]) -> None:
        self._changed = changed
        self._answers_itself = answers_itself
        self._waiting: list[Alert] = []

    @property
    def front(self) -> Alert | None:
        return self._waiting[0] if self._waiting else None

    async def ask(self, alert: Alert) -> None:
        if self._answers_itself():
            await alert.answers[-1][1]()
            return
        self._waiting.append(alert)
        self._changed()

    async def press(self, key: str) -> None:
        """A button of the alert in front."""
        alert = self.front
        if alert is None:
            return
        for label, act in alert.answers:
            if key == f"{BUTTON}{label}":
                self._waiting.remove(alert)
                self._changed()
                await act()
                return

    def drop(self, owner: str) -> None:
        """An app is gone, and what it wanted with it."""
        vain = [alert for alert in self._waiting if alert.owner == owner]
        self._waiting = [alert for alert in self._waiting if alert.owner != owner]
        for alert in vain:
            alert.dropped()
        self._changed()
