"""The lock screen and the screen's power (AOSP KeyguardViewMediator, LockSettingsShellCommand)."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from testbed.android.windows.window import Window, button, column, label

TRIES = 5
PAUSE_SECONDS = 30.0
"""LockPatternUtils.FAILED_ATTEMPTS_BEFORE_TIMEOUT and what follows."""
SYSTEM_UI = "com.android.systemui"
FOCUS = "NotificationShade"


@dataclass(slots=True)
class Keyguard:
    """`credential` None and `swipe` False is "Screen lock: None"."""

    changed: Callable[[], None]
    credential: str | None = None
    kind: str = "pin"
    swipe: bool = False
    awake: bool = True
    locked: bool = False
    asking: bool = False
    """The PIN pad is shown."""
    typed: str = ""
    _failed: int = 0
    _paused_until: float = 0.0

    @property
    def enabled(self) -> bool:
        return self.swipe or self.credential is not None

    @property
    def secure(self) -> bool:
        return self.credential is not None

    def sleep(self) -> None:
        self.awake, self.asking, self.typed = False, False, ""
        self.locked = self.enabled
        self.changed()

    def wake(self) -> None:
        if not self.awake:
            self.awake = True
            self.changed()

    def power(self) -> None:
        if self.awake:
            self.sleep()
        else:
            self.wake()

    def dismiss(self) -> None:
        """Swipe, menu key, `wm dismiss-keyguard`: opens an insecure lock, asks for the PIN of a secure one."""
        if not self.awake or not self.locked:
            return
        if self.secure:
            self.asking = True
        else:
            self.locked = False
        self.changed()

    def type(self, text: str) -> None:
        if self.awake and self.locked and self.asking:
            self.typed += text
            self.changed()

    def enter(self) -> None:
        """Tries what was typed."""
        if not (self.locked and self.asking):
            return
        typed, self.typed = self.typed, ""
        if self.check(typed):
            self.locked, self.asking = False, False
        self.changed()

    def check(self, credential: str) -> bool:
        """Counts wrong tries; after too many, none counts for a while."""
        if time.monotonic() < self._paused_until:
            return False
        if self.credential is None or credential == self.credential:
            self._failed = 0
            return True
        self._failed += 1
        if self._failed >= TRIES:
            self._failed, self._paused_until = 0, time.monotonic() + PAUSE_SECONDS
        return False

    def window(self) -> Window | None:
        """What covers the apps; None while unlocked. A dark screen shows nothing that can be touched."""
        if not self.awake:
            return Window(SYSTEM_UI, "", "Off", column("off"), title=FOCUS)
        if not self.locked:
            return None
        return Window(SYSTEM_UI, "", "Keyguard", self._root(), self._click, self._back, title=FOCUS)

    def _root(self) -> dict[str, object]:
        if not self.asking:
            return column(
                "keyguard", label("clock", "Swipe up to open", "keyguard_indication_text"), name="keyguard_root"
            )
        field = {
            "key": "pinEntry",
            "kind": "field",
            "id": "pinEntry",
            "password": True,
            "text": self.typed,
            "clickable": True,
        }
        keys = [
            {"key": f"row {row[0]}", "kind": "row", "children": [button(f"key{one}", one, f"key{one}") for one in row]}
            for row in ("123", "456", "789", "0")
        ]
        enter = button("key_enter", "Enter", "key_enter")
        return column("bouncer", field, *keys, enter, name="keyguard_pin_view")

    async def _click(self, key: str) -> None:
        if key == "key_enter":
            self.enter()
        elif key.startswith("key"):
            self.type(key.removeprefix("key"))

    async def _back(self) -> None:
        self.asking, self.typed = False, ""
        self.changed()
