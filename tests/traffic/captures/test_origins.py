from pathlib import Path

import pytest

from faults import UsageError
from tests.traffic.captures.builders import HOST, PROXY, capture, shake_hands
from traffic.captures.origins import (
    Hosts,
    Origin,
    in_clear,
    old_tls,
    read_hosts,
    round_the_proxy,
    unknown_hosts,
)
from traffic.captures.pcap import PacketCapture, read_pcap

HOSTS = Hosts(("*.superoffice.test",), ("connectivitycheck.example",))


def seen(tmp_path: Path, *calls: tuple[str, int, bytes]) -> PacketCapture:
    packets = capture(tmp_path / "phone.pcap")
    for host, port, data in calls:
        talk = packets.opened(host, port)
        if data:
            talk.sent(data)
        else:
            shake_hands(talk)
    packets.close()
    return read_pcap(tmp_path / "phone.pcap")


REQUEST = b"GET / HTTP/1.1\r\nHost: online.superoffice.test\r\n\r\n"
NOISE = b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.example\r\n\r\n"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (HOST, Origin.APP),
        ("ONLINE.SuperOffice.test.", Origin.APP),
        ("connectivitycheck.example", Origin.SYSTEM),
        ("tracker.example", Origin.UNKNOWN),
        ("198.51.100.7", Origin.UNKNOWN),
    ],
)
def test_the_host_tells_whose_it_is(host: str, origin: Origin) -> None:
    assert HOSTS.origin(host) is origin


def test_a_connection_through_the_proxy_is_no_concern(tmp_path: Path) -> None:
    through = seen(tmp_path, (*PROXY, b"CONNECT online.superoffice.test:443 HTTP/1.1\r\n\r\n"))

    assert list(round_the_proxy(through, HOSTS, PROXY)) == list(unknown_hosts(through, HOSTS, PROXY)) == []
    assert list(in_clear(through, HOSTS, PROXY)) == []


def test_a_connection_past_the_proxy_is_told_and_one_of_the_system_is_not(tmp_path: Path) -> None:
    past = seen(tmp_path, (HOST, 443, b""), ("connectivitycheck.example", 80, NOISE))

    assert list(round_the_proxy(past, HOSTS, PROXY)) == [f"{HOST}:443 by tcp (connection 0)"]
    assert list(in_clear(past, HOSTS, PROXY)) == []


def test_cleartext_of_the_app_is_told(tmp_path: Path) -> None:
    assert list(in_clear(seen(tmp_path, (HOST, 80, REQUEST)), HOSTS)) == [f"{HOST}:80 in clear (connection 0)"]


def test_a_host_that_nobody_knows_is_told_also_when_it_was_only_asked_for(tmp_path: Path) -> None:
    packets = capture(tmp_path / "phone.pcap")
    packets.resolved("tracker.example", exists=False)
    packets.resolved(HOST)
    packets.close()

    assert list(unknown_hosts(read_pcap(tmp_path / "phone.pcap"), HOSTS)) == ["tracker.example"]
    assert list(unknown_hosts(read_pcap(tmp_path / "phone.pcap"), HOSTS.with_app("tracker.example"))) == []


def test_tls_that_is_new_enough_is_no_concern(tmp_path: Path) -> None:
    found = seen(tmp_path, (HOST, 443, b""))

    assert found.handshakes
    assert list(old_tls(found, HOSTS)) == []


def test_old_tls_is_told(tmp_path: Path) -> None:
    hello = bytes.fromhex("160301002f0200002b0301") + bytes(32) + b"\x00" + b"\x00\x2f" + b"\x00" + b"\x00\x00"
    hello = hello[:3] + (len(hello) - 5).to_bytes(2) + hello[5:6] + (len(hello) - 9).to_bytes(3) + hello[9:]
    packets = capture(tmp_path / "phone.pcap")
    packets.opened(HOST, 443).received(hello)
    packets.close()

    assert list(old_tls(read_pcap(tmp_path / "phone.pcap"), HOSTS)) == [f"{HOST}: TLSv1 (connection 0)"]


def test_the_policy_that_is_shipped_can_be_read() -> None:
    hosts = read_hosts()

    assert hosts.origin("connectivitycheck.gstatic.com") is Origin.SYSTEM
    assert hosts.with_app("*.example.test").origin("a.example.test") is Origin.APP


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[sytem]", "no table"),
        ("[app", "no policy of hosts"),
        ("[app]\nhosts = 'x'", "hosts is a list"),
        ("app = 3", "list"),
    ],
)
def test_a_policy_that_is_none_is_refused_with_its_file(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "hosts.toml").write_text(text)

    with pytest.raises(UsageError, match=rf"hosts\.toml.*{why}"):
        read_hosts(tmp_path / "hosts.toml")
