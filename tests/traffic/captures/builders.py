"""Captures as a phone makes them, and real TLS handshakes to put into them."""

import ssl
import struct
from contextlib import suppress
from pathlib import Path

import trustme

from testbed.capture.capture import Capture, Conversation

NOON = 1_700_000_000.5
HOST = "online.superoffice.test"
PROXY = ("10.0.2.2", 8080)


def capture(path: Path) -> Capture:
    return Capture(path, lambda: NOON)


def shake_hands(
    talk: Conversation, *, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, alpn: tuple[str, ...] = ("h2", "http/1.1")
) -> None:
    """A whole handshake between two real ends, each flight written as it passes."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert(HOST).configure_cert(server)
    authority.configure_trust(client)
    client.maximum_version = newest
    server.set_alpn_protocols(list(alpn[:1]))
    client.set_alpn_protocols(list(alpn))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=HOST)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(2):
        with suppress(ssl.SSLWantReadError):
            near.do_handshake()
        _carry(to_server, talk.sent)
        with suppress(ssl.SSLWantReadError):
            far.do_handshake()
        _carry(to_client, talk.received)
    near.write(b"GET /secret HTTP/1.1\r\n\r\n")
    _carry(to_server, talk.sent)


def _carry(bio: ssl.MemoryBIO, write: object) -> None:
    if data := bio.read():
        assert callable(write)
        write(data)
        bio.write(data)


def as_pcapng(pcap: bytes) -> bytes:
    """The same packets in the next generation's blocks (draft-ietf-opsawg-pcapng), in nanoseconds."""
    blocks = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    blocks.append(_block(1, struct.pack("<HHI", 1, 0, 65536) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)))
    at = 24
    while at < len(pcap):
        seconds, micros, kept, length = struct.unpack_from("<IIII", pcap, at)
        when = seconds * 10**9 + micros * 1000
        data = pcap[at + 16 : at + 16 + kept]
        body = struct.pack("<IIIII", 0, when >> 32, when & 0xFFFFFFFF, kept, length) + data + bytes(-kept % 4)
        blocks.append(_block(6, body))
        at += 16 + kept
    return b"".join(blocks)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length
