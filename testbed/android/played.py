"""Apps that the phone plays itself: Appium's helpers, whose files are real but whose code is Java."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testbed.android.faults import Fault
from testbed.android.intent import Intent

if TYPE_CHECKING:
    from testbed.android.phone import Phone

SETTINGS_APP = "io.appium.settings"
SETTINGS_IME = f"{SETTINGS_APP}/.AppiumIME"
UNICODE_IME = f"{SETTINGS_APP}/.UnicodeIME"
SETTINGS_IMES = (SETTINGS_IME, UNICODE_IME, f"{SETTINGS_APP}/.EmptyIME")
"""Its input methods (io.appium.settings, AndroidManifest.xml)."""
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


def _location(phone: "Phone", intent: Intent) -> BroadcastResult:
    """receivers/LocationInfoReceiver.java; how a forced update ends is told in the log alone."""
    place = phone.location
    forced = intent.extras.get("forceUpdate") == "true"
    if place.latitude is None or place.longitude is None:
        return BroadcastResult(-1 if forced else 0, "")
    if forced:
        message = "The current location has been successfully retrieved from Location Manager"
        phone.log.write("I", "LocationTracker", message)
        return BroadcastResult(-1, "")
    return BroadcastResult(-1, f"{place.latitude:.5f} {place.longitude:.5f} {place.altitude:.5f}")


def _messages(phone: "Phone", intent: Intent) -> BroadcastResult:
    """receivers/SmsReader.java: the newest first, at most so many."""
    most = intent.extras.get("max", "100")
    newest = sorted(phone.inbox.messages, key=lambda one: -one.number)[: int(most) if most.isdigit() else 0]
    unset = dict.fromkeys(("person", "subject", "serviceCenter"))
    items = [
        {"id": f"{one.number}", "address": one.address, "body": one.body, "date": f"{one.at * 1000:.0f}", **unset}
        | {"read": "0", "status": "-1", "type": "1"}
        for one in newest
    ]
    return BroadcastResult(-1, json.dumps({"items": items, "total": len(phone.inbox.messages)}))


def _notifications(phone: "Phone", _: Intent) -> BroadcastResult:
    """notifications/NLService: what the shade holds."""
    unset = dict.fromkeys(("bigTitle", "bigText", "tickerText", "subText", "infoText", "template"))
    rows = [
        {"packageName": one.package, "id": one.number, "tag": one.tag or None, "key": one.key, "isRemoved": False}
        | {"isGroup": False, "isClearable": True, "isOngoing": False, "userHandle": 0, "postTime": round(one.at * 1000)}
        | {"groupKey": one.key, "overrideGroupKey": None}
        | {"notification": {"title": one.title, "text": one.text, **unset}}
        for one in phone.surface.shade.posted
    ]
    return BroadcastResult(-1, json.dumps({"statusBarNotifications": rows}))


def _scan_media(_: "Phone", __: Intent) -> BroadcastResult:
    return BroadcastResult(-1, None)


RECEIVERS: dict[str, Callable[["Phone", Intent], BroadcastResult]] = {
    "io.appium.settings.clipboard.get": _clipboard,
    "io.appium.settings.location": _location,
    "io.appium.settings.notifications": _notifications,
    "io.appium.settings.scan_media": _scan_media,
    "io.appium.settings.sms.read": _messages,
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
