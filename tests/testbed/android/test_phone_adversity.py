"""Honest troubles: the phone goes, dies in part, or is full, and says so as a real one does."""

import time
from pathlib import Path

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Adb, Rig, alive, phone, until
from tests.testbed.android.uiautomator_client import uiautomator


def state(rig: Rig) -> str:
    listed = rig.adb.out("devices")
    return next((line.split("\t")[1] for line in listed.splitlines() if line.startswith(rig.adb.serial)), "gone")


def test_a_phone_that_vanishes_comes_back_as_it_was(installed: Rig) -> None:
    installed.start()
    pid = installed.pid(PACKAGE)
    installed.suffer("vanish", 0.5)
    gone = until(lambda: state(installed) == "gone")

    assert gone
    assert until(lambda: state(installed) == "device")
    assert installed.pid(PACKAGE) == pid


def test_an_offline_phone_is_listed_and_answers_nothing(rig: Rig) -> None:
    rig.suffer("offline", 1)
    offline = until(lambda: state(rig) == "offline")

    assert offline
    assert until(lambda: state(rig) == "device", 10)


def test_a_full_disk_is_full_for_shell_and_app_alike(installed: Rig) -> None:
    adb = installed.adb
    installed.ask("insert/1")
    installed.suffer("fill-disk")
    shell = adb.shell("echo x > /data/local/tmp/full")
    push = adb.out("push", __file__, "/data/local/tmp/full")
    app, database = installed.ask("write/full/10"), installed.ask("insert/500")
    free = adb.shell("df /data").split()
    install = adb.out("install", "-r", str(installed.home / "none.apk"))
    installed.suffer("free-disk")

    assert "No space left on device" in shell
    assert "No space left on device" in push
    assert app == "ENOSPC"
    assert database == "database or disk is full"
    assert "100%" in free
    assert install
    assert installed.ask("write/full/10") == "ok"
    assert installed.ask("insert/500") == "ok"


def test_memory_is_taken_from_apps_that_are_not_in_front(installed: Rig) -> None:
    installed.start()
    installed.suffer("low-memory")
    in_front = installed.pid(PACKAGE)
    installed.adb.shell("input keyevent HOME")
    installed.suffer("low-memory")

    assert in_front is not None
    assert installed.pid(PACKAGE) is None
    assert f"Kill '{PACKAGE}'" in installed.adb.shell("logcat -d -v raw -s lowmemorykiller:I")


def test_an_app_that_does_not_answer_is_closed_by_the_user(installed: Rig) -> None:
    installed.start()
    pid = installed.pid(PACKAGE)
    installed.suffer("anr")
    focus = installed.adb.shell("dumpsys window displays")
    installed.tap("Close app")

    assert f"Application Not Responding: {PACKAGE}" in focus
    assert "ANR in com.example.sample" in installed.adb.shell("logcat -d -s ActivityManager:E")
    assert until(lambda: pid is not None and not alive(pid))


def test_instrumentation_that_crashes_says_so_and_can_be_started_again(rig: Rig) -> None:
    with uiautomator(rig) as client:
        assert client.alive()
        rig.suffer("crash-instrumentation")
        assert until(lambda: not client.alive())
    with uiautomator(rig) as client:
        assert client.alive()


def test_a_slow_phone_is_slow(rig: Rig) -> None:
    rig.suffer("slow", 0.3)
    began = time.monotonic()
    rig.adb.shell("true")
    took = time.monotonic() - began
    rig.suffer("slow", 0)

    assert took > 0.3


def test_a_phone_that_was_killed_keeps_what_it_had(adb: Adb, tmp_path: Path, sample: Path) -> None:
    with phone(adb, tmp_path / "phone") as rig:
        rig.adb.run("install", "-g", str(sample))
        rig.ask("write/kept/3")
        uid = rig.adb.shell(f"pm list packages -U {PACKAGE}")
        assert rig.console("kill") == "OK: killing emulator, bye bye"
        rig.process.wait(timeout=10)
    with phone(adb, tmp_path / "phone") as rig:
        assert rig.adb.shell(f"pm list packages -U {PACKAGE}") == uid
        assert rig.adb.shell(f"run-as {PACKAGE} cat kept") == "xxx"
        assert "CAMERA: granted=true" in rig.adb.shell(f"dumpsys package {PACKAGE}")
