"""What the system puts over apps, tapped through as a person does."""

import re
from dataclasses import replace
from pathlib import Path

from PIL import Image

from tests.testbed.android.apk_samples import PACKAGE, Sample, write
from tests.testbed.android.phone_rig import Rig, until


def test_a_permission_is_asked_for_in_the_controllers_own_window(installed: Rig) -> None:
    adb = installed.adb
    adb.shell(f"pm clear {PACKAGE}")
    installed.ask("allow/CAMERA")
    focus = until(lambda: (found := adb.shell("dumpsys window")) and "GrantPermissions" in found and found)
    shown = installed.seen()
    installed.tap("While using the app")

    assert installed.told("allow done: True")
    assert "com.android.permissioncontroller/com.android.permissioncontroller.permission.ui.Grant" in str(focus)
    assert 'text="Allow Sample to take pictures and record video?"' in shown
    assert 'resource-id="com.android.permissioncontroller:id/permission_allow_one_time_button"' in shown
    assert "CAMERA: granted=true" in adb.shell(f"dumpsys package {PACKAGE}")


def test_who_has_refused_twice_is_asked_no_more(installed: Rig) -> None:
    installed.adb.shell(f"pm clear {PACKAGE}")
    for _ in range(2):
        installed.ask("allow/POST_NOTIFICATIONS")
        assert installed.sees("Allow Sample to send you notifications?")
        installed.tap("permission_deny_button")
        assert installed.told("allow done: False")
    installed.ask("allow/POST_NOTIFICATIONS")

    assert installed.told("allow done: False")
    assert "USER_FIXED" in installed.adb.shell(f"dumpsys package {PACKAGE}")


def test_a_one_time_permission_ends_with_the_process(installed: Rig) -> None:
    installed.adb.shell(f"pm clear {PACKAGE}")
    installed.ask("allow/CAMERA")
    installed.tap("Only this time")
    assert installed.told("allow done: True")
    installed.adb.shell(f"am force-stop {PACKAGE}")

    assert "CAMERA: granted=false" in installed.adb.shell(f"dumpsys package {PACKAGE}")


def test_several_takers_of_a_link_are_the_users_choice(installed: Rig, shelf: Path) -> None:
    other = replace(Sample(), package="com.example.other")
    installed.adb.run("install", str(write(other, shelf)))
    adb = installed.adb
    adb.shell("logcat -c")
    report = adb.shell("am start -W -a android.intent.action.VIEW -d sample:toast/hi")
    first = re.findall('text="(Sample|Just once|Open with)"', installed.seen())
    installed.tap("android:id/text1")
    installed.tap("Just once")
    took = installed.told("toast: ")
    adb.run("uninstall", "com.example.other")

    assert "Activity: android/com.android.internal.app.ResolverActivity" in report
    assert first == ["Open with", "Sample", "Sample", "Just once"]
    assert took


def test_notifications_lie_in_the_shade_and_start_their_app(installed: Rig) -> None:
    adb = installed.adb
    installed.ask("notify/Hello/World")
    adb.shell("input keyevent HOME; input swipe 500 5 500 1200")
    opened = installed.seen()
    listed = adb.shell("dumpsys notification")
    installed.tap("Hello")

    assert 'text="World"' in opened and 'resource-id="com.android.systemui:id/notification' in opened  # noqa: PT018 -- one look
    assert f"pkg={PACKAGE}" in listed
    assert PACKAGE in adb.shell("dumpsys window displays")
    adb.shell("cmd notification post -t Title tag Text; cmd statusbar expand-notifications")
    assert installed.sees("Title")
    installed.tap("Clear all")
    adb.shell("input keyevent BACK")
    assert PACKAGE in adb.shell("dumpsys window displays")


def test_an_app_that_may_not_notify_is_not_heard(installed: Rig) -> None:
    installed.adb.shell(f"pm clear {PACKAGE}")

    assert installed.ask("notify/Hello/World") == "False"


def test_recent_apps_show_a_picture_of_what_the_app_showed(installed: Rig) -> None:
    adb = installed.adb
    installed.start()
    adb.shell("input keyevent HOME; input keyevent APP_SWITCH")
    shown = installed.seen()
    adb.run("pull", "/sdcard/nothing", "/dev/null")
    pictures = list((installed.home / "fs/data/system_ce/0/snapshots").glob("*.png"))
    installed.tap("Clear all")

    assert 'content-desc="Sample"' in shown
    assert pictures
    assert until(lambda: installed.pid(PACKAGE) is None)


def test_a_secure_window_is_in_no_screenshot_and_in_no_picture(installed: Rig) -> None:
    adb = installed.adb
    installed.start("sample:hide")
    until(lambda: _colours(installed) == 1)
    adb.shell("input keyevent APP_SWITCH")
    newest = max(
        (installed.home / "fs/data/system_ce/0/snapshots").glob("*.png"), key=lambda file: file.stat().st_mtime
    )
    adb.shell("input keyevent BACK")

    assert _colours(installed) == 1
    with Image.open(newest) as picture:
        assert "Go" not in installed.seen() or picture.convert("L").crop((0, 60, 540, 400)).getextrema()[0] > 200


def _colours(rig: Rig) -> int:
    file = rig.home / "shot.png"
    file.write_bytes(rig.adb.run("exec-out", "screencap", "-p").stdout)
    with Image.open(file) as image:
        return len(image.getcolors(1 << 24) or ())


def test_the_keyboard_comes_with_the_focus_and_enter_is_the_editors_action(installed: Rig) -> None:
    adb = installed.adb
    installed.start()
    before = adb.shell("dumpsys input_method")
    installed.tap("com.example.sample:id/name")
    during = adb.shell("dumpsys input_method")
    adb.shell("input text ab%sc; input keyevent DEL; input keyevent KEYCODE_D")
    adb.shell("logcat -c; input keyevent ENTER")
    entered = installed.told("entered name")
    after = adb.shell("dumpsys input_method")

    assert "mInputShown=false" in before
    assert "mInputShown=true" in during
    assert entered
    assert "mInputShown=false" in after
    assert installed.sees('text="ab d"')


def test_back_closes_the_keyboard_before_it_closes_anything_else(installed: Rig) -> None:
    installed.start()
    installed.tap("com.example.sample:id/name")
    installed.adb.shell("input keyevent BACK")

    assert "mInputShown=false" in installed.adb.shell("dumpsys input_method")
    assert PACKAGE in installed.adb.shell("dumpsys window displays")


def test_a_finger_answers_the_prompt_that_waits_for_it(installed: Rig) -> None:
    installed.ask("finger")
    assert installed.sees("Unlock Sample")
    assert installed.console("finger touch 7") == "OK"
    assert installed.sees("Not recognized")
    assert installed.console("finger touch 1") == "OK"

    assert installed.told("finger done: True")
    assert installed.console("finger touch") == "KO: missing fingerprint id"


def test_the_screen_turns_and_an_app_is_laid_out_anew(installed: Rig) -> None:
    installed.start()
    installed.adb.shell("settings put system user_rotation 1")
    turned = installed.adb.shell("dumpsys window displays")
    shown = installed.seen()
    installed.adb.shell("settings put system user_rotation 0")

    assert "cur=1920x1080" in turned
    assert 'rotation="1"' in shown
    assert "[0,0][1920,1080]" in shown
