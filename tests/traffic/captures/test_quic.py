"""QUIC in a packet capture: nobody can read it, but it is told by the name that it asks for."""

from pathlib import Path

import pytest

from testbed.capture.file import PacketFile
from testbed.capture.wire import Endpoint, frame, udp_datagram
from tests.traffic.captures.builders import NOON
from tests.traffic.test_quic import HOST, datagrams
from traffic.audit import audit_capture
from traffic.captures.origins import Hosts, unknown_hosts
from traffic.captures.pcap import read_pcap
from traffic.secrets import Secret

HERE, THERE = Endpoint("10.0.2.16", 40000), Endpoint("198.18.0.9", 443)


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """A client's first flight, twice, with an answer between."""
    path = tmp_path / "phone.pcap"
    file = PacketFile(path)
    for data in datagrams():
        file.write(frame(udp_datagram(HERE, THERE, data), outgoing=True), NOON)
        file.write(frame(udp_datagram(THERE, HERE, data), outgoing=False), NOON)
        file.write(frame(udp_datagram(HERE, THERE, data), outgoing=True), NOON)
    file.close()
    return path


def test_a_connection_is_told_by_the_name_that_it_asks_for(spoken: Path) -> None:
    (seen,) = read_pcap(spoken).connections

    assert (seen.protocol, seen.host, seen.sni, seen.offered) == ("quic", HOST, HOST, ("TLSv1.3",))


def test_a_host_of_quic_that_nobody_knows_fails_by_its_name(spoken: Path) -> None:
    capture = read_pcap(spoken)

    assert list(unknown_hosts(capture, Hosts((), ()))) == [HOST]
    assert list(unknown_hosts(capture, Hosts((HOST,), ()))) == []


def test_an_audit_names_it_and_says_that_it_could_not_be_read(spoken: Path) -> None:
    found = audit_capture(spoken, [Secret("access_token", "8A:Cust1.abcdefghij-klmno")])

    assert [(one.claim, one.host) for one in found.findings if one.promise == "every_host_is_known"] == [("O13", HOST)]
    assert any(f"1 encrypted connections to {HOST} could not be read" in why for why in found.blocked)


def test_a_secret_in_the_name_is_found(tmp_path: Path) -> None:
    path, secret = tmp_path / "phone.pcap", "kt9wlq3zpx7vr2mb4ncd"
    file = PacketFile(path)
    for data in datagrams(host=f"{secret}.tracker.example"):
        file.write(frame(udp_datagram(HERE, THERE, data), outgoing=True), NOON)
    file.close()

    found = audit_capture(path, [Secret("refresh_token", secret)]).findings

    assert ("refresh_token", "sni") in {(one.kind, one.where) for one in found}
