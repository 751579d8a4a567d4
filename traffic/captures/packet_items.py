"""A packet capture as exchanges and what is wrong with it, as an audit wants it."""

from collections import Counter
from pathlib import Path

from traffic.captures.damage import Damage, Items
from traffic.captures.pcap import Connection, read_pcap
from traffic.events import Exchange


def items_of(path: Path) -> Items:
    """What was said in clear, then each connection with the name it showed; encrypted bytes are told as unread."""
    capture = read_pcap(path)
    yield from capture.exchanges
    named = [one for one in capture.connections if one.sni]
    yield from (_shown(one, len(capture.exchanges) + number) for number, one in enumerate(named))
    encrypted = Counter(one.host for one in capture.connections if one.tls_version or one.protocol == "quic")
    for host, count in encrypted.items():
        yield Damage(None, f"{count} encrypted connections to {host} could not be read: a packet capture holds no keys")
    yield from (Damage(None, spot) for spot in capture.blind_spots)
    if capture.trouble:
        yield Damage(None, capture.trouble)


def _shown(one: Connection, number: int) -> Exchange:
    return Exchange(
        n=number,
        at=one.at,
        started=one.at,
        scheme="tls" if one.protocol == "tcp" else one.protocol,
        method="MESSAGE",
        host=one.host,
        port=one.server[1],
        path="",
        url=f"tls://{one.host}:{one.server[1]}",
        sni=one.sni,
        http_version="",
        tls_version=one.tls_version,
    )
