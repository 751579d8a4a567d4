"""Packets made by hand, for what no capture of ours holds: other links, pieces, contradictions."""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from dpkt import ip, ip6, tcp, udp

PHONE, SERVER = b"\x0a\0\0\1", b"\x0a\0\0\2"
PHONE6, SERVER6 = b"\xfd" + bytes(14) + b"\1", b"\xfd" + bytes(14) + b"\2"
TOKEN = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="
REQUEST = f"POST /x HTTP/1.1\r\nHost: api.example.test\r\ncontent-length: {len(TOKEN)}\r\n\r\n{TOKEN}".encode()
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
FIRST = 1001
"""The number of the request's first byte."""
_SYN, _SYN_ACK, _FIN, _DATA = 2, 0x12, 0x11, 0x18


def segment(number: int, data: bytes, flags: int = _DATA, *, ends: Sequence[bytes] = (PHONE, SERVER)) -> bytes:
    """From the phone."""
    return _packet(ends, tcp.TCP(sport=40000, dport=80, seq=number, flags=flags, data=data), 6)


def reply(number: int, data: bytes, flags: int = _DATA, *, ends: Sequence[bytes] = (PHONE, SERVER)) -> bytes:
    return _packet(tuple(reversed(ends)), tcp.TCP(sport=80, dport=40000, seq=number, flags=flags, data=data), 6)


def datagram(data: bytes, port: int = 9999, target: bytes = SERVER) -> bytes:
    return _packet((PHONE, target), udp.UDP(sport=5000, dport=port, data=data, ulen=8 + len(data)), 17)


def conversation(*request: bytes, ends: Sequence[bytes] = (PHONE, SERVER)) -> list[bytes]:
    """A request in clear, whole or in the given packets, and its answer."""
    asked = request or (segment(FIRST, REQUEST, ends=ends),)
    end = 5001 + len(ANSWER)
    return [
        segment(FIRST - 1, b"", _SYN, ends=ends),
        reply(5000, b"", _SYN_ACK, ends=ends),
        *asked,
        reply(5001, ANSWER, ends=ends),
        segment(FIRST + len(REQUEST), b"", _FIN, ends=ends),
        reply(end, b"", _FIN, ends=ends),
    ]


def in_pieces(packet: bytes, size: int = 64) -> list[bytes]:
    """Fragments of an IPv4 packet (RFC 791 section 3.2)."""
    return [_piece(packet, start, packet[start : start + size]) for start in range(20, len(packet), size)]


def _piece(packet: bytes, start: int, part: bytes) -> bytes:
    more = 0x2000 if start + len(part) < len(packet) else 0
    lengths = struct.pack(">HHH", 20 + len(part), 0x1234, more | (start - 20) // 8)
    return packet[:2] + lengths + packet[8:10] + bytes(2) + packet[12:20] + part


def ethernet(packet: bytes, kind: int = 0x0800) -> bytes:
    return bytes(12) + struct.pack(">H", kind) + packet


def pktap(packet: bytes, process: str, number: int) -> bytes:
    """Apple's header before an Ethernet frame (bsd/net/pktap.h of darwin-xnu)."""
    frame = ethernet(packet)
    told = struct.pack("<i17s", number, process.encode())
    return struct.pack("<III24s16x", 156, 1, 1, b"en0") + told + bytes(156 - 73) + frame


def pcap(path: Path, frames: Iterable[bytes], link: int = 1) -> Path:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    rows = (struct.pack("<IIII", 1_700_000_000 + n, 5, len(one), len(one)) + one for n, one in enumerate(frames))
    path.write_bytes(head + b"".join(rows))
    return path


def pcapng(path: Path, *blocks: bytes) -> Path:
    path.write_bytes(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + b"".join(blocks))
    return path


def interface(link: int = 1) -> bytes:
    return block(1, struct.pack("<HHI", link, 0, 0))


def enhanced(frame: bytes, comment: str = "") -> bytes:
    head = struct.pack("<IIIII", 0, 1_700_000_000 * 10**6 >> 32, 0, len(frame), len(frame))
    data = comment.encode()
    option = struct.pack("<HH", 1, len(data)) + data + bytes(-len(data) % 4) + bytes(4) if comment else b""
    return block(6, head + frame + bytes(-len(frame) % 4) + option)


def obsolete(frame: bytes) -> bytes:
    head = struct.pack("<HHIIII", 0, 0, 0, 0, len(frame), len(frame))
    return block(2, head + frame + bytes(-len(frame) % 4))


def block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def _packet(ends: Sequence[bytes], inner: tcp.TCP | udp.UDP, protocol: int) -> bytes:
    source, target = ends
    if len(source) == len(PHONE):
        return bytes(ip.IP(src=source, dst=target, p=protocol, data=inner, len=20 + len(inner)))
    return bytes(ip6.IP6(src=source, dst=target, nxt=protocol, hlim=64, plen=len(inner), data=inner))
