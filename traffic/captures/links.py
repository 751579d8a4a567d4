"""What stands around an IP packet, by the LINKTYPE of its capture (www.tcpdump.org/linktypes.html), and whose it is."""

import re
import struct
from dataclasses import dataclass

from dpkt import ethernet, ip, ip6, sll, sll2

_NULL, _ETHERNET, _PPP, _LOOP, _SLL, _USER2, _PKTAP, _SLL2 = 0, 1, 9, 108, 113, 149, 258, 276
_RAW = frozenset({12, 14, 101, 228, 229})
_HARMLESS = frozenset({0x0806, 0x8035, 0x888E, 0x88CC, 0x9000})  # EtherTypes: ARP, RARP, EAPOL, LLDP, loopback test
_SHORTEST_TYPE = 0x600  # below it is a length (IEEE 802.3): a bridge's own talk
_IP6_PPP = b"\x57"
_DEEPEST = 6  # headers between the link and IP: VLAN, MPLS, PPPoE
_PKTAP_HEADER = struct.Struct("<I4xI40xi17s11xi17s")  # length, link, process; from byte 84 on whom it acted for
_TOLD = re.compile(rb"PID: (\d+), ProcName: ([^,\0]*), EPID: (\d+), EProcName: ([^,\0]*)")
_NOBODY = 0xFFFF_FFFF


class UnreadError(Exception):
    """The message completes `so many packets`."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The IP packet, None where it is none of anybody's concern, and the process that the capture names for it."""

    network: ip.IP | ip6.IP6 | None
    process: str | None = None


def inside(link: int, data: bytes) -> Inside:
    """Raises dpkt's errors for what is no packet, UnreadError for what nobody here can read."""
    if link in {_PKTAP, _USER2}:
        return _of_pktap(data)
    return Inside(_network(link, data))


def process_in(comment: bytes) -> str | None:
    """As pymobiledevice3 writes it beside each packet of an iPhone (services/pcapd.py, write_to_pcap)."""
    found = _TOLD.search(comment)
    return _process(int(found[1]), found[2], int(found[3]), found[4]) if found else None


def _network(link: int, data: bytes) -> ip.IP | ip6.IP6 | None:
    if link == _ETHERNET:
        return _within(ethernet.Ethernet(data), int.from_bytes(data[12:14]))
    if link == _SLL:
        return _within(sll.SLL(data), int.from_bytes(data[14:16]))
    if link == _SLL2:
        return _within(sll2.SLL2(data), int.from_bytes(data[0:2]))
    if link in _RAW:
        return _ip(data)
    if link in {_NULL, _LOOP}:
        return _ip(data[4:])
    if link == _PPP:
        inner = data[2:] if data[:2] == b"\xff\x03" else data
        return _ip(inner[1:] if inner[:1] in {b"\x21", _IP6_PPP} else inner[2:])
    raise UnreadError(f"of link type {link} cannot be read")


def _within(packet: object, kind: int) -> ip.IP | ip6.IP6 | None:
    inner = packet
    for _ in range(_DEEPEST):
        inner = getattr(inner, "data", b"")
        if isinstance(inner, ip.IP | ip6.IP6):
            return inner
    if kind in _HARMLESS or kind < _SHORTEST_TYPE:
        return None
    raise UnreadError(f"of EtherType {kind:#06x} cannot be read")


def _ip(data: bytes) -> ip.IP | ip6.IP6:
    return ip.IP(data) if data[:1] < b"\x60" else ip6.IP6(data)


def _of_pktap(data: bytes) -> Inside:
    """Apple's header (bsd/net/pktap.h of darwin-xnu), as `tcpdump -k` writes it on a Mac."""
    length, link, number, command, effective, for_whom = _PKTAP_HEADER.unpack_from(data)
    if length > len(data):
        raise UnreadError("have a header that is longer than they are")
    return Inside(_network(link, data[length:]), _process(number, command, effective, for_whom))


def _process(number: int, command: bytes, effective: int, for_whom: bytes) -> str | None:
    """The one that it is sent for, where a service of the system speaks for an app."""
    if 0 < effective < _NOBODY:
        number, command = effective, for_whom
    name = command.partition(b"\0")[0].decode("utf-8", "replace").strip()
    return f"{name or 'a process without a name'} ({number})" if 0 < number < _NOBODY else None
