import gzip
import ssl
import struct
from pathlib import Path

import pytest
from dpkt import tcp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faults import UsageError
from testbed.capture.file import PacketFile
from testbed.capture.wire import Endpoint, frame, tcp_segment, udp_datagram
from tests.traffic.captures.builders import HOST, NOON, PROXY, as_pcapng, capture, shake_hands
from traffic.captures.pcap import PacketCapture, read_pcap
from traffic.captures.streams import KEPT_ENCRYPTED

HERE, THERE = Endpoint("10.0.2.16", 40000), Endpoint("198.18.0.9", 80)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "phone.pcap"


def test_a_handshake_tells_host_version_cipher_and_protocol(path: Path) -> None:
    packets = capture(path)
    shake_hands(packets.opened(HOST, 443))
    packets.close()

    (seen,) = read_pcap(path).connections
    assert (seen.sni, seen.host, seen.tls_version, seen.alpn) == (HOST, HOST, "TLSv1.3", None)
    assert seen.cipher in {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}
    assert seen.offered == ("TLSv1.3", "TLSv1.2")
    assert not seen.clear


def test_tls_1_2_tells_the_application_protocol_too(path: Path) -> None:
    packets = capture(path)
    shake_hands(packets.opened(HOST, 443), newest=ssl.TLSVersion.TLSv1_2)
    packets.close()

    (seen,) = read_pcap(path).handshakes
    assert (seen.tls_version, seen.alpn) == ("TLSv1.2", "h2")
    assert str(seen.cipher).startswith("TLS_ECDHE_")


def test_a_tunnel_through_the_proxy_is_told_by_where_it_leads(path: Path) -> None:
    packets = capture(path)
    talk = packets.opened(*PROXY)
    talk.sent(f"CONNECT {HOST}:443 HTTP/1.1\r\nhost: {HOST}:443\r\n\r\n".encode())
    talk.received(b"HTTP/1.1 200 Connection established\r\n\r\n")
    shake_hands(talk)
    packets.close()

    found = read_pcap(path)
    (seen,) = found.connections
    assert (seen.server, seen.proxied, seen.host, seen.tls_version) == (PROXY, f"{HOST}:443", HOST, "TLSv1.3")
    assert found.exchanges == ()


def test_cleartext_is_read_request_by_request(path: Path) -> None:
    packets = capture(path)
    talk = packets.opened(HOST, 80)
    talk.sent(f"POST /login?x=1 HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10\r\n\r\npassword=x".encode())
    body = gzip.compress(b"welcome")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    talk.received(head + body)
    talk.sent(f"GET /next HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    talk.closed()
    packets.close()

    found = read_pcap(path)
    _, first, second = found.exchanges
    assert (first.url, first.request_body, first.status) == (f"http://{HOST}/login?x=1", b"password=x", 200)
    assert first.response_body == b"welcome"
    assert first.started == pytest.approx(NOON)
    assert (second.path, second.status) == ("/next", None)
    assert found.connections[0].clear


def test_a_cleartext_request_to_the_proxy_is_of_the_host_it_names(path: Path) -> None:
    packets = capture(path)
    talk = packets.opened(*PROXY)
    talk.sent(f"GET http://{HOST}/down?a=b HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    packets.close()

    (seen,) = read_pcap(path).exchanges
    assert (seen.host, seen.port, seen.path, seen.url) == (HOST, 80, "/down?a=b", f"http://{HOST}/down?a=b")


def test_bytes_in_clear_that_are_no_http_are_an_exchange(path: Path) -> None:
    packets = capture(path)
    packets.opened(HOST, 5000).sent(b"\x00\x01 binary")
    packets.close()

    *_, seen = read_pcap(path).exchanges
    assert (seen.scheme, seen.host, seen.port, seen.request_body) == ("tcp", HOST, 5000, b"\x00\x01 binary")


def test_names_that_were_asked_for_are_told(path: Path) -> None:
    packets = capture(path)
    packets.resolved("leak-of-a-token.tracker.example", exists=False)
    packets.close()

    found = read_pcap(path)
    (seen,) = found.exchanges
    assert [name.name for name in found.names] == ["leak-of-a-token.tracker.example"]
    assert (seen.scheme, seen.method, seen.url) == ("dns", "QUERY", "dns:leak-of-a-token.tracker.example")


def test_quic_is_recognised(path: Path) -> None:
    initial = bytes([0xC3]) + b"\x00\x00\x00\x01" + b"\x08" + bytes(8) + bytes(1180)
    file = PacketFile(path)
    for outgoing, ends in ((True, (HERE, THERE)), (False, (THERE, HERE)), (True, (HERE, THERE))):
        file.write(frame(udp_datagram(*ends, initial), outgoing=outgoing), NOON)
    file.close()

    (seen,) = read_pcap(path).connections
    assert (seen.protocol, seen.server) == ("quic", (THERE.address, THERE.port))


def test_segments_come_out_in_order_whatever_order_they_came_in(path: Path) -> None:
    said = b"GET /in-order HTTP/1.1\r\nHost: a.test\r\n\r\n"
    pieces = [(1001, said[:10]), (1011, said[10:20]), (1021, said[20:])]
    shuffled = [pieces[2], pieces[0], pieces[0], (1006, said[5:15]), pieces[1]]
    file = PacketFile(path)
    file.write(frame(tcp_segment(HERE, THERE, (1000, 0), tcp.TH_SYN), outgoing=True), NOON)
    for number, data in shuffled:
        file.write(frame(tcp_segment(HERE, THERE, (number, 0), tcp.TH_ACK, data), outgoing=True), NOON)
    file.close()

    found = read_pcap(path)
    assert [seen.path for seen in found.exchanges] == ["/in-order"]
    assert found.blind_spots == ()


def test_a_gap_is_a_blind_spot(path: Path) -> None:
    file = PacketFile(path)
    file.write(frame(tcp_segment(HERE, THERE, (1000, 0), tcp.TH_SYN), outgoing=True), NOON)
    file.write(frame(tcp_segment(HERE, THERE, (1050, 0), tcp.TH_ACK, b"late"), outgoing=True), NOON)
    file.close()

    (spot,) = read_pcap(path).blind_spots
    assert "not captured" in spot


def test_numbers_go_round_at_four_gigabytes(path: Path) -> None:
    said = b"GET /round HTTP/1.1\r\nHost: a.test\r\n\r\n"
    file = PacketFile(path)
    file.write(frame(tcp_segment(HERE, THERE, (2**32 - 6, 0), tcp.TH_SYN), outgoing=True), NOON)
    file.write(frame(tcp_segment(HERE, THERE, (2**32 - 5, 0), tcp.TH_ACK, said[:5]), outgoing=True), NOON)
    file.write(frame(tcp_segment(HERE, THERE, (0, 0), tcp.TH_ACK, said[5:]), outgoing=True), NOON)
    file.close()

    (seen,) = read_pcap(path).exchanges
    assert (seen.path, seen.request_body) == ("/round", b"")


def test_of_what_is_encrypted_little_is_kept(path: Path) -> None:
    packets = capture(path)
    talk = packets.opened(HOST, 443)
    shake_hands(talk)
    talk.received(b"\x17\x03\x03\x40\x00" * 40_000)
    packets.close()

    found = read_pcap(path)
    assert found.handshakes[0].sni == HOST
    assert KEPT_ENCRYPTED < 200_000
    assert found.blind_spots == ()


def same(one: PacketCapture, other: PacketCapture) -> bool:
    return (one.connections, one.exchanges, one.names) == (other.connections, other.exchanges, other.names)


def test_the_next_generation_says_the_same(path: Path, tmp_path: Path) -> None:
    talk_everything(path)
    (tmp_path / "phone.pcapng").write_bytes(as_pcapng(path.read_bytes()))

    old, new = read_pcap(path), read_pcap(tmp_path / "phone.pcapng")

    assert new.trouble is None
    assert same(old, new)


def test_the_other_byte_order_says_the_same(path: Path, tmp_path: Path) -> None:
    talk_everything(path)
    data, at = path.read_bytes(), 24
    parts = [struct.pack(">IHHiIII", *struct.unpack_from("<IHHiIII", data))]
    while at < len(data):
        head = struct.unpack_from("<IIII", data, at)
        parts += [struct.pack(">IIII", *head), data[at + 16 : at + 16 + head[2]]]
        at += 16 + head[2]
    (tmp_path / "swapped.pcap").write_bytes(b"".join(parts))

    assert same(read_pcap(path), read_pcap(tmp_path / "swapped.pcap"))


def talk_everything(path: Path) -> None:
    packets = capture(path)
    shake_hands(packets.opened(HOST, 443))
    talk = packets.opened(HOST, 80)
    talk.sent(b"GET / HTTP/1.1\r\nHost: x.test\r\n\r\n")
    talk.received(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    talk.closed()
    packets.close()


def test_a_file_that_breaks_off_is_read_up_to_there_and_says_where(path: Path) -> None:
    talk_everything(path)
    whole = read_pcap(path)
    path.write_bytes(path.read_bytes()[:-7])

    cut = read_pcap(path)

    assert cut.packets == whole.packets - 1
    assert cut.handshakes == whole.handshakes
    assert cut.trouble is not None
    assert cut.trouble.startswith("phone.pcap: at byte ")
    assert "breaks off" in cut.trouble


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no packet capture"),
        (b"PK\x03\x04 a zip", "no packet capture"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "breaks off"),
        (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65536, 1) + b"\xff" * 16, "of 4294967295 bytes is announced"),
        (b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00nope" + bytes(16), "no byte order"),
        (b"\x0a\x0d\x0d\x0a\xff\xff\xff\x7f\x4d\x3c\x2b\x1a", "a block of 2147483647 bytes"),
    ],
)
def test_what_is_no_capture_is_a_clear_trouble(path: Path, content: bytes, why: str) -> None:
    path.write_bytes(content)

    found = read_pcap(path)

    assert (found.packets, found.exchanges) == (0, ())
    assert why in str(found.trouble)


def test_a_file_that_is_not_there_is_said_so(path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_pcap(path)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    damage=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=20),
    cut=st.integers(0, 3000),
)
def test_no_damage_makes_it_crash(tmp_path: Path, damage: list[tuple[int, int]], cut: int) -> None:
    path = tmp_path / "phone.pcap"
    talk_everything(path)
    data = bytearray(path.read_bytes())
    for place, value in damage:
        data[place % len(data)] = value
    path.write_bytes(data[: max(1, cut)])

    found = read_pcap(path)

    assert found.trouble is None or "at byte" in found.trouble


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=300), link=st.sampled_from([0, 1, 12, 101, 113, 276, 147]))
def test_no_packet_makes_it_crash(tmp_path: Path, payload: bytes, link: int) -> None:
    path = tmp_path / "odd.pcap"
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65536, link)
    path.write_bytes(head + struct.pack("<IIII", 1, 2, len(payload), len(payload)) + payload)

    assert read_pcap(path).packets == 1
