"""Root, settings, log, console, and a phone's own life and end."""

import socket
from pathlib import Path

import httpx
import pytest

from testbed.android.__main__ import arguments
from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Rig, until
from tests.testbed.android.uiautomator_client import APKS


def test_root_comes_and_goes_with_adbd(rooted: Rig) -> None:
    as_root = rooted.adb.shell("id -u")
    again = rooted.adb.out("root")
    rooted.adb.run("unroot")
    as_shell = rooted.adb.shell("id -u")

    assert (as_root, as_shell) == ("0", "2000")
    assert "already running as root" in again


def test_system_is_writable_for_root_after_remount_only(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("pem")
    target = "/system/etc/security/cacerts/01234567.0"

    def push() -> int:
        return rig.adb.run("push", str(tmp_path / "ca.pem"), target).returncode

    not_root = rig.adb.out("remount")
    rig.adb.run("root")
    before = push()
    rig.adb.run("remount")
    after = push()
    rig.adb.run("unroot")
    unrooted = push()
    rig.adb.run("root")
    rig.adb.shell(f"rm {target}")
    rig.adb.run("unroot")

    assert "Not running as root" in not_root
    assert (before, after, unrooted) == (1, 0, 1)


def test_root_reads_app_data(installed: Rig) -> None:
    installed.adb.run("root")
    listed = installed.adb.shell(f"ls /data/data/{PACKAGE}")
    installed.adb.run("unroot")

    assert "cache" in listed


def test_settings_keep_what_is_put_and_say_null_otherwise(rig: Rig) -> None:
    shell = rig.adb.shell

    assert shell("settings get global nothing_here") == "null"
    assert shell("settings put global nothing_here 'a b'; settings get global nothing_here") == "a b"
    assert shell("settings delete global nothing_here; settings delete global nothing_here") == (
        "Deleted 1 rows\nDeleted 0 rows"
    )
    assert rig.adb.run("shell", "settings get nowhere x").returncode == 255


def test_properties_of_the_build_cannot_be_set(rig: Rig) -> None:
    assert rig.adb.shell("getprop ro.build.version.sdk") == "33"
    assert rig.adb.run("shell", "setprop ro.build.version.sdk 34").returncode == 1
    assert rig.adb.shell("setprop debug.x 1; getprop debug.x") == "1"


def test_the_log_is_filtered_formatted_cleared_and_streamed(rig: Rig) -> None:
    rig.adb.shell("logcat -c; log -t One first; log -p e -t Two second")
    lines = rig.adb.shell("logcat -d -v threadtime One:V '*:S'").splitlines()
    errors = rig.adb.shell("logcat -d -v raw *:E").splitlines()
    stream = rig.adb.popen("logcat", "-v", "brief", "-T", "1", "Live:V", "*:S")
    rig.adb.shell("log -t Live now")
    assert stream.stdout is not None
    streamed = [stream.stdout.readline() for _ in range(2)]
    stream.kill()
    stream.wait()
    stream.stdout.close()

    assert lines[0] == "--------- beginning of main"
    assert lines[1].endswith("I One     : first")
    assert errors[1:] == ["second"]
    assert streamed[0].startswith(b"--------- beginning of main")
    assert b"I/Live" in streamed[1]
    assert rig.adb.run("shell", "logcat -v rainbow -d").returncode == 1


def test_a_broadcast_nobody_takes_has_no_result_and_is_noted(rig: Rig) -> None:
    assert "result=0" in rig.adb.shell("am broadcast -a com.example.NOTHING")
    assert any("com.example.NOTHING" in what for what in rig.unmodelled())


def test_services_that_are_not_modelled_say_so(rig: Rig) -> None:
    for line in (
        "dumpsys sensorservice",
        "cmd nosuch x",
        "pm frob",
        "am frob",
        "input roll 1 2",
        "svc usb getFunctions",
    ):
        rig.adb.run("shell", line)

    noted = " | ".join(rig.unmodelled())
    assert all(word in noted for word in ("sensorservice", "nosuch", "pm frob", "frob", "roll", "usb"))


def test_the_console_wants_its_token(rig: Rig) -> None:
    with socket.create_connection(("127.0.0.1", int(str(rig.ready["console_port"])))) as console:
        lines = console.makefile("rw")
        lines.write("avd name\nauth wrong\nquit\n")
        lines.flush()
        said = lines.read()
        lines.close()

    assert "Authentication required" in said
    assert "KO: unknown command" in said
    assert "KO: authentication token does not match" in said
    assert rig.adb.out("emu", "avd", "name").strip().endswith("Virtual_Phone\nOK") or "Virtual_Phone" in rig.adb.out(
        "emu", "avd", "name"
    )
    assert "KO" in rig.adb.out("emu", "teleport")


def test_a_test_runner_that_is_not_installed_fails(rig: Rig) -> None:
    assert "INSTRUMENTATION_FAILED: a.b/c.D" in rig.adb.shell("am instrument -w a.b/c.D")


def test_wrong_arguments_are_one_line_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(["--home", str(tmp_path), "--adb-server-port", "1", "--resolve", "nonsense"])

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert "PATTERN=HOST:PORT" in said


def test_the_uiautomator_server_answers_while_its_instrumentation_runs(rig: Rig) -> None:
    runner = "io.appium.uiautomator2.server.test/androidx.test.runner.AndroidJUnitRunner"
    packages = ("io.appium.uiautomator2.server", "io.appium.uiautomator2.server.test")
    files = sorted(APKS.glob("*.apk"))
    if not files:
        pytest.skip("Appium is not installed")
    for file in files:
        assert "Success" in rig.adb.out("install", str(file))
    port = rig.adb.out("forward", "tcp:0", "tcp:6790").strip()

    def status() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/status", timeout=2).json()["value"]["ready"] is True
        except httpx.HTTPError:
            return False

    before = status()
    running = rig.adb.popen("shell", "am", "instrument", "-w", runner)
    during = until(status)
    listed = rig.adb.shell("pgrep -f io.appium.uiautomator2").splitlines()
    rig.adb.shell(f"am force-stop {packages[0]}")
    running.wait(timeout=5)
    after = status()
    if running.stdout is not None:
        running.stdout.close()
    rig.adb.run("forward", "--remove-all")
    for name in packages:
        rig.adb.run("uninstall", name)

    assert (before, during, after) == (False, True, False)
    assert len(listed) == 2
