import socket
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.adb import Adb, CommandFailed
from drivers.app_file import AppFile
from drivers.tools import adb_path
from faults import PhoneLost


def test_a_server_that_is_gone_means_a_lost_phone_and_no_server_is_started() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        with pytest.raises(
            PhoneLost, match=r"(?s)emulator-5554: `adb shell id -u`.*cannot start server on remote host"
        ):
            Adb(adb_path(), port, "emulator-5554").is_root()


def test_a_serial_that_nobody_has_means_a_lost_phone(second: Adb) -> None:
    stranger = replace(second, serial="emulator-1")

    with pytest.raises(
        PhoneLost, match=r"^emulator-1: `adb shell id -u` ended with 1: .*device 'emulator-1' not found"
    ):
        stranger.is_root()


def test_a_phone_that_does_not_answer_in_time_is_lost(second: Adb) -> None:
    with pytest.raises(PhoneLost, match=r"`adb shell sleep 5` did not end within 0\.5 s"):
        second.shell("sleep", "5", seconds=0.5)


def test_a_command_that_fails_is_told_with_its_words_and_is_no_lost_phone(second: Adb) -> None:
    with pytest.raises(
        CommandFailed, match=rf"^{second.serial}: `adb shell ls /nowhere` ended with 1: .*No such file or directory"
    ):
        second.shell("ls", "/nowhere")


def test_a_program_that_the_phone_lacks_is_no_lost_phone(second: Adb) -> None:
    with pytest.raises(CommandFailed, match=r"ended with 127: .*flie: inaccessible or not found"):
        second.shell("flie", "/")


def test_what_is_pushed_comes_back_byte_for_byte(second: Adb, tmp_path: Path) -> None:
    sent, received = tmp_path / "sent", tmp_path / "received"
    sent.write_bytes(bytes(range(256)) * 300 + b"\r\n\n")

    second.push(sent, "/data/local/tmp/sent")
    second.pull("/data/local/tmp/sent", received)

    assert received.read_bytes() == second.read("cat", "/data/local/tmp/sent") == sent.read_bytes()


def test_a_file_that_cannot_be_read_is_an_error_and_not_its_words(second: Adb) -> None:
    with pytest.raises(CommandFailed, match="No such file or directory"):
        second.read("cat", "/data/local/tmp/nothing")


def test_root_is_gained_once_and_stays(unrooted: Adb) -> None:
    gained, again = unrooted.become_root(), unrooted.become_root()

    assert (gained, again, unrooted.is_root()) == (True, True, True)


def test_an_emulator_shows_its_console_to_whoever_shares_its_home(
    second: Adb, lab: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", lab["adb"]["home"])

    second.emulator_console("avd", "status")

    assert second.shell("echo", "there") == "there\n"


def test_an_app_that_is_uninstalled_is_gone_and_can_be_installed_anew(second: Adb, app: AppFile) -> None:
    second.uninstall(app.package)
    gone = second.shell("pm", "list", "packages", app.package)

    second.install(app.path)
    second.shell("am", "start", "-W", "-n", f"{app.package}/{app.activity}")
    second.shell("am", "force-stop", app.package)

    assert (gone, second.shell("pm", "list", "packages", app.package)) == ("", f"package:{app.package}\n")
