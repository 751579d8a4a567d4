"""What people who test security ask of a shell: answered as AOSP does, or refused with the phone's own words."""

import re
import struct

import adbutils
import pytest

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Rig, until

HERE = f"run-as {PACKAGE}"
LEAVE_WORDS = f"{HERE} sh -c 'mkdir -p notes; echo the-token > notes/a; echo other >> notes/a; touch notes/b'; "


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("pm list packages -i -3", rf"^package:{PACKAGE}  installer=null$"),
        ("id", r"^uid=2000\(shell\) gid=2000\(shell\) groups=2000\(shell\),1004\(input\).* context=u:r:shell:s0$"),
        (f"{HERE} id -Z", r"^u:r:runas_app:s0:c\d+,c256,c512,c768$"),
        (f"{HERE} groups", r"^u0_a\d+ inet everybody u0_a\d+_cache all_a\d+$"),
        ("su 0 id", r"^uid=0\(root\) .*context=u:r:su:s0$"),
        (f"{HERE} ls -laZ", r"^drwx\S+ \d+ u0_a\d+ u0_a\d+ u:object_r:app_data_file:s0:c\S+ +\d+ \S+ \S+ \.$"),
        ("ls -a /sdcard", r"^\.\n\.\.\nAndroid$"),
        ("ls /sdcard/Download /sdcard/DCIM", r"^/sdcard/Download:\n(?:.+\n)*\n/sdcard/DCIM:"),
        (LEAVE_WORDS + f"{HERE} grep -rn -i TOKEN notes", "^notes/a:1:the-token$"),
        (LEAVE_WORDS + f"{HERE} grep -A1 -w token notes/a", r"^the-token\nother$"),
        (LEAVE_WORDS + f"{HERE} grep -rl token .", r"^\./notes/a$"),
        (LEAVE_WORDS + f"{HERE} strings notes/a", r"^the-token\nother$"),
        (LEAVE_WORDS + f"{HERE} find . -newer cache -type f", r"^\./notes/a$"),
        (f"{HERE} env", "^ANDROID_DATA=/data$"),
        ("uname -n -m", "^localhost x86_64$"),
        ("df -h /data", r"^Filesystem +Size +Used Avail Use% Mounted on\n/dev/block/dm-38 +6\.0G"),
        (f"{HERE} du -sh .", r"^\d+K\t\.$"),
        ("ip addr show wlan0", r"inet 10\.0\.2\.16/24 brd 10\.0\.2\.255 scope global wlan0"),
        ("ip route", r"^10\.0\.2\.0/24 dev wlan0 proto kernel scope link src 10\.0\.2\.16"),
        ("ifconfig lo", r"inet addr:127\.0\.0\.1"),
        ("command -v ls; type pm; command echo hi", "^/system/bin/ls\npm is /system/bin/pm\nhi$"),
        ("cat /proc/net/udp", "^   sl  local_address rem_address"),
        ("ss -tan", "^State Recv-Q Send-Q Local Address:Port Peer Address:Port"),
        ("pm list packages -d", "^$"),
        (f"cmd package resolve-activity --brief -c android.intent.category.LAUNCHER {PACKAGE}", rf"^{PACKAGE}/\.Main$"),
        ("pm resolve-activity --components -a android.intent.action.VIEW -d sample:x", rf"^{PACKAGE}/\.Main$"),
        (f"pm resolve-activity --brief {PACKAGE}/.Nowhere", "^No activity found$"),
        ("cmd deviceidle get screen; dumpsys deviceidle get network", "^true\ntrue$"),
        ("logcat -d -v threadtime,descriptive 'ActivityManager:I *:S' | head -n 2", "ActivityManager: "),
        ("logcat -d -D -b main,system | grep -m 1 switch", "^--------- switch to (main|system)$"),
        ("cat /proc/loadavg", r"^\d+\.\d\d \d+\.\d\d \d+\.\d\d 1/\d+ 1$"),
        ("dumpsys window policy", "KeyguardServiceDelegate"),
        ("dumpsys window displays", rf"mCurrentFocus=Window.*{PACKAGE}.*\n  mFocusedApp=ActivityRecord"),
    ],
)
def test_a_question_is_answered_as_on_a_real_phone(running: Rig, line: str, shown: str) -> None:
    before = running.unmodelled()

    assert re.search(shown, running.adb.shell(line), re.MULTILINE)
    assert running.unmodelled() == before


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("cat /proc/net/route", "No such file or directory"),
        ("netstat -n", "only with -t or -u"),
        ("pm list packages -Q", "Error: Unknown option: -Q"),
        ("pm install-create --multi-package", "Unknown command: install-create"),
        ("input keyevent --longpress 26", "Invalid arguments for command: keyevent"),
        ("dumpsys deviceidle step light", "Unknown command"),
        ("dumpsys package packages", "Packages:"),
        ("dumpsys connectivity --short", "Unknown command"),
        ("dumpsys activity intents", "Bad activity command, or no activities match: intents"),
        ("dumpsys window nonsense", "Bad window command"),
        ("getprop -T", "Unknown option"),
        ("screenrecord /sdcard/x.mp4", "unable to create video/avc codec instance"),
        ("ls -lh /sdcard", "not modelled"),
        ("env A=1 id", "only showing is modelled"),
    ],
)
def test_what_is_not_modelled_is_refused_and_noted(running: Rig, line: str, refusal: str) -> None:
    before = running.unmodelled()

    assert refusal in running.adb.shell(line)
    assert len(running.unmodelled()) == len(before) + 1


def test_a_setting_alone_switches_no_radio_and_the_broadcast_is_roots(running: Rig) -> None:
    write = "settings put global airplane_mode_on"
    said = running.adb.shell(f"{write} 1; am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true")
    by_shell = running.adb.shell("cmd connectivity airplane-mode")
    by_root = running.adb.shell(
        "su 0 am broadcast -a android.intent.action.AIRPLANE_MODE >/dev/null; cmd connectivity airplane-mode"
    )
    running.adb.shell("cmd connectivity airplane-mode disable")

    assert "Permission Denial: not allowed to send broadcast android.intent.action.AIRPLANE_MODE" in said
    assert (by_shell, by_root) == ("disabled", "enabled")
    assert running.adb.shell("settings get global airplane_mode_on") == "0"


def test_the_frame_buffer_is_the_screen(running: Rig) -> None:
    """Asked for by hand: adbutils' own `framebuffer` leaves its socket open."""
    device = adbutils.AdbClient(host="127.0.0.1", port=running.adb.port).device(running.adb.serial)
    with device.open_transport() as line:
        line.send_command("framebuffer:")
        line.check_okay()
        version, bits, space, size, width, height = struct.unpack("<6I", line.read_exact(56)[:24])
        pixels = line.read_exact(size)

    assert (version, bits, space, size) == (2, 32, 1, width * height * 4)
    assert (width, height) == (1080, 1920)
    assert until(lambda: device.screenshot().convert("RGBA").tobytes() == pixels)
