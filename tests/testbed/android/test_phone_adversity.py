"""Honest troubles: the phone goes, dies in part, or is full, and says so as a real one does."""

import time

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Rig, alive, until
from tests.testbed.android.uiautomator_client import uiautomator


def test_a_phone_that_vanishes_comes_back_as_it_was(installed: Rig) -> None:
    installed.start()
    pid = installed.pid(PACKAGE)
    with installed.states() as states:
        installed.suffer("vanish", 0.1)

        assert "gone" in states
        assert "device" in states
    assert installed.pid(PACKAGE) == pid


def test_an_offline_phone_is_listed_and_answers_nothing(rig: Rig) -> None:
    with rig.states() as states:
        rig.suffer("offline", 0.1)

        assert "offline" in states
        assert "device" in states


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
