"""The emulator's console: what it does to the phone, and the words it has for what it does not."""

import socket
import threading

import pytest

from tests.testbed.android.phone_rig import Rig, until


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ping", "I am alive!\nOK"),
        ("avd name", "Virtual_Phone\nOK"),
        ("avd", "KO: missing sub-command"),
        ("avd hop", "KO:  bad sub-command"),
        ("frob", "KO: unknown command, try 'help'"),
        ("geo fix 200 0", "KO: argument '<longitude> <latitude>' are not numbers or out of range"),
        ("network speed warp", "KO: invalid <speed> argument, see 'help network speed' for valid values"),
        ("power capacity 101", 'KO: Usage: "capacity <percentage>"'),
        ("sms send +4712", "KO: missing argument, try 'sms send <phonenumber> <text message>'"),
        ("virtualscene-image table /none.png", "KO: Failed to load image"),
    ],
)
def test_the_console_speaks_as_an_emulators_does(rig: Rig, line: str, answer: str) -> None:
    assert rig.console(line) == answer


def test_power_place_and_messages_reach_the_phone(rig: Rig) -> None:
    assert rig.console("power capacity 42", "power ac off") == "OK"
    battery = rig.adb.shell("dumpsys battery")
    rig.console("power ac on", "power capacity 100", "power status full")
    assert rig.console("geo fix 10.75 59.91") == "OK"
    assert rig.console("sms send +4722 your code is 1234") == "OK"

    assert "level: 42" in battery
    assert "AC powered: false" in battery
    assert "status: 3" in battery
    assert "59.910000,10.750000" in rig.adb.shell("dumpsys location")
    assert "address=+4722" in rig.adb.shell("content query --uri content://sms/inbox")


def test_a_slow_network_is_slow_for_apps(installed: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=_give, args=(server, 24_000, 2), daemon=True).start()
        times = []
        for speed, delay in (("full", "none"), ("384", "100")):
            assert installed.console(f"network speed {speed}", f"network delay {delay}") == "OK"
            installed.ask(f"fetch/10.0.2.2/{port}")
            size, seconds = until(lambda: installed.told("fetch done: ")).split("done: ")[1].split()
            times.append(float(seconds))
            assert size == "24000"
        status = installed.console("network status")
        installed.console("network speed full", "network delay none")

    assert times[1] > 0.6  # 24 kB at 384 kbit/s are half a second, and three ways of 100 ms
    assert times[0] < times[1] / 2
    assert "384000 bits/s" in status


def _give(server: socket.socket, size: int, times: int) -> None:
    for _ in range(times):
        stream, _ = server.accept()
        with stream:
            stream.sendall(b"x" * size)
