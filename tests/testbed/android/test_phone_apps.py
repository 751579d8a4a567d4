"""App processes: starting, timing, stopping, and what the phone does for them."""

import re
import socket
import threading
from dataclasses import replace
from pathlib import Path

from tests.testbed.android.apk_samples import PACKAGE, Sample, write
from tests.testbed.android.phone_rig import Rig, alive, until


def total(report: str) -> int:
    (found,) = re.findall(r"TotalTime: (\d+)", report)
    return int(found)


def test_a_cold_start_is_timed_to_the_first_frame(installed: Rig) -> None:
    report = installed.start()
    logged = until(lambda: installed.adb.shell("logcat -d -v raw -s ActivityTaskManager:I"))

    assert "Status: ok\nLaunchState: COLD\nActivity: com.example.sample/.Main\n" in report
    assert total(report) > 2
    assert f"Displayed com.example.sample/.Main: +{total(report)}ms" in logged
    assert "Fully drawn com.example.sample/.Main: +" in logged


def test_coming_back_is_hot_and_faster_and_being_there_is_nothing(installed: Rig) -> None:
    cold = installed.start()
    pid = installed.pid(PACKAGE)
    installed.adb.shell("input keyevent 3")
    focus = installed.adb.shell("dumpsys window displays")
    hot = installed.start()
    there = installed.start()

    assert "com.android.launcher3" in focus
    assert "LaunchState: HOT" in hot
    assert total(hot) < total(cold)
    assert installed.pid(PACKAGE) == pid
    assert "intent has been delivered to currently running top-most instance" in there


def test_a_finished_activity_starts_warm_in_its_old_process(installed: Rig) -> None:
    installed.start()
    pid = installed.pid(PACKAGE)
    installed.adb.shell("input keyevent 4")
    until(lambda: "launcher3" in installed.adb.shell("dumpsys window displays"))
    report = installed.start()

    assert "LaunchState: WARM" in report
    assert installed.pid(PACKAGE) == pid


def test_force_stop_kills_the_process_at_once(installed: Rig) -> None:
    installed.start()
    pid = installed.pid(PACKAGE)
    installed.adb.shell(f"am force-stop {PACKAGE}")

    assert pid is not None
    assert not alive(pid)
    assert installed.pid(PACKAGE) is None
    assert "LaunchState: COLD" in installed.start()


def test_start_with_s_stops_first(installed: Rig) -> None:
    installed.start()
    report = installed.adb.shell(f"am start -W -S -n {PACKAGE}/.Main")

    assert report.startswith(f"Stopping: {PACKAGE}\nStarting: Intent {{ cmp={PACKAGE}/.Main }}")
    assert "LaunchState: COLD" in report


def test_what_nobody_takes_is_not_started(installed: Rig) -> None:
    adb = installed.adb

    assert "Error: Activity not started, unable to resolve Intent" in adb.shell("am start -W -d nope://x")
    assert f"Error: Activity class {{{PACKAGE}/.No}} does not exist." in adb.shell(f"am start -W -n {PACKAGE}/.No")
    assert "LaunchState" not in adb.shell(f"am start -W -n {PACKAGE}/.No")


def test_the_phones_own_log_holds_no_more_of_a_link_than_its_host(installed: Rig) -> None:
    started = installed.start("sample://host.example/secret?code=s3cr3t")

    assert "dat=sample://host.example/... " in started
    assert "s3cr3t" not in installed.adb.shell("logcat -d -s ActivityTaskManager:V")


def test_an_app_without_code_dies_at_its_start(rig: Rig, shelf: Path) -> None:
    rig.adb.run("install", str(write(replace(Sample(), package="com.example.hollow", scheme="h", entry=None), shelf)))
    report = rig.adb.shell("am start -W -n com.example.hollow/.Main")
    rig.adb.run("uninstall", "com.example.hollow")

    assert "Status: timeout" in report
    assert "TotalTime" not in report
    assert "FATAL EXCEPTION" in rig.adb.shell("logcat -d -b crash")


def test_a_crash_is_logged_and_uncovers_home(installed: Rig) -> None:
    installed.start()
    installed.adb.shell("am start -d sample:crash")

    assert until(lambda: installed.pid(PACKAGE) is None)
    assert "ZeroDivisionError" in installed.adb.shell("logcat -d -s AndroidRuntime:E")
    assert "launcher3" in installed.adb.shell("dumpsys window displays")


def test_taps_and_text_go_where_they_are_seen(installed: Rig) -> None:
    installed.start()
    installed.adb.shell("input tap 540 130")

    assert installed.told("clicked go")


def test_uninstalling_deletes_the_data_and_the_keys(installed: Rig, sample: Path) -> None:
    assert installed.ask("keep/alias/secret") == "ok"
    assert installed.ask("reveal/alias") == "secret"
    kept = installed.home / "fs/data/data" / PACKAGE / "kept"
    assert b"secret" not in kept.read_bytes()
    blob = kept.read_bytes()
    installed.adb.run("uninstall", PACKAGE)
    gone = not kept.parent.exists()
    installed.adb.run("install", str(sample))
    kept.write_bytes(blob)

    assert gone
    assert "UnrecoverableKeyException" in installed.ask("reveal/alias")


def test_clearing_an_app_stops_it_and_empties_its_data(installed: Rig) -> None:
    installed.ask("keep/alias/secret")

    assert installed.adb.shell(f"pm clear {PACKAGE}") == "Success"
    assert installed.pid(PACKAGE) is None
    assert installed.adb.shell(f"run-as {PACKAGE} ls kept") == "ls: kept: No such file or directory"


def test_the_clock_is_roots_to_set_and_apps_live_by_it(installed: Rig) -> None:
    adb = installed.adb
    refused = adb.run("shell", "date 010203042031.05")
    adb.run("root")
    adb.shell("date 010203042031.05")
    shown, felt = adb.shell("date +%Y-%m-%dT%H:%M"), float(installed.ask("clock"))
    logged = adb.shell("logcat -d -v epoch -s Sample:V").splitlines()[-1]
    adb.shell(f"cmd alarm set-time {int(__import__('time').time() * 1000)}")
    adb.run("unroot")

    assert (refused.returncode, b"Operation not permitted" in refused.stderr) == (1, True)
    assert shown == "2031-01-02T03:04"
    assert 0 <= felt - 1925089445 < 30
    assert float(logged.split()[0]) >= round(felt, 3) - 0.001  # the log has milliseconds
    assert "SecurityException" in adb.shell("cmd alarm set-time 1")


def test_names_lead_where_the_table_says_and_nowhere_else(installed: Rig) -> None:
    assert installed.ask("connect/a.crm.example/443") == "ECONNREFUSED"
    assert "No address associated" in installed.ask("connect/elsewhere.example/443")
    assert installed.ask("connect/192.0.2.1/80") == "ENETUNREACH"


def test_airplane_mode_refuses_new_streams_and_cuts_open_ones(installed: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = f"connect/10.0.2.2/{server.getsockname()[1]}"
        assert installed.ask(link) == "ok"
        stream, _ = server.accept()
        installed.adb.shell("cmd connectivity airplane-mode enable")
        cut = installed.told("stream: ")
        state = installed.adb.shell("settings get global airplane_mode_on; cmd connectivity airplane-mode")
        refused = installed.ask(link)
        installed.adb.shell("cmd connectivity airplane-mode disable")
        again = installed.ask(link)
        stream.close()

    assert "ConnectionResetError" in cut or "cut" in cut
    assert state == "1\nenabled"
    assert (refused, again) == ("ENETUNREACH", "ok")


def test_without_wifi_and_data_there_is_no_network(installed: Rig) -> None:
    installed.adb.shell("svc wifi disable; svc data disable")
    refused = installed.ask("connect/10.0.2.2/9")
    installed.adb.shell("svc wifi enable; svc data enable")

    assert refused == "ENETUNREACH"


def test_adb_reverse_lets_an_app_reach_the_host(installed: Rig) -> None:
    closed = installed.ask("connect/127.0.0.1/4711")
    with socket.create_server(("127.0.0.1", 0)) as server:
        installed.adb.run("reverse", "tcp:4711", f"tcp:{server.getsockname()[1]}")

        def greet() -> None:
            stream, _ = server.accept()
            stream.sendall(b"hello")
            stream.close()

        greeter = threading.Thread(target=greet)
        greeter.start()
        reached = installed.ask("connect/127.0.0.1/4711")
        heard = installed.told("stream: ")
        greeter.join(5)
        listed = installed.adb.out("reverse", "--list")
        installed.adb.run("reverse", "--remove-all")

    assert (closed, reached) == ("ECONNREFUSED", "ok")
    assert "hello" in heard
    assert "tcp:4711" in listed


def test_the_proxy_setting_reaches_apps(installed: Rig) -> None:
    none = installed.ask("proxy")
    installed.adb.shell("settings put global http_proxy 10.0.2.2:8080")
    some = installed.ask("proxy")
    installed.adb.shell("settings put global http_proxy :0")
    off = installed.ask("proxy")
    installed.adb.shell("settings delete global http_proxy")

    assert (none, some, off) == ("None", "('10.0.2.2', 8080)", "None")


def test_the_camera_sees_what_the_console_put_on_the_table(installed: Rig, tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 -- used here only

    plain = installed.ask("picture")
    Image.effect_noise((200, 200), 80).save(tmp_path / "code.png")
    answer = installed.adb.out("emu", "virtualscene-image", "table", str(tmp_path / "code.png"))
    seen = installed.ask("picture")
    missing = installed.adb.out("emu", "virtualscene-image", "table", str(tmp_path / "none.png"))

    assert "OK" in answer
    assert int(seen) != int(plain)
    assert "KO" in missing


def test_the_camera_is_closed_to_an_app_without_its_permission(installed: Rig) -> None:
    installed.start()
    installed.adb.shell(f"pm revoke {PACKAGE} android.permission.CAMERA")

    assert "SecurityException" in installed.ask("picture")


def test_the_screen_is_what_screencap_shows(installed: Rig) -> None:
    home = installed.adb.run("exec-out", "screencap -p").stdout
    installed.start()
    app = installed.adb.run("exec-out", "screencap -p").stdout

    assert home[:8] == app[:8] == b"\x89PNG\r\n\x1a\n"
    assert home != app
