"""What Appium's settings app is asked for by broadcast, and what its input method types."""

import json
import re
from collections.abc import Iterator

import pytest

from testbed.android.unicode_ime import decoded
from tests.testbed.android.phone_rig import Rig, until
from tests.testbed.android.uiautomator_client import APKS

FILE = APKS.parents[1] / "io.appium.settings/apks/settings_apk-debug.apk"
APP = "io.appium.settings"


@pytest.fixture(scope="module")
def helped(rig: Rig) -> Iterator[Rig]:
    if not FILE.exists():
        pytest.skip("Appium is not installed")
    rig.adb.run("install", "-g", str(FILE))
    yield rig
    rig.adb.shell("ime reset")
    rig.adb.run("uninstall", APP)


def asked(rig: Rig, action: str, *words: str) -> str:
    """The data that the app answers with."""
    said = rig.adb.shell(f"am broadcast -a {APP}.{action} {' '.join(words)}")
    found = re.search(r'Broadcast completed: result=-1, data="(.+)"$', said)
    return found[1] if found else said


def test_the_place_the_messages_and_the_notifications_are_told_as_the_driver_reads_them(helped: Rig) -> None:
    before = helped.unmodelled()
    helped.adb.shell("logcat -c")
    helped.console("geo fix 10.75 59.91 12", "sms send 5551 hello there")
    helped.adb.shell("cmd notification post -t Title tag words")

    assert until(lambda: asked(helped, "location")) == "59.91000 10.75000 12.00000"
    assert 'result=-1, data=""' in asked(helped, "location", "--ez", "forceUpdate", "true")
    assert "successfully retrieved from Location Manager" in helped.adb.shell("logcat -d -s LocationTracker")
    messages = json.loads(asked(helped, "sms.read", "--es", "max", "1"))
    assert [one["body"] for one in messages["items"]] == ["hello there"]
    notified = json.loads(asked(helped, "notifications"))["statusBarNotifications"]
    assert ("com.android.shell", "Title", "words") in [
        (one["packageName"], one["notification"]["title"], one["notification"]["text"]) for one in notified
    ]
    assert helped.unmodelled() == before


def test_letters_beyond_ascii_come_through_the_unicode_input_method(helped: Rig) -> None:
    chosen = helped.adb.shell(f"ime enable {APP}/.UnicodeIME; ime set {APP}/.UnicodeIME")

    assert "selected" in chosen
    assert [decoded(text) for text in ("na&AO8-ve", "a &- b", "&ZeVnLIqe-", "&!-")] == [
        "naïve",
        "a & b",
        "日本語",
        "&!-",
    ]


def test_bars_displays_and_services_are_told_as_the_driver_reads_them(helped: Rig) -> None:
    before = helped.unmodelled()
    bars = helped.adb.shell("dumpsys window windows")
    display = helped.adb.shell("dumpsys SurfaceFlinger --display-id")
    number = re.search(r'^Display (\d+) \(HWC display 0\):.*displayName="EMU_display_0"$', display)

    assert re.search(r"^\s+Window\s#\d+\sWindow\{[0-9a-f]+\s\w+\sStatusBar\}:$", bars, re.MULTILINE)
    assert re.search(r"ty=STATUS_BAR\b(?s:.*)mViewVisibility=0x0 (?s:.*)\bframe=\[0,0\]\[1080,63\]", bars)
    assert number is not None
    assert helped.adb.run("exec-out", f"screencap -p -d {number[1]}").stdout.startswith(b"\x89PNG")
    assert "Invalid display id: 7" in helped.adb.shell("screencap -p -d 7")
    assert "Error: Not found; no service started." in helped.adb.shell("am start-service com.none/.S")
    assert "was not running" in helped.adb.shell("am stop-service com.none/.S")
    assert helped.unmodelled() == before
