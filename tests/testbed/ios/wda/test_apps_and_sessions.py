"""Apps as real processes: started, put behind, asleep, ended; sessions around them; the phone as a whole."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.testbed.ios.iphone_rig import BUNDLE, IPhone, Wda, iphone, until
from tests.testbed.ios.mux_rig import Muxd

SAFARI, SPRINGBOARD = "com.apple.mobilesafari", "com.apple.springboard"
NOT_RUNNING, SUSPENDED, BACKGROUND, FOREGROUND = 1, 2, 3, 4


def test_an_app_is_a_process_and_termination_ends_it(wda: Wda, phone: IPhone) -> None:
    running = phone.app_processes()
    info = wda.get("/wda/activeAppInfo")

    ended = wda.post("/wda/apps/terminate", bundleId=BUNDLE)
    again = wda.post("/wda/apps/terminate", bundleId=BUNDLE)

    assert [one.pid for one in running] == [info["pid"]]
    assert (ended, again, wda.state(), phone.app_processes()) == (True, False, NOT_RUNNING, [])
    assert 'bundleId="com.apple.springboard"' in wda.get("/source")


def test_an_app_behind_the_home_screen_sleeps_after_a_while_and_wakes_when_it_is_back(wda: Wda, phone: IPhone) -> None:
    wda.ask("POST", "/wda/homescreen")
    behind, front = wda.state(), wda.get("/wda/activeAppInfo")["bundleId"]
    (process,) = phone.app_processes()

    until(lambda: wda.state() == SUSPENDED, "suspension")
    until(lambda: process.status() == psutil.STATUS_STOPPED, "the process to stop")
    wda.post("/wda/apps/activate", bundleId=BUNDLE)
    until(lambda: process.status() != psutil.STATUS_STOPPED, "the process to go on")

    assert (behind, front, wda.state()) == (BACKGROUND, SPRINGBOARD, FOREGROUND)
    assert wda.text("title") == "Toy"


def test_the_app_switchers_picture_is_what_the_app_showed_when_it_left(wda: Wda, phone: IPhone) -> None:
    wda.ask("POST", "/wda/homescreen")
    folder = phone.container() / f"Library/SplashBoard/Snapshots/sceneID:{BUNDLE}-default"

    until(lambda: len(list(folder.glob("*.ktx"))) == 1, "a snapshot")

    (file,) = folder.glob("*.ktx")
    assert file.read_bytes().startswith(b"\xabKTX 11\xbb\r\n\x1a\n")


def test_a_phone_that_is_killed_leaves_no_sleeping_app_behind(bus: Muxd, toy: Path, tmp_path: Path) -> None:
    with iphone(bus, tmp_path / "phone", toy) as phone, Wda(phone, bundleId=BUNDLE) as wda:
        wda.ask("POST", "/wda/homescreen")
        until(lambda: wda.state() == SUSPENDED, "suspension")
        (process,) = phone.app_processes()

        os.kill(phone.process.pid, signal.SIGKILL)

        until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, "the end of the app")


def test_a_crash_is_told_and_the_app_is_gone(wda: Wda) -> None:
    wda.click("crash")

    until(lambda: wda.state() == NOT_RUNNING, "the crash")

    assert wda.refused("POST", "/element", using="id", value="title")[2].endswith("is not running, possibly crashed")


def test_links_reach_the_app_that_takes_them_and_no_app_is_an_error(wda: Wda) -> None:
    wda.post("/url", url="soprotocol://?crmOnline=true")
    wda.waits_for("note")
    until(lambda: wda.text("note") == "soprotocol://?crmOnline=true", "the link")

    assert wda.refused("POST", "/url", url="nobody://home")[:2] == (500, "unknown error")
    assert wda.refused("POST", "/url")[:2] == (400, "invalid argument")


def test_an_unknown_app_is_refused(phone: IPhone) -> None:
    with pytest.raises(AssertionError, match="session not created"):
        Wda(phone, bundleId="com.example.none")

    with Wda(phone) as fresh:
        assert fresh.refused("POST", "/wda/apps/launch", bundleId="com.example.none")[:2] == (400, "invalid argument")


def test_a_new_session_takes_the_place_of_the_old_and_its_app_with_it(wda: Wda, phone: IPhone) -> None:
    with Wda(phone, shouldTerminateApp=False) as other:
        assert wda.refused("GET", "/source")[:2] == (404, "invalid session id")
        assert other.state() == NOT_RUNNING
        assert other.get("/wda/activeAppInfo")["bundleId"] == SPRINGBOARD


def test_the_home_screen_has_icons_that_start_apps(phone: IPhone) -> None:
    with Wda(phone) as wda:
        wda.ask("POST", "/wda/homescreen")
        wda.click("Mobile CRM")

        until(lambda: wda.state() == FOREGROUND, "the app")


def test_deactivating_brings_the_app_back(wda: Wda) -> None:
    wda.post("/wda/deactivateApp", duration=0.2)

    assert wda.state() == FOREGROUND


def test_a_locked_phone_shows_its_lock_screen(wda: Wda) -> None:
    wda.post("/wda/lock")
    locked, texts = wda.get("/wda/locked"), wda.found("XCUIElementTypeStaticText", "class name")
    wda.post("/wda/unlock")

    assert (locked, texts) == (True, ["lockscreen-date-view"])
    assert (wda.get("/wda/locked"), wda.text("title")) == (False, "Toy")


def test_what_a_phone_says_of_itself(wda: Wda) -> None:
    screen = wda.get("/wda/screen")

    assert (screen["scale"], screen["screenSize"]) == (3, {"width": 390, "height": 844})
    assert wda.get("/window/size") == {"width": 390, "height": 844}
    assert wda.get("/orientation") == "PORTRAIT"
    assert wda.refused("POST", "/orientation", orientation="SIDEWAYS")[:2] == (500, "unknown error")
    assert wda.get("/wda/device/info")["isSimulator"] is False
    assert wda.get("/wda/batteryInfo") == {"level": 1.0, "state": 3}


def test_a_place_is_told_and_forgotten_and_the_real_one_is_not_said(wda: Wda) -> None:
    nowhere = wda.get("/wda/simulatedLocation")

    wda.post("/wda/simulatedLocation", latitude=59.9, longitude=10.7)
    oslo = wda.get("/wda/simulatedLocation")
    wda.ask("DELETE", f"/session/{wda.session}/wda/simulatedLocation")

    assert (oslo["latitude"], oslo["longitude"]) == (59.9, 10.7)
    assert nowhere == wda.get("/wda/simulatedLocation") == {"latitude": None, "longitude": None, "altitude": None}
    assert wda.get("/wda/device/location")["authorizationStatus"] == 0
    assert wda.refused("POST", "/wda/simulatedLocation", latitude=1)[:2] == (400, "invalid argument")


def test_keys_of_a_keyboard_and_buttons_by_number(wda: Wda) -> None:
    email = wda.find("email")
    wda.post(f"/element/{email}/click")

    wda.post(f"/wda/element/{email}/keyboardInput", keys=["a", {"key": "b"}, "XCUIKeyboardKeyDelete"])
    wda.post("/wda/performIoHidEvent", page=0x0C, usage=0x40, duration=0.1)

    assert wda.get("/wda/activeAppInfo")["bundleId"] == "com.apple.springboard"
    wda.post("/wda/apps/activate", bundleId=BUNDLE)
    assert wda.text("email") == "a"
    assert wda.refused("POST", "/wda/element/0/keyboardInput", keys="a")[:2] == (400, "invalid argument")
    assert wda.refused("POST", "/wda/performIoHidEvent", page=1, usage=1)[:2] == (500, "unsupported operation")


def test_a_darwin_notification_is_waited_for(wda: Wda, phone: IPhone, bus: Muxd, tmp_path: Path) -> None:
    env = {**bus.env(tmp_path), "USBMUXD_SOCKET_ADDRESS": str(bus.socket)}
    words = ("notification", "post", "--udid", phone.udid, "test.pocketgate.hello")
    posting = subprocess.Popen([sys.executable, "-m", "pymobiledevice3", *words], env=env, cwd=tmp_path)

    wda.post("/wda/expectNotification", name="test.pocketgate.hello", type="darwin", timeout=25)

    assert posting.wait(timeout=25) == 0
    late = wda.refused("POST", "/wda/expectNotification", name="never", type="plain", timeout=0.1)
    assert late[:2] == (408, "timeout")


def test_what_this_phone_has_not_is_refused_in_the_servers_words(wda: Wda) -> None:
    button = wda.find("list")
    said = {
        "wheel": wda.refused("POST", f"/wda/pickerwheel/{button}/select", order="next"),
        "voice over": wda.refused("GET", "/wda/voiceOver/enabled"),
        "video": wda.refused("POST", "/wda/video/start"),
        "audit": wda.refused("POST", "/wda/performAccessibilityAudit", auditTypes=["Nonsense"]),
    }

    assert {name: error for name, (_, error, _) in said.items()} == {
        "wheel": "invalid argument",
        "voice over": "unknown error",
        "video": "unsupported operation",
        "audit": "invalid argument",
    }
    assert wda.get("/wda/video") is None


def test_the_pasteboard_is_closed_to_whoever_is_not_in_front(wda: Wda) -> None:
    wda.post("/wda/setPasteboard", content="aGVsbG8=")

    assert wda.post("/wda/getPasteboard") == ""


def test_siri_and_unknown_buttons_are_refused(wda: Wda) -> None:
    assert wda.refused("POST", "/wda/siri/activate", text="hello")[:2] == (500, "unknown error")
    assert wda.refused("POST", "/wda/pressButton", name="camera")[:2] == (500, "unknown error")


def test_settings_keep_what_is_known_and_pass_over_the_rest(wda: Wda) -> None:
    told = wda.post("/appium/settings", settings={"respectSystemAlerts": True, "colour": "red"})

    assert (told["respectSystemAlerts"], "colour" in told) == (True, False)


FACEBOOK = """
import json, sys
import wda

client = wda.Client(sys.argv[1])
session = client.session(sys.argv[2])
session(id="email").set_text("ada")
session(name="list").tap()
row = session(label="Row 3").wait(5.0)
told = [client.status()["ready"], row.text, "Row 3" in session.source(), list(session.screenshot().size)]
session.close()
print(json.dumps(told))
"""


def test_facebook_wda_drives_the_phone(phone: IPhone) -> None:
    """In a process of its own: it leaves its sockets to the garbage collector, which warns."""
    command = [sys.executable, "-c", FACEBOOK, phone.wda, BUNDLE]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, "Row 3", True, [1170, 2532]]
