"""The wire and the shell, judged by the real adb."""

import time
from pathlib import Path

import pytest

from tests.testbed.android.phone_rig import Rig


def test_the_phone_is_listed_as_an_emulator_that_is_online(rig: Rig) -> None:
    listed = rig.adb.out("devices")

    assert f"{rig.ready['serial']}\tdevice" in listed


def test_exit_code_and_stderr_come_apart_under_shell_v2(rig: Rig) -> None:
    done = rig.adb.run("shell", "echo out; echo err >&2; exit 7")

    assert (done.returncode, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_the_old_shell_and_exec_mix_both_streams_and_have_no_exit_code(rig: Rig) -> None:
    old = rig.adb.run("shell", "-x", "echo out; echo err >&2; exit 7")
    raw = rig.adb.run("exec-out", "echo out; echo err >&2")

    assert (old.returncode, old.stdout, raw.stdout) == (0, b"out\nerr\n", b"out\nerr\n")


def test_an_unknown_command_is_not_found_and_noted(rig: Rig) -> None:
    done = rig.adb.run("shell", "frobnicate --hard")

    assert (done.returncode, done.stderr) == (127, b"/system/bin/sh: frobnicate: inaccessible or not found\n")
    assert "frobnicate --hard" in rig.unmodelled()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("true && echo yes || echo no", "yes"),
        ("false && echo yes || echo no", "no"),
        ("false; echo $?", "1"),
        ("X='a b'; echo \"$X\" '$X' \\$X ${X}c", "a b $X $X a bc"),
        ("[ -e /data/local/tmp ] && echo there", "there"),
        ("[ -e /nowhere ] && echo there", ""),
        ("cat /nowhere 2>/dev/null || echo gone", "gone"),
        ("cat /nowhere 2>&1", "cat: /nowhere: No such file or directory"),
        ("echo one > /data/local/tmp/w; echo two >> /data/local/tmp/w; cat < /data/local/tmp/w", "one\ntwo"),
        ("lscpu", "/system/bin/sh: lscpu: inaccessible or not found"),
        ("getprop | grep -c 'ro.build.version.sdk'", "1"),
        ("cd /data/local/tmp && pwd", "/data/local/tmp"),
        ("echo $(echo a b | wc -w) `echo c`", "2 c"),
        ("ls /data/local/tm*/none", "/data/local/tm*/none: No such file or directory"),
        ("for n in a 'b c'; do echo [$n]; done", "[a]\n[b c]"),
        ("if [ -e /nowhere ]; then echo yes; elif true; then echo no; fi", "no"),
        ("n=0; while [ $n -lt 3 ]; do n=$((n + 1)); done; echo $n", "3"),
        ("case abc in x|y) echo no ;; a*) echo yes ;; esac", "yes"),
        ("( cd /sdcard; pwd ); pwd", "/sdcard\n/"),
        ("! false && { echo in; echo out; } 2>/dev/null", "in\nout"),
        ("X=; echo ${X:-none} ${X:+some}; Y=a.b.c; echo ${Y%.*} ${Y#*.}", "none\na.b b.c"),
        ("echo a & wait; echo b", "a\nb"),
        ("printf '%s-%s\\n' a b c | sort -r | tr a-z A-Z", "C-\nA-B"),
        ("echo 1 2 3 | xargs -n1 echo n | tail -n 1", "n 3"),
        ("echo one,two | cut -d , -f 2 | sed 's/t\\(w\\)o/\\1/'", "w"),
    ],
)
def test_the_shell_reads_lines_as_sh_does(rig: Rig, line: str, shown: str) -> None:
    assert rig.adb.shell(line).removeprefix("ls: ") == shown


def test_stdin_reaches_a_command(rig: Rig) -> None:
    assert rig.adb.run("shell", "cat | wc -c", stdin=b"12345").stdout == b"5\n"


def test_a_file_comes_back_as_it_was_pushed(rig: Rig, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1500
    (tmp_path / "there").write_bytes(content)

    pushed = rig.adb.run("push", str(tmp_path / "there"), "/data/local/tmp/deep/down.bin")
    rig.adb.run("pull", "/data/local/tmp/deep/down.bin", str(tmp_path / "back"))

    assert pushed.returncode == 0
    assert (tmp_path / "back").read_bytes() == content
    assert rig.adb.shell("stat -c %s /data/local/tmp/deep/down.bin") == str(len(content))
    assert "down.bin" in rig.adb.out("ls", "/data/local/tmp/deep")


def test_a_push_into_a_folder_goes_inside_it(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")

    rig.adb.run("push", str(tmp_path / "x.txt"), "/sdcard/Download")

    assert rig.adb.shell("cat /storage/emulated/0/Download/x.txt") == "x"


def test_what_is_not_there_cannot_be_pulled(rig: Rig, tmp_path: Path) -> None:
    done = rig.adb.run("pull", "/data/local/tmp/nothing", str(tmp_path))

    assert done.returncode == 1
    assert b"No such file or directory" in done.stderr + done.stdout


def test_the_shell_may_not_write_system_nor_read_app_data(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("x")
    pushed = rig.adb.run("push", str(tmp_path / "ca"), "/system/etc/security/cacerts/0.0")

    assert pushed.returncode == 1
    assert b"Read-only file system" in pushed.stderr + pushed.stdout
    assert rig.adb.shell("ls /data/data") == "ls: /data/data: Permission denied"


def test_a_refused_forward_does_not_stall(rig: Rig) -> None:
    import socket  # noqa: PLC0415 -- used here only

    port = int(rig.adb.out("forward", "tcp:0", "tcp:6790"))
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stream:
        answer = stream.recv(1)
    rig.adb.run("forward", "--remove", f"tcp:{port}")

    assert answer == b""
    assert time.monotonic() - began < 0.45


def test_a_service_that_is_not_modelled_is_refused_and_noted(rig: Rig) -> None:
    assert rig.adb.run("track-jdwp").returncode != 0
    assert "track-jdwp" in rig.unmodelled()
