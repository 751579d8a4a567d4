"""Against a client that nobody here wrote, and the vector that the RFC prints."""

import ssl

import pytest
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.packet import QuicProtocolVersion
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic.quic import Opening, opens_quic

HOST = "h3.superoffice.test"


def datagrams(version: QuicProtocolVersion = QuicProtocolVersion.VERSION_1, host: str = HOST) -> list[bytes]:
    """The first flight of aioquic's client."""
    configuration = QuicConfiguration(
        is_client=True,
        server_name=host,
        alpn_protocols=["h3"],
        verify_mode=ssl.CERT_NONE,
        original_version=version,
        supported_versions=[version],
    )
    client = QuicConnection(configuration=configuration)
    client.connect(("192.0.2.1", 443), now=0.0)
    return [data for data, _ in client.datagrams_to_send(now=0.0)]


def heard(sent: list[bytes]) -> Opening:
    opening = Opening()
    for data in sent:
        opening.add(data)
    return opening


@pytest.mark.parametrize("version", [QuicProtocolVersion.VERSION_1, QuicProtocolVersion.VERSION_2])
def test_the_name_that_a_client_asks_for_is_read(version: QuicProtocolVersion) -> None:
    sent = datagrams(version)
    opening = heard(sent)

    assert opens_quic(sent[0])
    assert (opening.sni, opening.over) == (HOST, True)
    assert opening.hello is not None
    assert opening.hello.alpn == ("h3",)


def test_a_hello_in_two_datagrams_is_put_together_in_any_order() -> None:
    sent = datagrams(host=f"{'a' * 60}." * 4 + "test")
    long = [split for data in sent for split in in_two(data)]

    assert heard(long[:1]).over is False
    assert heard(long).sni == f"{'a' * 60}." * 4 + "test"
    assert heard(long[::-1]).sni == heard([*long, *long]).sni == heard(long).sni


def in_two(datagram: bytes) -> list[bytes]:
    """The same hello, sealed again in two packets by the keys that everybody can derive."""
    from aioquic.buffer import Buffer  # noqa: PLC0415 -- for this alone
    from aioquic.quic.crypto import CryptoPair  # noqa: PLC0415 -- as above
    from aioquic.quic.packet import pull_quic_header  # noqa: PLC0415 -- as above

    buffer = Buffer(data=datagram)
    header = pull_quic_header(buffer)
    keys = CryptoPair()
    keys.setup_initial(header.destination_cid, is_client=True, version=header.version)
    there = CryptoPair()
    there.setup_initial(header.destination_cid, is_client=False, version=header.version)
    _, frames, _ = there.decrypt_packet(datagram[: header.packet_length], buffer.tell(), 0)
    inner = Buffer(data=frames)
    assert (inner.pull_uint_var(), inner.pull_uint_var()) == (6, 0)
    hello = inner.pull_bytes(inner.pull_uint_var())
    ack = b"\x02\x00\x00\x00\x00"  # of packet 0, without delay or ranges
    return [
        sealed(keys, header.destination_cid, number, ack * number + crypto(at, hello[at : at + 200]))
        for number, at in enumerate(range(0, len(hello), 200))
    ]


def crypto(offset: int, data: bytes) -> bytes:
    return b"\x06" + number(offset) + number(len(data)) + data


def number(value: int) -> bytes:
    """In two bytes (RFC 9000 section 16)."""
    return (value | 0x4000).to_bytes(2)


def sealed(keys: object, connection: bytes, packet: int, frames: bytes) -> bytes:
    payload = frames.ljust(1100, b"\0")
    head = b"\xc1\0\0\0\1" + bytes([len(connection)]) + connection + b"\0\0"
    header = head + number(2 + len(payload) + 16) + packet.to_bytes(2)
    done: bytes = keys.encrypt_packet(header, payload, packet)  # type: ignore[attr-defined]
    return done


def test_a_client_that_is_sent_away_by_a_retry_is_read_by_the_new_keys() -> None:
    first, again = datagrams(host="before.test"), datagrams(host="after.test")
    opening = Opening()
    opening.add(first[0][:100])  # cut off, as a capture with a short snapshot length has it

    opening.add(again[0])

    assert opening.sni == "after.test"


def test_what_was_tampered_with_is_not_believed() -> None:
    (sent, *_) = datagrams()
    bent = sent[:200] + bytes([sent[200] ^ 1]) + sent[201:]

    assert (heard([bent]).sni, heard([bent]).over) == (None, False)


def test_a_version_of_the_future_is_told_as_unreadable_at_some_point() -> None:
    (sent, *_) = datagrams()
    future = sent[:1] + b"\x0a\x0a\x0a\x0a" + sent[5:]

    assert opens_quic(future)
    assert (heard([future] * 20).sni, heard([future] * 20).over) == (None, True)


@pytest.mark.parametrize("data", [b"", b"\x40" * 1200, b"\xc3\0\0\0\0" + bytes(1200), b"GET / HTTP/1.1"])
def test_what_opens_no_connection_is_told_apart(data: bytes) -> None:
    assert not opens_quic(data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=4), st.dictionaries(st.integers(0, 59), st.integers(0, 255)))
def test_no_bytes_make_it_crash(tails: list[bytes], changes: dict[int, int]) -> None:
    (sent, *_) = datagrams()
    bent = bytearray(sent)
    for at, byte in changes.items():
        bent[at] = byte

    heard([bytes(bent), *(b"\xc3\0\0\0\1\x08" + tail for tail in tails)])
