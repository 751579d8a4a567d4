"""The glass of the phone: what lies on it, and what fingers, keys and WebDriverAgent do there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from testbed.ios import alerts, home_screen, keyboard
from testbed.ios.faults import Fault
from testbed.ios.glass import Frame, Pane, Window, picture, under
from testbed.ios.packages.system import SAFARI, SPRINGBOARD
from testbed.ios.posture import Posture
from testbed.ios.running import Running
from testbed.ios.wda.phone import AppState, Battery, Device, Held, Point, Scene
from testbed.screen import Box, Display, Kind, Placed, View, layout

if TYPE_CHECKING:
    from testbed.ios.phone import Phone

SCALE = 3
SIZE = (1170, 2532)
"""Pixels, as an iPhone 13's."""
SPRINGBOARD_PID = 34
FULL, CHARGING, UNPLUGGED = 3, 2, 1
DELETING = "\b\x7f"
WRONG = SAFARI
"""What comes up on a phone that starts another app."""


class Surface:
    """What WebDriverAgent touches (testbed.ios.wda.phone.Touchable)."""

    appearance = "light"

    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self._board = phone.springboard
        self.pasteboard: tuple[str, bytes] = ("plaintext", b"")
        self.location: tuple[float, float] | None = None
        self._posture = Posture()
        self._home = Display(SIZE)
        self._home_root: dict[str, object] = {}
        self._frozen: bytes | None = None
        self._stale: tuple[Pane, ...] | None = None

    @staticmethod
    def display() -> Display:
        return Display(SIZE, keyboard=keyboard.POINTS * SCALE)

    # --- what is seen

    @property
    def device(self) -> Device:
        return self._phone.about

    @property
    def held(self) -> Held:
        return self._posture.held

    @property
    def interface(self) -> Held:
        return self._posture.interface(self._turning)

    @property
    def size(self) -> tuple[int, int]:
        """Of the glass as it is looked at now, in pixels."""
        return self._posture.size(self._turning, SIZE)

    @property
    def _turning(self) -> Running | None:
        return None if self.locked else self._board.front

    @property
    def battery(self) -> Battery:
        found = self._phone.battery
        full = FULL if found.level >= 1 else CHARGING
        return Battery(found.level, full if found.charging else UNPLUGGED)

    @property
    def locked(self) -> bool:
        return self._phone.locked

    @property
    def generation(self) -> int:
        return self._board.generations.latest

    async def changed_after(self, generation: int, seconds: float) -> bool:
        return await self._board.changed_after(generation, seconds)

    def front(self) -> Scene:
        running = self._board.front
        return self._scene(running) if running is not None and not self.locked else self.springboard()

    def scene(self, bundle_id: str) -> Scene | None:
        running = self._board.front
        if running is None or running.name != bundle_id or self.locked:
            return None
        return self._scene(running)

    def springboard(self) -> Scene:
        own = (self._lock_pane(),) if self.locked else () if self._board.front else (self._home_pane(),)
        return Scene(SPRINGBOARD, SPRINGBOARD_PID, " ", (*own, *self._alert_panes()))

    def apps(self) -> tuple[tuple[str, int], ...]:
        front = self.front()
        return ((front.bundle_id, front.pid),)

    def glass(self) -> tuple[Pane, ...]:
        if self.locked:
            return (self._lock_pane(),)
        running = self._board.front
        below = (self._home_pane(),) if running is None else self._app_panes(running)
        return (*below, *self._alert_panes())

    def screenshot(self) -> bytes:
        shot = picture(self.glass(), self.size, f"{datetime.fromtimestamp(self._phone.clock.now(), UTC):%H:%M}")
        if Fault.SCREENSHOT_FROZEN in self._phone.faults:
            self._frozen = self._frozen or shot
            return self._frozen
        self._frozen = None
        return shot

    def _scene(self, running: Running) -> Scene:
        panes = self._app_panes(running)
        if Fault.SOURCE_STALE in self._phone.faults:
            panes = self._stale = self._stale or panes
        else:
            self._stale = None
        title = running.program.title
        return Scene(running.name, running.process.pid, title, panes, running.arguments, running.environment)

    def _app_panes(self, running: Running) -> tuple[Pane, ...]:
        """A sheet hides its app, also from assistive technologies (accessibilityViewIsModal)."""
        sheet = self._board.sheet if running is self._board.front else None
        window, top = (Window.SHEET, sheet) if sheet is not None else (Window.APP, running)
        size = self._posture.size(running, SIZE)
        if top.display.size != size:
            top.display.resize(size)
        placed = top.display.arrange(top.frame)
        pane = Pane(window, running.name, top.frame.screen, placed)
        return (pane, keyboard.pane(size, SCALE, running.name)) if placed.keyboard else (pane,)

    def _alert_panes(self) -> tuple[Pane, ...]:
        alert = self._phone.alerts.front
        return (alerts.pane(alert, self.size, SCALE, SPRINGBOARD),) if alert is not None and not self.locked else ()

    def _home_pane(self) -> Pane:
        fresh = home_screen.root(self._phone.device.apps.installed.values())
        if fresh != self._home_root:
            self._home_root = fresh
        placed = self._home.arrange(Frame(SPRINGBOARD, "home", self._home_root))
        return Pane(Window.HOME, SPRINGBOARD, "home", placed)

    def _lock_pane(self) -> Pane:
        return Pane(Window.LOCK, SPRINGBOARD, "lock", layout(View.parse(home_screen.LOCKED), SIZE))

    # --- how it is held, and what is heard of

    def turn(self, held: Held) -> bool:
        self._posture.hold(held)
        self._board.changed()
        return self.interface is held

    async def expect(self, name: str | None, seconds: float) -> bool:
        return await self._phone.device.notifications.wait_for(name, seconds)

    # --- what a finger does

    async def tap(self, at: Point) -> None:
        if Fault.TAPS_MISS in self._phone.faults:
            return
        x, y = at[0] * SCALE, at[1] * SCALE
        pane = under(self.glass(), x, y)
        box = _touched(pane, x, y) if pane is not None else None
        if pane is None or box is None or not box.view.enabled:
            return
        match pane.window:
            case Window.ALERT:
                await self._phone.alerts.press(box.view.key)
            case Window.KEYBOARD:
                await self.type_text(keyboard.struck(box.view.key))
            case Window.HOME:
                await self._board.activate(box.view.key.removeprefix(home_screen.PREFIX))
            case Window.APP | Window.SHEET:
                self._press(box)

    def _press(self, box: Box) -> None:
        """A field takes the keyboard, which its app does not hear of; all else is a touch for the app."""
        top = self._board.top
        if top is None:
            return
        if box.view.kind is Kind.FIELD:
            top.display.focus(box.view.key)
            self._board.changed()
        else:
            top.send({"event": "click", "key": box.view.key})

    def scroll(self, pane: Pane, key: str, points: float) -> bool:
        top = self._board.top
        if top is None or pane.window not in (Window.APP, Window.SHEET):
            return False
        more = top.display.scroll(key, round(points * SCALE))
        self._board.changed()
        return more

    # --- what keys do

    async def type_text(self, text: str) -> bool:
        top = self._board.top
        focused = self._focused(top) if top is not None else None
        if top is None or focused is None:
            return False
        whole = self._struck(top, focused, text.rstrip("\r\n"))
        top.display.type(focused.key, "•" * len(whole) if focused.password else whole)
        top.send({"event": "text", "key": focused.key, "text": whole})
        if text.endswith(("\n", "\r")):
            top.send({"event": "action", "key": focused.key})
            top.display.hide_keyboard()
        self._board.changed()
        return True

    def _struck(self, top: Running, focused: View, text: str) -> str:
        """What the field holds after the keys; a secure one shows only how long it is."""
        kept = top.secret.get(focused.key, "") if focused.password else focused.text
        if focused.password and len(kept) != len(focused.text):
            kept = ""  # another page's field
        for letter in self._arriving(text):
            kept = kept[:-1] if letter in DELETING else kept + letter
        if focused.password:
            top.secret[focused.key] = kept
        return kept

    def _arriving(self, text: str) -> str:
        if Fault.KEYS_DROPPED not in self._phone.faults or text.strip(DELETING) == "":
            return text
        return text[::2]

    def _focused(self, top: Running) -> View | None:
        placed: Placed = top.display.arrange(top.frame)
        boxes = (box.view for box in placed.root.walk() if box.view.key == placed.focused)
        return next((view for view in boxes if view.kind is Kind.FIELD and view.enabled), None)

    async def dismiss_keyboard(self) -> bool:
        """A phone's keyboard has no key that dismisses it; without a keyboard there is nothing to do."""
        return not any(pane.window is Window.KEYBOARD for pane in self.glass())

    # --- buttons

    async def press_home(self) -> None:
        if Fault.HOME_IGNORED not in self._phone.faults:
            await self._board.go_home()

    async def press_lock(self) -> None:
        await self._phone.sleep()

    async def unlock(self) -> None:
        self._phone.locked = False
        self._board.changed()

    # --- apps

    def state(self, bundle_id: str) -> AppState:
        if bundle_id == SPRINGBOARD:
            return AppState.FOREGROUND
        return self._board.state(bundle_id)

    async def launch(self, bundle_id: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._unlocked()
        if Fault.LAUNCH_IGNORED in self._phone.faults:
            return
        await self._board.launch(self._meant(bundle_id), arguments, environment)

    async def activate(self, bundle_id: str) -> None:
        self._unlocked()
        if bundle_id == SPRINGBOARD:
            await self.press_home()
        elif Fault.LAUNCH_IGNORED not in self._phone.faults:
            await self._board.activate(self._meant(bundle_id))

    async def terminate(self, bundle_id: str) -> None:
        if Fault.TERMINATE_SPARES not in self._phone.faults:
            await self._board.terminate(bundle_id)

    async def open_url(self, url: str, bundle_id: str | None) -> None:
        self._unlocked()
        await self._board.open(url, bundle_id)

    def reset_permission(self, bundle_id: str, resource: int) -> None:
        if not self._phone.permissions.reset(bundle_id, resource):
            self._phone.unmodelled.note("wda permission", f"resource {resource}")

    def _meant(self, bundle_id: str) -> str:
        return WRONG if Fault.WRONG_APP_LAUNCHED in self._phone.faults else bundle_id

    def _unlocked(self) -> None:
        """A phone without a passcode is unlocked by XCTest when an app is to come to the front."""
        if self._phone.locked:
            self._phone.locked = False
            self._board.changed()


def _touched(pane: Pane, x: float, y: float) -> Box | None:
    """The innermost view that takes touches: a disabled one swallows them."""
    for box in reversed(pane.trail(x, y)):
        if box.view.clickable or box.view.kind is Kind.FIELD:
            return box
    return None
