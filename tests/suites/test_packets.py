"""The phone's own capture, asked by the suites: what it must show before its silence counts."""

from pathlib import Path

import pytest

from faults import EvidenceMissing
from suites.packets import Packets
from tests.traffic.captures.builders import HOST, PROXY, capture
from traffic.captures.origins import Hosts

HOSTS = Hosts(("*.superoffice.test",), ())
TUNNEL = f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "phone.pcap"


def packets(path: Path | None) -> Packets:
    return Packets("virtual-android", path, HOSTS, PROXY)


def record(path: Path, *calls: tuple[str, int, bytes]) -> Packets:
    written = capture(path)
    for host, port, data in calls:
        written.opened(host, port).sent(data)
    written.close()
    return packets(path)


def test_a_phone_that_kept_to_the_proxy_has_nothing_to_show(path: Path) -> None:
    seen = record(path, (*PROXY, TUNNEL))

    seen.expect_nothing_unseen()
    assert seen.in_clear() == seen.unknown_hosts() == seen.old_tls() == []


def test_what_went_round_the_recorder_is_missing_evidence(path: Path) -> None:
    seen = record(path, (*PROXY, TUNNEL), (HOST, 443, b"\x16\x03\x01"))

    with pytest.raises(EvidenceMissing, match=rf"went round the recorder \(1\): {HOST}:443 by tcp"):
        seen.expect_nothing_unseen()


def test_cleartext_and_strangers_are_told(path: Path) -> None:
    seen = record(path, (*PROXY, TUNNEL), ("tracker.example", 80, b"GET / HTTP/1.1\r\nHost: tracker.example\r\n\r\n"))

    assert seen.in_clear() == ["tracker.example:80 in clear (connection 1)"]
    assert seen.unknown_hosts() == ["tracker.example"]


def test_a_phone_without_a_capture_says_nothing() -> None:
    with pytest.raises(EvidenceMissing, match="virtual-android has no packet capture"):
        packets(None).in_clear()


def test_a_capture_in_which_nobody_uses_the_proxy_says_nothing(path: Path) -> None:
    with pytest.raises(EvidenceMissing, match=r"none of 1 connections goes to the proxy 10\.0\.2\.2"):
        record(path, (HOST, 80, b"GET / HTTP/1.1\r\n\r\n")).unknown_hosts()


def test_a_capture_that_breaks_off_says_nothing(path: Path) -> None:
    seen = record(path, (*PROXY, TUNNEL))
    path.write_bytes(path.read_bytes()[:-3])

    with pytest.raises(EvidenceMissing, match=r"at byte .*breaks off"):
        seen.old_tls()
