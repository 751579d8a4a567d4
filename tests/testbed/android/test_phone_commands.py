"""The command table: each answer in the form that tools read, and nothing of it unmodelled."""

import re

import pytest

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Rig

HERE = f"run-as {PACKAGE}"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"dumpsys meminfo {PACKAGE}", r"TOTAL PSS: +[1-9]"),
        (f"dumpsys gfxinfo {PACKAGE}", r"Total frames rendered: [1-9]"),
        ("dumpsys connectivity", r"Active default network: 101(?s:.*)WIFI\[\] - CONNECTED"),
        ("dumpsys activity top", rf"ACTIVITY {PACKAGE}/.Main [0-9a-f]+ pid=[1-9]"),
        ("dumpsys activity recents", rf"Recent #0: Task.*{PACKAGE}"),
        ("dumpsys deviceidle force-idle; dumpsys deviceidle get deep; dumpsys deviceidle unforce", "mode\nIDLE\n"),
        ("dumpsys battery set level 7; dumpsys battery; dumpsys battery reset", "UPDATES STOPPED(?s:.*)level: 7"),
        ("dumpsys alarm", r"nowRTC=\d{13}"),
        ("dumpsys cpuinfo", rf"\d+/{PACKAGE}: \d"),
        ("df /data", r"/dev/block/dm-38 +\d+ +[1-9]"),
        ("ps -o PID,NAME -p 1", "1 init"),
        ("ps -A", rf"u0_a\d+ +\d+ +378 .* {PACKAGE}"),
        ("top -b -n 1", PACKAGE),
        ("pidof zygote64; pidof system_server", r"^378\n601$"),
        (f"{HERE} sh -c 'echo hi > f; stat -c %U:%s:%a f'", r"^u0_a\d+:3:644$"),
        (
            f"{HERE} sqlite3 n.db 'create table if not exists t(a); delete from t; insert into t values(7)' .tables",  # noqa: S608 -- the test's own words
            "^t$",
        ),
        (f"su 0 sqlite3 -header -csv /data/data/{PACKAGE}/n.db 'select 7 as a, 1 as b'", "^a,b\n7,1$"),
        (f"bmgr enable true; bmgr backupnow {PACKAGE}", "with result: Success"),
        (f"bu backup {PACKAGE} | head -n 4", "^ANDROID BACKUP\n5\n0\nnone$"),
        ("content query --uri content://settings/global/wifi_on", "^Row: 0 _id=1, name=wifi_on, value=1$"),
        (f"monkey -p {PACKAGE} -c android.intent.category.LAUNCHER 1", "Events injected: 1"),
        (f"cmd package compile -m speed -f {PACKAGE}", "^Success$"),
        ("logcat -g -b main,system", r"main: ring buffer is 256 KiB(?s:.*)system: ring buffer"),
        ("logcat -G 1M -b main; logcat -g -b main; logcat -G 256K -b main", "1024 KiB"),
        ("logcat -d -v year,usec -t 1", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} "),
        ("logcat -d -e 'START u0' --max-count=1 -v raw", "^--------- beginning of system\nSTART u0"),
        ("find /sdcard -maxdepth 1 -type d -name 'Do*'", "^/sdcard/Download$"),
        (
            "touch /sdcard/m; chmod 600 /sdcard/m; chmod g+r,o=r /sdcard/m; stat -c %A /sdcard/m; rm /sdcard/m",
            "^-rw-r--r--$",
        ),
        ("cat /proc/mounts", "tmpfs /apex tmpfs"),
        (f"tr -d '\\0' < /dev/null; cat /proc/$(pidof {PACKAGE})/cmdline", PACKAGE),
        ("uiautomator dump && grep -c hierarchy /sdcard/window_dump.xml", "dumped to: /sdcard/window_dump.xml\n1$"),
        ("pm query-activities --brief -a android.intent.action.VIEW -d sample:x", rf"{PACKAGE}/.Main"),
        ("am stack list", f"{PACKAGE}.Main visible=true"),
        ("service check package", "^Service package: found$"),
        ("wm user-rotation lock 1; wm size; wm user-rotation lock 0", "Physical size: 1080x1920"),
        ("input keyevent KEYCODE_VOLUME_UP 25 && echo done", "^done$"),
        ("input draganddrop 500 900 500 800 100 && echo done", "^done$"),
        ("svc power stayon usb; settings get global stay_on_while_plugged_in", "^7$"),
        ("dd if=/dev/zero of=/sdcard/z bs=1024 count=2 2>/dev/null; wc -c < /sdcard/z; rm /sdcard/z", "^2048$"),
    ],
)
def test_a_command_answers_in_the_form_that_tools_read(running: Rig, line: str, shown: str) -> None:
    before = running.unmodelled()

    assert re.search(shown, running.adb.shell(line), re.MULTILINE)
    assert running.unmodelled() == before


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("mount -t tmpfs tmpfs /sdcard", "Permission denied"),
        ("umount /data", "Operation not permitted"),
        ("nsenter -t 1 -m ls", "Operation not permitted"),
        ("chown root /sdcard", "Operation not permitted"),
        ("kill 378", "Operation not permitted"),
        ("stop", "must be root"),
        ("chcon x /sdcard", "Operation not permitted"),
        ("sqlite3 /data/data/com.example.sample/n.db 'select 1'", "unable to open database file"),
        ("run-as com.example.nobody ls", "unknown package"),
        ("cat /sdcard", "Is a directory"),
    ],
)
def test_what_the_shell_may_not_do_is_refused_and_is_not_unmodelled(running: Rig, line: str, refusal: str) -> None:
    before = running.unmodelled()

    assert refusal in running.adb.shell(line)
    assert running.unmodelled() == before
