"""What is in front on the phone's glass, and what touches and keys do there."""

import io
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PIL import Image

from testbed.android import home_screen
from testbed.android.activities import NoSuchActivity, NotResolved
from testbed.android.faults import Fault
from testbed.android.intent import Intent
from testbed.android.packages.manifest import MAIN
from testbed.android.uiautomator import Shown
from testbed.android.uiautomator import keys as key_codes
from testbed.android.uiautomator.hand import Hand
from testbed.android.windows.keyguard import Keyguard
from testbed.android.windows.recents import Recents
from testbed.android.windows.shade import Notification, Shade
from testbed.android.windows.window import Window, Windows
from testbed.screen import Display, Kind, View

if TYPE_CHECKING:
    from testbed.android.phone import Phone

TOAST_SECONDS = 3.5
"""NotificationManagerService.LONG_DELAY."""
KEYBOARD_DP, WIDE_KEYBOARD_DP = 300, 212
"""The keyboard upright and on its side (AOSP LatinIME, config_default_keyboard_height and the strip of suggestions)."""
SWIPE_EDGE = 100
"""Pixels from the upper edge in which a downward swipe opens the shade."""


class Surface:
    def __init__(self, phone: "Phone", size: tuple[int, int], density: int) -> None:
        self._phone = phone
        self.natural = size
        self.rotation = 0
        """Quarter turns, Surface.ROTATION_*."""
        self.display = Display(size, keyboard=KEYBOARD_DP * density // 160)
        self.windows = Windows(phone.activities.changed)
        self.keyguard = Keyguard(phone.activities.changed)
        self.shade = Shade(self.windows, self._open_notification)
        self.recents = Recents(
            self.windows,
            lambda: phone.files.host("/data/system_ce/0/snapshots"),
            self.start_package,
            phone.activities.remove_task,
        )
        phone.activities.on_end = lambda task: self.display.forget(task.name)
        self._hand = Hand(phone)
        self._toast: tuple[str, float] = ("", 0.0)
        self._frozen: bytes | None = None

    # --- what is seen

    @property
    def size(self) -> tuple[int, int]:
        return self.natural if self.rotation % 2 == 0 else (self.natural[1], self.natural[0])

    @property
    def covering(self) -> Window | None:
        """The system window that has the focus, if any."""
        front = self._phone.activities.stack.front.name
        return self.keyguard.window() or self.windows.top(front)

    def shown(self) -> Shown:
        activities = self._phone.activities
        front, window = activities.stack.front, self.covering
        if window is not None:
            return Shown(
                window.package, window.activity, window.root, activities.generations.latest, window.screen, self.toast
            )
        root = self._home_root() if front is activities.stack.home else front.root
        return Shown(front.name, front.activity, root, activities.generations.latest, front.screen, self.toast)

    @property
    def focus(self) -> str:
        """What `dumpsys window` names as focused."""
        window, front = self.covering, self._phone.activities.stack.front
        return f"{front.name}/{front.activity}" if window is None else window.focus

    @property
    def toast(self) -> str:
        text, until = self._toast
        return text if time.monotonic() < until else ""

    def show_toast(self, text: str) -> None:
        self._toast = (text, time.monotonic() + TOAST_SECONDS)
        self._phone.activities.changed()

    def screenshot(self) -> bytes:
        """PNG; a secure window is black in it (FLAG_SECURE)."""
        if Fault.SCREENSHOT_FROZEN in self._phone.faults and self._frozen is not None:
            return self._frozen
        secure = self.covering is None and self._phone.activities.stack.front.secure
        dark = secure or not self.keyguard.awake
        picture = _black(self.size) if dark else self.display.picture(self.shown())
        self._frozen = self._frozen or picture
        return picture

    def rotate(self, quarter: int) -> bool:
        """False where the app in front is locked to an orientation."""
        wanted = quarter % 4
        front = self._phone.activities.stack.front
        if wanted % 2 != self.rotation % 2 and not front.rotates:
            return False
        self.rotation = wanted
        keyboard = WIDE_KEYBOARD_DP if wanted % 2 else KEYBOARD_DP
        self.display.resize(self.size, keyboard * self._phone.density // 160)
        self._phone.settings.put("system", "user_rotation", str(wanted))
        self._phone.activities.changed()
        return True

    # --- what is touched

    async def tap(self, x: float, y: float) -> None:
        await self._hand.tap(x, y)

    async def draw(self, points: tuple[tuple[float, float], ...]) -> None:
        await self._hand.draw(points)

    async def edge_swipe(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Swipes that are the phone's own: True where no app hears of them."""
        if self.keyguard.awake and self.keyguard.locked and start[1] - end[1] > self.size[1] / 4:
            self.keyguard.dismiss()
            return True
        if start[1] < SWIPE_EDGE and end[1] - start[1] > self.size[1] / 4 and not self.keyguard.locked:
            self.shade.expand()
            return True
        return False

    async def click(self, key: str) -> None:
        if Fault.TAPS_SWALLOWED in self._phone.faults:
            return
        window = self.covering
        if window is not None:
            await window.click(key)
        elif self._phone.activities.stack.front is not self._phone.activities.stack.home:
            self._phone.activities.send_to_front({"event": "click", "key": key})
        elif key.startswith(home_screen.PREFIX):
            await self.start_package(key.removeprefix(home_screen.PREFIX))

    async def set_text(self, key: str, text: str) -> None:
        window = self.covering
        if window is not None:
            await window.text(key, text)
        else:
            kept = text[:-1] if Fault.TEXT_CUT in self._phone.faults else text
            self._phone.activities.send_to_front({"event": "text", "key": key, "text": kept})

    async def type_text(self, text: str) -> None:
        """`input text`: goes to the field that has the focus; without one it is lost, as on a real phone."""
        if self.keyguard.asking:
            self.keyguard.type(text)
            return
        field = self.focused_field()
        if field is not None:
            await self._write(field, field.text + text)

    def focused_field(self) -> View | None:
        placed = self.display.arrange(self.shown())
        found = next((box.view for box in placed.root.walk() if box.view.key == placed.focused), None)
        return found if found is not None and found.kind is Kind.FIELD else None

    async def _write(self, field: View, whole: str) -> None:
        self.display.type(field.key, whole)
        await self.set_text(field.key, whole)

    # --- the keyboard

    @property
    def keyboard_shown(self) -> bool:
        return self.display.arrange(self.shown()).keyboard > 0

    async def editor_action(self) -> None:
        """Enter, or the keyboard's own button: the app decides what it means; the keyboard goes."""
        field = self.focused_field()
        if field is not None:
            self.display.hide_keyboard()
            self._phone.activities.send_to_front({"event": "action", "key": field.key})
            self._phone.activities.changed()

    # --- keys

    async def press_key(self, code: int) -> bool:
        """False for a key that this phone does not make."""
        guard = self.keyguard
        if code == key_codes.POWER:
            guard.power()
        elif code == key_codes.WAKEUP:
            guard.wake()
        elif code == key_codes.SLEEP:
            guard.sleep()
        elif not guard.awake:
            return code in key_codes.CODES.values()
        elif guard.locked:
            return await self._press_on_keyguard(code)
        else:
            return await self._press_unlocked(code)
        return True

    async def _press_on_keyguard(self, code: int) -> bool:
        guard = self.keyguard
        if code == key_codes.MENU:
            guard.dismiss()
        elif code in (key_codes.ENTER, key_codes.NUMPAD_ENTER):
            guard.enter()
        elif code in key_codes.LETTERS:
            guard.type(key_codes.LETTERS[code])
        elif code == key_codes.BACK and (window := guard.window()) is not None:
            await window.back()
        return code in key_codes.CODES.values()

    async def _press_unlocked(self, code: int) -> bool:
        match code:
            case key_codes.HOME:
                await self._home()
            case key_codes.BACK:
                await self._back()
            case key_codes.ESCAPE:
                self._hide_keyboard()
            case key_codes.APP_SWITCH:
                self._open_recents()
            case key_codes.NOTIFICATION:
                self.shade.expand()
            case key_codes.ENTER | key_codes.NUMPAD_ENTER:
                await self.editor_action()
            case key_codes.PASTE:
                await self.type_text(self._phone.clipboard)
            case key_codes.DEL:
                await self._delete()
            case key_codes.MENU:
                pass
            case _:
                return await self._press_letter(code)
        return True

    async def _press_letter(self, code: int) -> bool:
        if code in key_codes.LETTERS:
            await self.type_text(key_codes.LETTERS[code])
        return code in key_codes.LETTERS or code in key_codes.UNHEARD

    async def _delete(self) -> None:
        field = self.focused_field()
        if field is not None and field.text:
            await self._write(field, field.text[:-1])

    async def _home(self) -> None:
        if Fault.HOME_KEY_DEAD in self._phone.faults:
            return
        self.shade.collapse()
        await self.recents.close()
        self._phone.activities.go_home()

    async def _back(self) -> None:
        if self._hide_keyboard():
            return
        window = self.covering
        if window is not None:
            await window.back()
        else:
            self._phone.activities.send_to_front({"event": "back"})

    def _hide_keyboard(self) -> bool:
        hidden = self.keyboard_shown
        if hidden:
            self.display.hide_keyboard()
            self._phone.activities.changed()
        return hidden

    def _open_recents(self) -> None:
        stack = self._phone.activities.stack
        self.recents.open([task for task in stack.all() if task is not stack.home], self.size)

    # --- starting things

    async def start_package(self, package: str) -> None:
        try:
            await self._phone.activities.start(Intent(action=MAIN, package=package))
        except (NotResolved, NoSuchActivity):
            self._phone.log.write("E", "Launcher", f"Unable to launch {package}")

    async def _open_notification(self, notification: Notification) -> None:
        await self.start_package(notification.package)

    def _home_root(self) -> Mapping[str, object]:
        """The same object while nothing was installed, so that the display keeps its layout."""
        fresh = home_screen.root(list(self._phone.packages.packages.values()))
        home = self._phone.activities.stack.home
        if home.root != fresh:
            home.root = fresh
        return home.root


def _black(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    return out.getvalue()
