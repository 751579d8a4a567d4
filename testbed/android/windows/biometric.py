"""The fingerprint sensor and the prompt that waits for it (AOSP BiometricPrompt, AuthContainerView)."""

import asyncio
from dataclasses import dataclass, field

from testbed.android.packages.installed import Installed
from testbed.android.windows.keyguard import SYSTEM_UI, Keyguard
from testbed.android.windows.window import Window, Windows, button, column, label

ENROLLED = frozenset({1})
"""Ids of fingers that this phone knows; the console's `finger touch ID` is a finger."""
CANCEL = "button_negative"


@dataclass(slots=True)
class Sensor:
    windows: Windows
    keyguard: Keyguard
    touched: list[int] = field(default_factory=list)
    _waiting: "asyncio.Future[bool] | None" = None
    _window: Window | None = None

    def touch(self, finger: int) -> None:
        """A known finger opens the lock screen and answers a prompt; an unknown one is not recognised."""
        self.touched.append(finger)
        known = finger in ENROLLED
        if self.keyguard.locked and known:
            self.keyguard.locked = self.keyguard.asking = False
            self.keyguard.awake = True
            self.keyguard.changed()
        elif self._waiting is not None and known:
            self._decide(answer=True)
        elif self._window is not None:
            self._window.root = _root(self._window.title, "Not recognized")
            self.windows.changed()

    async def authenticate(self, package: Installed, title: str) -> bool:
        """Shows the prompt until a known finger touches or the user cancels."""
        self._waiting = asyncio.get_running_loop().create_future()
        window = Window(
            SYSTEM_UI, "", "BiometricPrompt", _root(title, "Touch the fingerprint sensor"), owner=package.name
        )
        window.title = title

        async def click(key: str) -> None:
            if key == CANCEL:
                self._decide(answer=False)

        async def back() -> None:
            self._decide(answer=False)

        window.click, window.back, self._window = click, back, window
        self.windows.open(window)
        try:
            return await self._waiting
        finally:
            self._waiting = self._window = None
            self.windows.close(window)

    def _decide(self, *, answer: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


def _root(title: str, state: str) -> dict[str, object]:
    return column(
        "biometric",
        label("title", title, "title"),
        label("indicator", state, "indicator"),
        button(CANCEL, "Cancel", CANCEL),
    )
