"""Each fault of the phone, seen on the wire: there when it is switched on, gone when it is off."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from testbed.android.__main__ import arguments
from testbed.android.faults import Fault
from tests.testbed.android.apk_samples import PACKAGE, Sample, write
from tests.testbed.android.phone_rig import Rig, until
from tests.testbed.android.uiautomator_client import uiautomator

START = f"am start -W -n {PACKAGE}/.Main"


def force_stop(rig: Rig) -> bool:
    rig.start()
    rig.adb.shell(f"am force-stop {PACKAGE}")
    return rig.pid(PACKAGE) is None


def date(rig: Rig) -> bool:
    rig.adb.shell("su 0 date @2000000000")
    now = float(rig.adb.shell("date +%s"))
    rig.adb.shell(f"su 0 date @{time.time():.0f}")
    return abs(now - 2_000_000_000) < 60


def app_clock(rig: Rig) -> bool:
    rig.adb.shell("su 0 cmd alarm set-time 2000000000000")
    told = float(rig.ask("clock"))
    rig.adb.shell(f"su 0 date @{time.time():.0f}")
    return told > 1_999_999_000


def wifi(rig: Rig) -> bool:
    rig.adb.shell("svc wifi disable")
    off = rig.adb.shell("settings get global wifi_on") == "0"
    rig.adb.shell("svc wifi enable")
    return off


def airplane(rig: Rig) -> bool:
    rig.adb.shell("cmd connectivity airplane-mode enable")
    answer = rig.ask("connect/10.0.2.2/9")
    assert rig.adb.shell("settings get global airplane_mode_on") == "1"
    rig.adb.shell("cmd connectivity airplane-mode disable")
    return answer == "ENETUNREACH"


def clear(rig: Rig) -> bool:
    rig.ask("write/kept/3")
    assert rig.adb.shell(f"pm clear {PACKAGE}") == "Success"
    return rig.adb.shell(f"run-as {PACKAGE} ls") == "cache\ncode_cache"


def uninstall(rig: Rig, apk: Path) -> bool:
    rig.ask("write/kept/3")
    rig.adb.run("uninstall", PACKAGE)
    rig.adb.run("install", str(apk))
    return "kept" not in rig.adb.shell(f"run-as {PACKAGE} ls")


def camera(rig: Rig, folder: Path) -> bool:
    rig.adb.shell(f"pm grant {PACKAGE} android.permission.CAMERA")
    sizes = []
    for name, size in (("a", (10, 10)), ("b", (300, 300))):
        Image.effect_noise(size, 90).convert("RGB").save(folder / f"{name}.png")
        assert rig.console(f"virtualscene-image table {folder / f'{name}.png'}") == "OK"
        sizes.append(rig.ask("picture"))
    return sizes[0] != sizes[1]


def total_time(rig: Rig) -> bool:
    totals = set()
    for _ in range(3):
        rig.adb.shell(f"am force-stop {PACKAGE}")
        totals |= set(re.findall(r"TotalTime: (\d+)", rig.start()))
    return len(totals) > 1


def launch_state(rig: Rig) -> bool:
    rig.start()
    rig.adb.shell("input keyevent 3")
    return "HOT" in rig.start()


def screenshot(rig: Rig) -> bool:
    rig.start()
    first = rig.adb.run("exec-out", "screencap", "-p").stdout
    rig.adb.shell("input keyevent HOME")
    return first != rig.adb.run("exec-out", "screencap", "-p").stdout


def logcat(rig: Rig) -> bool:
    rig.adb.shell("log -t fault there")
    return "there" in rig.adb.shell("logcat -d -s fault:I")


def proxy(rig: Rig) -> bool:
    rig.adb.shell("settings put global http_proxy 10.0.2.2:8080")
    told = rig.ask("proxy")
    rig.adb.shell("settings put global http_proxy :0")
    return "8080" in told


def taps(rig: Rig) -> bool:
    rig.start()
    rig.adb.shell("logcat -c")
    rig.adb.shell("input tap 540 130")
    return bool(until(lambda: "clicked go" in rig.adb.shell("logcat -d -s Sample:I"), 0.5))


def text(rig: Rig) -> bool:
    rig.start()
    rig.adb.shell("input tap 540 290")
    rig.adb.shell("logcat -c")
    rig.adb.shell("input text hello")
    whole = re.compile("event text name .*hello$", re.MULTILINE)
    return bool(until(lambda: whole.search(rig.adb.shell("logcat -d -v raw")), 0.5))


def home(rig: Rig) -> bool:
    rig.start()
    rig.adb.shell("input keyevent HOME")
    return "launcher3" in rig.adb.shell("dumpsys window displays")


def focus(rig: Rig) -> bool:
    rig.start()
    assert PACKAGE in rig.adb.shell("dumpsys window displays")
    rig.adb.shell("am start -a android.intent.action.MAIN -c android.intent.category.HOME")
    return "launcher3" in rig.adb.shell("dumpsys window displays")


def link(rig: Rig) -> bool:
    rig.adb.shell("logcat -c")
    rig.start("sample:toast/hi")
    return bool(until(lambda: "toast: " in rig.adb.shell("logcat -d -s Sample:I"), 0.5))


def grant(rig: Rig) -> bool:
    rig.adb.shell(f"pm clear {PACKAGE}")
    rig.adb.shell(f"pm grant {PACKAGE} android.permission.CAMERA")
    return "CAMERA: granted=true" in rig.adb.shell(f"dumpsys package {PACKAGE}")


def settings(rig: Rig) -> bool:
    mark = str(time.monotonic())
    rig.adb.shell(f"settings put global mark {mark}")
    return rig.adb.shell("settings get global mark") == mark


def run_as(rig: Rig) -> bool:
    rig.adb.shell(f"run-as {PACKAGE} sh -c 'echo one > files_one'")
    assert rig.adb.shell(f"run-as {PACKAGE} cat files_one") == "one"
    rig.adb.shell(f"run-as {PACKAGE} sh -c 'echo two > files_one'")
    return rig.adb.shell(f"run-as {PACKAGE} cat files_one") == "two"


def pull(rig: Rig) -> bool:
    place = f"/data/data/{PACKAGE}/pulled"
    seen = []
    for word in ("one", "two"):
        rig.adb.shell(f"run-as {PACKAGE} sh -c 'echo {word} > pulled'")
        seen.append(rig.adb.shell(f"su 0 cat {place}"))
    return seen == ["one", "two"]


def readable(rig: Rig) -> bool:
    rig.ask("write/there/3")
    return rig.adb.shell(f"run-as {PACKAGE} cat there") == "xxx"


def push(rig: Rig, folder: Path) -> bool:
    (folder / "pushed").write_bytes(b"y" * 1000)
    rig.adb.run("push", str(folder / "pushed"), "/data/local/tmp/pushed")
    return rig.adb.shell("wc -c < /data/local/tmp/pushed") == "1000"


def install(rig: Rig, shelf: Path) -> bool:
    before = int(re.findall(r"versionCode=(\d+)", rig.adb.shell(f"dumpsys package {PACKAGE}"))[0])
    assert b"Success" in rig.adb.run("install", "-r", str(write(Sample(version=before + 1), shelf))).stdout
    return f"versionCode={before + 1}" in rig.adb.shell(f"dumpsys package {PACKAGE}")


def root(rig: Rig) -> bool:
    rig.adb.run("root")
    rig.adb.run("wait-for-device")
    found = until(lambda: rig.adb.shell("whoami") in ("root", "shell"), 5) and rig.adb.shell("whoami")
    rig.adb.run("unroot")
    rig.adb.run("wait-for-device")
    return found == "root"


def clipboard(rig: Rig) -> bool:
    with uiautomator(rig) as client:
        client.post("/appium/device/set_clipboard", content="aGk=")
        return client.post("/appium/device/get_clipboard") == "aGk="


def source(rig: Rig) -> bool:
    rig.start()
    with uiautomator(rig) as client:
        client.get("/source")
        client.post("/appium/device/press_keycode", keycode=3)
        return "com.android.launcher3" in client.get("/source")


def instrumentation(rig: Rig) -> bool:
    with uiautomator(rig) as client:
        return all(client.alive() for _ in range(20))


def certificate(rig: Rig) -> bool:
    """A CA that is mounted over the store is read by the next app."""
    store, before = "/system/etc/security/cacerts", int(rig.ask("trust"))
    rig.adb.run("push", str(Path(__file__).parent / "extra_ca.pem"), "/data/local/tmp/extra.0")
    copy = f"mkdir -p /data/local/tmp/c; cp {store}/* /data/local/tmp/extra.0 /data/local/tmp/c/"
    copy += f"; mount -t tmpfs tmpfs {store}"
    rig.adb.shell(f"su 0 sh -c '{copy}; cp /data/local/tmp/c/* {store}/'")
    rig.adb.shell(f"am force-stop {PACKAGE}")
    after = int(rig.ask("trust"))
    rig.adb.shell(f"su 0 umount {store}; am force-stop {PACKAGE}")
    return after == before + 1


LOOKS: dict[Fault, Callable[..., bool]] = {
    Fault.AIRPLANE_KEEPS_DATA: airplane,
    Fault.APP_CLOCK_STAYS: app_clock,
    Fault.CA_NOT_READ: certificate,
    Fault.CAMERA_KEEPS_PICTURE: camera,
    Fault.CLEAR_KEEPS_DATA: clear,
    Fault.CLIPBOARD_EMPTY: clipboard,
    Fault.DATE_IGNORED: date,
    Fault.DEAD_FORCE_STOP: force_stop,
    Fault.FOCUS_LIES: focus,
    Fault.GRANT_IGNORED: grant,
    Fault.HOME_KEY_DEAD: home,
    Fault.INSTALL_KEEPS_OLD: install,
    Fault.INSTRUMENTATION_DIES: instrumentation,
    Fault.LAUNCH_STATE_LIES: launch_state,
    Fault.LINK_SWALLOWED: link,
    Fault.LOGCAT_SILENT: logcat,
    Fault.PROXY_IGNORED: proxy,
    Fault.PULL_STALE: pull,
    Fault.PUSH_CUT: push,
    Fault.ROOT_DROPS: root,
    Fault.RUN_AS_STALE: run_as,
    Fault.SCREENSHOT_FROZEN: screenshot,
    Fault.SETTINGS_IGNORED: settings,
    Fault.SOURCE_STALE: source,
    Fault.STALE_TOTAL_TIME: total_time,
    Fault.STORAGE_UNREADABLE: readable,
    Fault.TAPS_SWALLOWED: taps,
    Fault.TEXT_CUT: text,
    Fault.UNINSTALL_KEEPS_DATA: uninstall,
    Fault.WIFI_STAYS_ON: wifi,
}
"""One look each: True on a sane phone. Those about reboots and namespaces are in test_phone_trust."""
GIVEN = {camera: "tmp_path", push: "tmp_path", install: "shelf", uninstall: "sample"}


@pytest.mark.parametrize("fault", LOOKS, ids=lambda fault: fault.word)
def test_a_fault_is_seen_and_a_sane_phone_has_none(
    fault: Fault, installed: Rig, request: pytest.FixtureRequest
) -> None:
    look = LOOKS[fault]
    given = [request.getfixturevalue(GIVEN[look])] if look in GIVEN else []

    assert look(installed, *given)
    with installed.fault(fault.word):
        assert not look(installed, *given)


def test_faults_are_listed_and_unknown_ones_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as listed:
        arguments(["--list-faults"])
    rows = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit) as refused:
        arguments(["--home", "x", "--adb-server-port", "1", "--fault", "gremlins"])
    said = capsys.readouterr().err

    assert {row["name"] for row in rows} == {fault.word for fault in Fault}
    assert (listed.value.code, refused.value.code) == (0, 2)
    assert said.count("\n") == 1
    assert "no such fault: gremlins" in said


def test_the_control_needs_its_token_and_knows_its_words(rig: Rig) -> None:
    assert httpx.get(f"{rig.ready['control']}/state").status_code == 401
    assert rig.control("PUT", "/faults/gremlins", on=True).status_code == 400
    assert rig.control("POST", "/adversity/flood").status_code == 400
    assert rig.control("GET", "/state").json() == {"faults": [], "full": False, "slow": 0.0}
