"""What a packet capture shows without any key: who spoke with whom, by which TLS, and all that was said in clear."""

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import dpkt
from dpkt import dns, ethernet, ip, ip6, sll, sll2, tcp, udp

from traffic.captures.clear import Spoken, is_http, spoken, tunnelled
from traffic.captures.hello import alert_in, client_hello, looks_like_tls, server_hello
from traffic.captures.packets import Packet, PacketReader
from traffic.captures.streams import KEPT_ENCRYPTED, Stream, Streams
from traffic.events import Exchange
from traffic.quic import Opening, opens_quic

_NULL, _ETHERNET, _SLL, _SLL2 = 0, 1, 113, 276
_RAW = frozenset({12, 14, 101, 228, 229})
_DNS, _MDNS, _HTTPS = 53, 5353, 443
_HOSTILE = (dpkt.Error, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
"""What dpkt raises on packets that are none."""
type Endpoint = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Connection:
    """One TCP connection or QUIC attempt; `host` is the best name known for its server: SNI, Host header, DNS, address.

    `proxied` is where a CONNECT through it leads. `tls_version`, `cipher` and `alpn` are the server's choice, None
    where it made none; `clear` says that something was said unencrypted.
    """

    number: int
    at: float
    client: Endpoint
    server: Endpoint
    host: str
    protocol: str = "tcp"
    sni: str | None = None
    tls_version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    offered: tuple[str, ...] = ()
    clear: bool = False
    refused: bool = False
    alert: int | None = None
    proxied: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was asked for."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class PacketCapture:
    """`trouble` says why a part of the file could not be read, `blind_spots` what of the rest was not understood."""

    path: Path
    packets: int
    exchanges: tuple[Exchange, ...]
    connections: tuple[Connection, ...]
    names: tuple[Name, ...]
    blind_spots: tuple[str, ...]
    trouble: str | None

    @property
    def handshakes(self) -> tuple[Connection, ...]:
        """The connections on which a server has chosen a TLS version."""
        return tuple(each for each in self.connections if each.tls_version)


def read_pcap(path: Path) -> PacketCapture:
    """Reads pcap and pcapng; a damaged file is read as far as it goes. Raises UsageError when it cannot be opened."""
    reader = PacketReader(path)
    sight = _Sight()
    for packet in reader:
        sight.see(packet)
    sight.finish()
    return PacketCapture(
        path,
        sight.packets,
        tuple(replace(each, n=n) for n, each in enumerate(sorted(sight.exchanges, key=lambda one: one.started))),
        tuple(sorted(sight.connections, key=lambda one: one.at)),
        tuple(sight.names),
        tuple(sight.blind_spots()),
        reader.trouble,
    )


@dataclass(slots=True)
class _Sight:
    packets: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    _odd: list[int] = field(default_factory=list)
    _cut: list[int] = field(default_factory=list)
    _unread: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _quic: dict[tuple[Endpoint, Endpoint], tuple[int, Opening]] = field(default_factory=dict)
    _streams: Streams = field(default_factory=Streams)

    def see(self, packet: Packet) -> None:
        self.packets += 1
        if not packet.whole:
            self._cut.append(packet.number)
        try:
            network = _network(packet)
            if network is not None:
                self._see_network(packet.at, network)
        except _HOSTILE:
            self._odd.append(packet.number)

    def finish(self) -> None:
        for stream in self._streams.rest():
            self._judge(stream)

    def blind_spots(self) -> Iterator[str]:
        for numbers, what in ((self._odd, "cannot be understood"), (self._cut, "were cut off by the capture")):
            if numbers:
                yield f"{len(numbers)} packets {what}, the first is number {numbers[0]}"
        yield from self._unread

    def _see_network(self, at: float, network: ip.IP | ip6.IP6) -> None:
        source, target = (str(ipaddress.ip_address(bytes(each))) for each in (network.src, network.dst))
        inner = network.data
        if isinstance(inner, tcp.TCP):
            for stream in self._streams.add(at, (source, inner.sport), (target, inner.dport), inner):
                self._judge(stream)
            self._let_go_of_what_is_encrypted()
        elif isinstance(inner, udp.UDP):
            self._see_datagram(at, (source, inner.sport), (target, inner.dport), bytes(inner.data))
        elif isinstance(network, ip.IP) and network.offset:
            raise dpkt.UnpackError("a fragment")

    def _let_go_of_what_is_encrypted(self) -> None:
        stream = self._streams.latest
        if stream and stream.sent.limit > KEPT_ENCRYPTED and looks_like_tls(bytes(stream.sent.data[:3])):
            stream.sent.limit = stream.received.limit = KEPT_ENCRYPTED

    def _see_datagram(self, at: float, source: Endpoint, target: Endpoint, data: bytes) -> None:
        if _DNS in {source[1], target[1]} or _MDNS in {source[1], target[1]}:
            self._see_names(at, dns.DNS(data), target)
        elif opens_quic(data) and (target, source) not in self._quic:
            self._see_quic(at, source, target, data)
        # other datagrams (NTP and its like) say nothing that anybody could read

    def _see_quic(self, at: float, source: Endpoint, target: Endpoint, data: bytes) -> None:
        """Told from its first packet on, and by the name that it asks for once its hello is whole."""
        if (source, target) not in self._quic:
            self._quic[source, target] = len(self.connections), Opening()
            self._add(Connection(0, at, source, target, self._name_of(target[0]), protocol="quic"))
        number, opening = self._quic[source, target]
        if not opening.over:
            opening.add(data)
            if hello := opening.hello:
                known = self.connections[number]
                self.connections[number] = replace(
                    known, sni=hello.sni, offered=hello.versions, host=hello.sni or known.host
                )

    def _see_names(self, at: float, message: dns.DNS, server: Endpoint) -> None:
        if message.qr == dns.DNS_R:
            for answer in message.an:
                if answer.type in {dns.DNS_A, dns.DNS_AAAA}:
                    address = str(ipaddress.ip_address(bytes(answer.rdata)))
                    self._known[address] = message.qd[0].name.lower() if message.qd else answer.name.lower()
            return
        for question in message.qd:
            self.names.append(Name(at, question.name.lower()))
            self.exchanges.append(_question(at, question.name, server))

    def _judge(self, stream: Stream) -> None:
        host = self._name_of(stream.server[0])
        through = tunnelled(stream)
        sent, received = (through[1:]) if through else (bytes(stream.sent.data), bytes(stream.received.data))
        seen = Connection(0, stream.at, stream.client, stream.server, host, refused=stream.refused)
        if through:
            seen = replace(seen, proxied=through[0], host=through[0].rpartition(":")[0] or through[0])
        if looks_like_tls(sent) or looks_like_tls(received):
            seen = _with_tls(seen, sent, received)
        elif sent or received:
            seen = self._with_clear(seen, stream, through)
        self._add(seen)
        if stream.sent.gaps or stream.received.gaps:
            self._unread.append(f"connection {seen.number} to {seen.host}: some of its packets were not captured")

    def _with_clear(self, seen: Connection, stream: Stream, through: tuple[str, bytes, bytes] | None) -> Connection:
        if through:
            stream = _inside(stream, through)
        messages = tuple(spoken(stream)) if is_http(bytes(stream.sent.data)) else ()
        if messages and messages[0].method == "CONNECT":
            return seen  # a tunnel that the proxy refused: nothing went through
        exchanges = [_exchange(seen, stream, message) for message in messages] or [_bytes(seen, stream)]
        self.exchanges.extend(exchanges)
        self._unread.extend(f"a message to {each.host}: {spot}" for each in exchanges for spot in each.blind_spots)
        if stream.cut and not messages:
            self._unread.append(f"a stream in clear to {seen.host} is too large and only its beginning was read")
        return replace(seen, clear=True, host=exchanges[0].host)

    def _add(self, seen: Connection) -> None:
        self.connections.append(replace(seen, number=len(self.connections)))

    def _name_of(self, address: str) -> str:
        return self._known.get(address, address)


def _network(packet: Packet) -> ip.IP | ip6.IP6 | None:
    """The IP packet in it; None where it holds something else (ARP and its like)."""
    inner = _without_link(packet)
    return inner if isinstance(inner, ip.IP | ip6.IP6) else None


def _without_link(packet: Packet) -> object:
    if packet.link == _ETHERNET:
        return ethernet.Ethernet(packet.data).data
    if packet.link == _SLL:
        return sll.SLL(packet.data).data
    if packet.link == _SLL2:
        return sll2.SLL2(packet.data).data
    if packet.link in _RAW or packet.link == _NULL:
        data = packet.data[4:] if packet.link == _NULL else packet.data
        return ip.IP(data) if data[:1] < b"\x60" else ip6.IP6(data)
    raise dpkt.UnpackError(f"link type {packet.link}")


def _with_tls(seen: Connection, sent: bytes, received: bytes) -> Connection:
    asked, answered = client_hello(sent), server_hello(received)
    if asked:
        seen = replace(seen, sni=asked.sni, offered=asked.versions, host=asked.sni or seen.host)
    if answered:
        seen = replace(seen, tls_version=answered.version, cipher=answered.cipher, alpn=answered.alpn)
    return replace(seen, alert=alert_in(received))


def _inside(stream: Stream, through: tuple[str, bytes, bytes]) -> Stream:
    inner = Stream(stream.at, stream.client, stream.server)
    inner.sent.data += through[1]
    inner.received.data += through[2]
    return inner


def _exchange(seen: Connection, stream: Stream, message: Spoken) -> Exchange:
    absolute = urlsplit(message.target) if "://" in message.target else None
    named = absolute.netloc if absolute else (message.header("host") or seen.host)
    host, port = _split(named, 80 if seen.proxied or absolute else stream.server[1])
    path = (
        message.target
        if absolute is None
        else (absolute.path or "/") + (f"?{absolute.query}" if absolute.query else "")
    )
    return Exchange(
        n=0,
        at=stream.at,
        started=stream.at,
        scheme="http",
        method=message.method,
        host=host,
        port=port,
        path=path,
        url=f"http://{named}{path}",
        request_headers=message.headers,
        request_body=message.body,
        status=message.status,
        response_headers=message.answer_headers,
        response_body=message.answer_body,
        http_version=message.version,
        blind_spots=message.rest,
    )


def _bytes(seen: Connection, stream: Stream) -> Exchange:
    """What was said in clear and is no HTTP."""
    host, port = _split(seen.proxied or seen.host, stream.server[1])
    return Exchange(
        n=0,
        at=stream.at,
        started=stream.at,
        scheme="tcp",
        method="MESSAGE",
        host=host,
        port=port,
        path="",
        url=f"tcp://{host}:{port}",
        request_body=bytes(stream.sent.data),
        response_body=bytes(stream.received.data),
        http_version="",
    )


def _question(at: float, name: str, server: Endpoint) -> Exchange:
    return Exchange(
        n=0,
        at=at,
        started=at,
        scheme="dns",
        method="QUERY",
        host=name,
        port=server[1],
        path="",
        url=f"dns:{name}",
        request_body=name.encode(),
        http_version="",
    )


def _split(named: str, port: int) -> tuple[str, int]:
    """`host:port` or `[::1]:port`, the port if it is one."""
    host, colon, number = named.rpartition(":")
    if colon and number.isascii() and number.isdigit() and (not host.count(":") or host.endswith("]")):
        return host.strip("[]"), int(number)
    return named.strip("[]"), port
