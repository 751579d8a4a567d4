"""Ethernet frames with IPv4, TCP and UDP in them; dpkt fills in lengths and checksums (RFC 791, 768, 9293)."""

import ipaddress
from dataclasses import dataclass

from dpkt import ethernet, ip, tcp, udp

PHONE_MAC, GATEWAY_MAC = bytes.fromhex("020000000116"), bytes.fromhex("525400000202")
TTL = 64
WINDOW = 65535


@dataclass(frozen=True, slots=True)
class Endpoint:
    address: str
    port: int


def tcp_segment(source: Endpoint, target: Endpoint, numbers: tuple[int, int], flags: int, data: bytes = b"") -> ip.IP:
    """`numbers` are sequence and acknowledgement."""
    seq, ack = numbers
    return _packet(
        source,
        target,
        tcp.TCP(sport=source.port, dport=target.port, seq=seq, ack=ack, flags=flags, win=WINDOW, data=data),
    )


def udp_datagram(source: Endpoint, target: Endpoint, data: bytes) -> ip.IP:
    payload = udp.UDP(sport=source.port, dport=target.port, data=data)
    payload.ulen = len(payload)
    return _packet(source, target, payload)


def frame(packet: ip.IP, *, outgoing: bool) -> bytes:
    """As it passes the phone's own network card."""
    source, target = (PHONE_MAC, GATEWAY_MAC) if outgoing else (GATEWAY_MAC, PHONE_MAC)
    return bytes(ethernet.Ethernet(src=source, dst=target, type=ethernet.ETH_TYPE_IP, data=packet))


def _packet(source: Endpoint, target: Endpoint, payload: tcp.TCP | udp.UDP) -> ip.IP:
    protocol = ip.IP_PROTO_TCP if isinstance(payload, tcp.TCP) else ip.IP_PROTO_UDP
    src, dst = (ipaddress.IPv4Address(each.address).packed for each in (source, target))
    packet = ip.IP(src=src, dst=dst, p=protocol, ttl=TTL, data=payload)
    packet.len = len(packet)
    return packet
