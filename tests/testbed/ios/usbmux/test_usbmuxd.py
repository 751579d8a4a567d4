import asyncio
import plistlib
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from pymobiledevice3.usbmux import create_mux, list_devices

from tests.testbed.android.phone_rig import until
from tests.testbed.ios.mux_rig import OTHER, UDID, BarePhone, Muxd, bare_phone, usbmuxd

HERE = object()
"""Stands for the number of the phone that is there."""
NOBODY = "00008110-0000000000000000"
"""No phone of any test: what is asked of it leaves the daemon as it was."""


def daemon(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "testbed.ios.usbmuxd", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


def test_two_phones_come_and_go_on_one_socket(tmp_path: Path) -> None:
    with usbmuxd() as muxd, muxd.connect() as listener:
        assert listener.ask({"MessageType": "Listen"})["Number"] == 0
        with bare_phone(muxd, tmp_path / "one"):
            _, came = listener.hear()
            with bare_phone(muxd, tmp_path / "two", OTHER):
                _, second = listener.hear()
                both = asyncio.run(list_devices(str(muxd.socket)))
            _, left = listener.hear()

        assert [one.serial for one in both] == [UDID, OTHER]
        assert [came["MessageType"], second["MessageType"], left["MessageType"]] == ["Attached", "Attached", "Detached"]
        assert left["DeviceID"] == second["DeviceID"] != came["DeviceID"]


def test_a_listener_hears_first_of_what_is_there(muxd: Muxd, bare: BarePhone) -> None:
    with muxd.connect() as listener:
        listener.ask({"MessageType": "Listen"})
        tag, event = listener.hear()

    assert (tag, event["Properties"]["SerialNumber"]) == (0, bare.udid)
    assert event["Properties"]["ConnectionType"] == "USB"


def test_a_phone_plugs_itself_in_again_when_the_daemon_was_started_anew(tmp_path: Path) -> None:
    with usbmuxd(tmp_path / "records") as first, bare_phone(first, tmp_path / "phone"):
        record = first.pair_record()
        first.process.terminate()
        first.process.wait(timeout=10)
        words = ["--socket", str(first.socket), "--records", str(tmp_path / "records")]
        second = subprocess.Popen([sys.executable, "-m", "testbed.ios.usbmuxd", *words], stdout=subprocess.PIPE)
        try:
            assert until(lambda: first.socket.exists() and first.udids() == [UDID])
            assert first.pair_record() == record
        finally:
            second.terminate()
            second.communicate(timeout=10)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("request_", "number"),
    [
        ({"MessageType": "Connect", "DeviceID": 99, "PortNumber": socket.htons(62078)}, 2),
        ({"MessageType": "Connect", "PortNumber": socket.htons(62078)}, 2),
        ({"MessageType": "Connect", "DeviceID": HERE}, 1),
        ({"MessageType": "Connect", "DeviceID": HERE, "PortNumber": socket.htons(8100)}, 3),
        ({"MessageType": "Connect", "DeviceID": HERE, "PortNumber": 62078}, 3),
        ({"MessageType": "ReadPairRecord"}, 22),
        ({"MessageType": "ReadPairRecord", "PairRecordID": NOBODY}, 2),
        ({"MessageType": "ReadPairRecord", "PairRecordID": "../secrets"}, 2),
        ({"MessageType": "SavePairRecord", "PairRecordID": "../x", "PairRecordData": b"x"}, 22),
        ({"MessageType": "SavePairRecord", "PairRecordID": NOBODY}, 22),
        ({"MessageType": "DeletePairRecord", "PairRecordID": NOBODY}, 2),
        ({"MessageType": "SelfDestruct"}, 1),
    ],
)
def test_what_cannot_be_done_gets_the_number_of_the_real_daemon(
    muxd: Muxd, request_: dict[str, object], number: int
) -> None:
    with muxd.connect() as raw:
        there = raw.ask({"MessageType": "ListDevices"})["DeviceList"][0]["DeviceID"]
        answer = raw.ask({key: there if value is HERE else value for key, value in request_.items()})

    assert answer == {"MessageType": "Result", "Number": number}


def test_a_port_of_the_phone_may_come_out_on_this_machine(muxd: Muxd, bare: BarePhone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        bare.do("forward", "8101", str(server.getsockname()[1]))
        with muxd.port(8101) as raw:
            stream, _ = server.accept()
            with stream:
                raw.stream.sendall(b"ping")
                raw.stream.shutdown(socket.SHUT_WR)
                assert stream.recv(9) == b"ping"
                assert stream.recv(9) == b""
                stream.sendall(b"late answer")
            assert raw.exactly(11) == b"late answer"
    with muxd.connect() as raw:
        number = raw.ask({"MessageType": "ListDevices"})["DeviceList"][0]["DeviceID"]
        closed = raw.ask({"MessageType": "Connect", "DeviceID": number, "PortNumber": socket.htons(8101)})
    assert closed["Number"] == 3


def test_a_request_that_no_daemon_knows_is_noted(muxd: Muxd) -> None:
    with muxd.connect() as raw:
        raw.ask({"MessageType": "Unheard"})

    assert "Unheard" in muxd.unmodelled()


def test_another_protocol_is_refused_and_hung_up_on(muxd: Muxd) -> None:
    with muxd.connect() as raw:
        assert raw.ask({"MessageType": "ListDevices"}, version=0)["Number"] == 6
        assert raw.stream.recv(1) == b""
    with muxd.connect() as raw:
        assert raw.ask({}, kind=3)["Number"] == 1
        assert raw.stream.recv(1) == b""


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", struct.pack("<4I", 20, 1, 8, 1) + b"nope"])
def test_nonsense_ends_its_own_connection_only(muxd: Muxd, bare: BarePhone, nonsense: bytes) -> None:
    with muxd.connect() as raw:
        raw.stream.sendall(nonsense)
        assert raw.stream.recv(1) == b""

    assert muxd.udids() == [bare.udid]


def test_pair_records_are_saved_read_and_deleted_and_listeners_hear_of_it(muxd: Muxd, bare: BarePhone) -> None:
    record = plistlib.dumps({"HostID": "x"})
    with muxd.connect() as raw, muxd.connect() as listener:
        listener.ask({"MessageType": "Listen"})
        _, there = listener.hear()
        wanted = {"PairRecordID": OTHER, "PairRecordData": record, "DeviceID": there["DeviceID"]}
        saved = raw.ask({"MessageType": "SavePairRecord", **wanted})
        _, event = listener.hear()
        read = raw.ask({"MessageType": "ReadPairRecord", "PairRecordID": OTHER})
        deleted = raw.ask({"MessageType": "DeletePairRecord", "PairRecordID": OTHER})

    assert [saved["Number"], deleted["Number"]] == [0, 0]
    assert event == {"MessageType": "Paired", "DeviceID": there["DeviceID"]}
    assert read == {"PairRecordData": record}
    assert bare.udid == there["Properties"]["SerialNumber"]


def test_listeners_are_listed_by_name(muxd: Muxd) -> None:
    with muxd.connect() as raw, muxd.connect() as listener:
        listener.ask({"MessageType": "Listen", "ProgName": "watcher", "kLibUSBMuxVersion": 3})
        listed = raw.ask({"MessageType": "ListListeners"})["ListenerList"]

    assert "watcher" in [one["ProgName"] for one in listed]


def test_the_host_has_one_identifier(muxd: Muxd) -> None:
    async def asked() -> str:
        async with await create_mux(str(muxd.socket)) as mux:
            return str(await mux.get_buid())  # type: ignore[attr-defined]

    assert asyncio.run(asked()) == muxd.pair_record()["SystemBUID"]


def test_wrong_options_are_one_line_and_exit_2(tmp_path: Path) -> None:
    long = daemon("--socket", str(tmp_path / ("x" * 120)))
    nowhere = daemon("--socket", str(tmp_path / "no" / "where"))

    assert [long.returncode, nowhere.returncode] == [2, 2]
    assert [len(one.stderr.splitlines()) for one in (long, nowhere)] == [1, 1]


def test_a_second_daemon_leaves_the_first_alone(muxd: Muxd, bare: BarePhone) -> None:
    second = daemon("--socket", str(muxd.socket))

    assert second.returncode == 1
    assert "another daemon answers" in second.stderr
    assert muxd.udids() == [bare.udid]
