"""Apps that the phone plays itself: Appium's helpers, whose files are real but whose code is Java."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testbed.android.faults import Fault
from testbed.android.intent import Intent

if TYPE_CHECKING:
    from testbed.android.phone import Phone

SETTINGS_APP = "io.appium.settings"
SETTINGS_IME = f"{SETTINGS_APP}/.AppiumIME"
SERVER = "io.appium.uiautomator2.server"
SERVER_TEST = f"{SERVER}.test"
RUNNER = "androidx.test.runner.AndroidJUnitRunner"
AIRPLANE_MODE = "android.intent.action.AIRPLANE_MODE"
PROTECTED = frozenset({AIRPLANE_MODE, "android.intent.action.BOOT_COMPLETED"})
"""What only the system and root may send (AOSP core/res/AndroidManifest.xml, protected-broadcast)."""
PLAYED = frozenset({SETTINGS_APP, SERVER, SERVER_TEST})


@dataclass(frozen=True, slots=True)
class BroadcastResult:
    """What `am broadcast` prints: -1 is Activity.RESULT_OK, 0 what an unanswered broadcast has."""

    code: int
    data: str | None = None


def _clipboard(phone: "Phone", _: Intent) -> BroadcastResult:
    """Since Android 10 only the input method in use may read the clipboard; others get nothing."""
    if phone.settings.get("secure", "default_input_method") != SETTINGS_IME:
        return BroadcastResult(-1, "")
    if Fault.CLIPBOARD_EMPTY in phone.faults:
        return BroadcastResult(-1, "")
    return BroadcastResult(-1, base64.b64encode(phone.clipboard.encode()).decode())


def _scan_media(_: "Phone", __: Intent) -> BroadcastResult:
    return BroadcastResult(-1, None)


RECEIVERS: dict[str, Callable[["Phone", Intent], BroadcastResult]] = {
    "io.appium.settings.clipboard.get": _clipboard,
    "io.appium.settings.scan_media": _scan_media,
}
"""By action (io.appium.settings, receivers/*.java)."""


def broadcast(phone: "Phone", intent: Intent) -> BroadcastResult:
    """Nobody receives what is not in the table: result 0, and a note."""
    if intent.action == AIRPLANE_MODE:
        phone.radios.read_settings()
        return BroadcastResult(0)
    receiver = RECEIVERS.get(intent.action or "")
    is_there = SETTINGS_APP in phone.packages.packages
    if receiver is None or not is_there:
        phone.unmodelled.note("broadcast", str(intent))
        return BroadcastResult(0)
    return receiver(phone, intent)
