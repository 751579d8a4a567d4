"""What is no HTTP, as mitmproxy's hooks hand it over; and DNS through the recorder itself."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from dpkt import dns
from mitmproxy.udp import UDPFlow, UDPMessage

from tests.traffic.conftest import HOST, Recorder, Upstream, recorder
from tests.traffic.recorder.mitm import tflow
from tests.traffic.test_quic import datagrams
from traffic.exchanges import Recording
from traffic.recorder.hosts import HostMap, Mapping
from traffic.recorder.journal import Journal
from traffic.recorder.span import Span
from traffic.recorder.streams import Streams

QUIC = bytes([0xC3, 0, 0, 0, 1, 8]) + bytes(1194)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture
def streams(events: Path) -> Iterator[Streams]:
    hosts, journal = HostMap([Mapping.parse(f"{HOST}=127.0.0.1:8443")]), Journal(events)
    yield Streams(journal, hosts, Span(phone="virtual-android", test="a test", ahead=7.0))
    journal.close()


def quic(streams: Streams, *datagrams: bytes) -> UDPFlow:
    """What a client sends, each piece answered."""
    flow = tflow.tudpflow()
    flow.messages = []
    for data in datagrams:
        for from_client in (True, False):
            flow.messages.append(UDPMessage(from_client=from_client, content=data))
            streams.udp_message(flow)
    return flow


def test_quic_is_seen_and_told_once_by_the_name_that_it_asks_for(streams: Streams, events: Path) -> None:
    sent = datagrams(host="h3.superoffice.test")
    streams.udp_end(quic(streams, *sent, *sent))

    (event,) = Recording(events).since()
    (spot,) = Recording(events).blind_spots()
    assert "quic to h3.superoffice.test is not read" in spot
    assert (event.fields["sni"], event.fields["address"]) == ("h3.superoffice.test", "address")
    assert (event.fields["phone"], event.fields["test"]) == ("virtual-android", "a test")


@pytest.mark.parametrize("end", [Streams.udp_end, Streams.udp_error, lambda streams, _: streams.done()])
def test_quic_that_shows_no_name_is_told_by_its_address(
    streams: Streams, events: Path, end: Callable[[Streams, UDPFlow], None]
) -> None:
    end(streams, quic(streams, QUIC))

    (spot,) = Recording(events).blind_spots()
    assert "quic to address is not read" in spot


def test_a_datagram_is_read_and_says_whose_it_is(streams: Streams, events: Path) -> None:
    flow = tflow.tudpflow()
    flow.messages = [UDPMessage(from_client=True, content=b"hello")]
    streams.udp_message(flow)

    (seen,) = Recording(events).exchanges()
    assert (seen.scheme, seen.request_body, seen.phone, seen.test) == ("udp", b"hello", "virtual-android", "a test")
    assert seen.phone_time == seen.started + 7.0


def test_a_stream_keeps_only_its_last_messages_in_memory(streams: Streams, events: Path) -> None:
    flow = tflow.tudpflow()
    for number in range(500):
        flow.messages.append(UDPMessage(from_client=True, content=b"%d" % number))
        streams.udp_message(flow)

    assert len(flow.messages) <= 64
    assert len(Recording(events).exchanges()) == 500


@pytest.fixture
def asked(upstream: Upstream, tmp_path: Path) -> Iterator[Recorder]:
    with ExitStack() as stack:
        yield stack.enter_context(recorder(tmp_path / "out", upstream, extra=("--dns", "--phone", "phone-7")))


def test_names_are_told_by_the_map_alone_and_written_down(asked: Recorder) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        answers = [ask(client, int(asked.ready["dns_port"]), name) for name in (HOST, "elsewhere.example")]

    assert [answer.rcode for answer in answers] == [dns.DNS_RCODE_NOERR, dns.DNS_RCODE_NXDOMAIN]
    assert socket.inet_ntoa(answers[0].an[0].rdata) == "127.0.0.1"
    seen = asked.recording.exchanges()
    assert [(each.method, each.url, each.phone) for each in seen] == [
        ("QUERY", f"dns:{HOST}", "phone-7"),
        ("QUERY", "dns:elsewhere.example", "phone-7"),
    ]


def ask(client: socket.socket, port: int, name: str) -> dns.DNS:
    question = dns.DNS(id=7, rd=1, qd=[dns.DNS.Q(name=name, type=dns.DNS_A)])
    client.sendto(bytes(question), ("127.0.0.1", port))
    return dns.DNS(client.recv(4096))


def test_what_the_phone_does_is_written_into_what_begins(asked: Recorder) -> None:
    with asked.client() as client:
        client.get(f"https://{HOST}/before")
        asked.control.begin_test("suites/test_a.py::test_b")
        asked.control.set_clock(3600.5)
        client.get(f"https://{HOST}/within")
        asked.control.begin_test(None)
        client.get(f"https://{HOST}/after")

    seen = [(each.path, each.phone, each.test, each.ahead) for each in asked.recording.exchanges()]
    assert seen == [
        ("/before", "phone-7", None, 0.0),
        ("/within", "phone-7", "suites/test_a.py::test_b", 3600.5),
        ("/after", "phone-7", None, 3600.5),
    ]


def test_an_exchange_says_who_sent_it_in_which_test_and_when_by_the_phones_clock(asked: Recorder) -> None:
    asked.control.begin_test("suites/test_a.py::test_b")
    asked.control.set_clock(86_400.0)
    with asked.client() as client:
        client.get(f"https://{HOST}/x", headers={"user-agent": "SuperOfficeMobileCRM/1.0 (Android)"})

    (seen,) = asked.recording.exchanges()
    tomorrow = f"{datetime.fromtimestamp(seen.started + 86_400.0, UTC):%Y-%m-%d %H:%M:%S} UTC by its clock"
    assert seen.client is not None
    assert seen.client.startswith("127.0.0.1:")
    assert seen.sent == (
        f"SuperOfficeMobileCRM/1.0 from {seen.client} on phone-7, {tomorrow}, in suites/test_a.py::test_b"
    )


@pytest.mark.parametrize("body", [{}, {"test": 3}, {"ahead": "soon"}, {"ahead": True}, {"more": 1}])
def test_a_span_that_is_none_is_refused(asked: Recorder, body: dict[str, object]) -> None:
    headers = {"authorization": f"Bearer {asked.ready['control_token']}"}
    answer = httpx.put(asked.ready["control"] + "/span", headers=headers, content=json.dumps(body), trust_env=False)

    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]
