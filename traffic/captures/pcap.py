"""What a packet capture shows without any key: who spoke with whom, by which TLS, and all that was said in clear."""

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import dpkt
from dpkt import dns, icmp, icmp6, igmp, ip, ip6, tcp, udp

from traffic.captures.clear import BYTES, Spoken, is_http, spoken, tunnelled
from traffic.captures.datagrams import Datagrams
from traffic.captures.fragments import Fragments, Network
from traffic.captures.hello import alert_in, client_hello, looks_like_tls, server_hello
from traffic.captures.links import UnreadError, inside, process_in
from traffic.captures.packets import Packet, PacketReader
from traffic.captures.streams import KEPT_ENCRYPTED, Stream, Streams
from traffic.events import Exchange
from traffic.quic import Opening, opens_quic

_DNS, _MDNS = 53, 5353
_HTTP_2 = b"PRI * HTTP/2.0\r\n"  # RFC 9113 section 3.4
_ECHO = frozenset({8, 128})  # ICMP and ICMPv6: what an app may put anything into
_TUNNELS = 3  # IP in IP, so often within itself
_HOSTILE = (dpkt.Error, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
"""What dpkt raises on packets that are none."""
type Endpoint = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Connection:
    """One TCP connection or QUIC attempt; `host` is the best name known for its server: SNI, Host header, DNS, address.

    `proxied` is where a CONNECT through it leads. `tls_version`, `cipher` and `alpn` are the server's choice, None
    where it made none; `clear` says that something was said unencrypted. `process` is whose it is, where the capture
    names it: those of an iPhone do.
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
    process: str | None = None


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
        (*sight.blind_spots(), *(f"blocks of type {kind:#x} were not read" for kind in sorted(reader.unread))),
        reader.trouble,
    )


@dataclass(slots=True)
class _Sight:
    packets: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    _odd: dict[str, list[int]] = field(default_factory=dict)
    _unread: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _quic: dict[tuple[Endpoint, Endpoint], tuple[int, Opening]] = field(default_factory=dict)
    _streams: Streams = field(default_factory=Streams)
    _datagrams: Datagrams = field(default_factory=Datagrams)
    _fragments: Fragments = field(default_factory=Fragments)
    _processes: dict[frozenset[Endpoint], str] = field(default_factory=dict)

    def see(self, packet: Packet) -> None:
        self.packets += 1
        if not packet.whole:
            self._odd.setdefault("were cut off by the capture", []).append(packet.number)
        try:
            found = inside(packet.link, packet.data)
            if found.network is not None:
                self._see_network(packet.at, found.network, found.process or process_in(packet.comment))
        except UnreadError as trouble:
            self._odd.setdefault(str(trouble), []).append(packet.number)
        except _HOSTILE:
            self._odd.setdefault("cannot be understood", []).append(packet.number)

    def finish(self) -> None:
        for stream in self._streams.rest():
            self._judge(stream)
        for stream in self._datagrams.all():
            self._judge_datagrams(stream)
        self._fragments.finish()

    def blind_spots(self) -> Iterator[str]:
        for what, numbers in self._odd.items():
            yield f"{len(numbers)} packets {what}, the first is number {numbers[0]}"
        if self._fragments.missing:
            yield f"{self._fragments.missing} packets came in pieces that are not all there, or contradict each other"
        if self._datagrams.lost:
            yield f"{self._datagrams.lost} datagrams were too many to be kept"
        yield from self._unread

    def _see_network(self, at: float, network: Network, process: str | None, depth: int = 0) -> None:
        source, target = (str(ipaddress.ip_address(bytes(each))) for each in (network.src, network.dst))
        inner = self._fragments.whole(network)
        if isinstance(inner, tcp.TCP | udp.UDP):
            ends = (source, inner.sport), (target, inner.dport)
            if process:
                self._processes.setdefault(frozenset(ends), process)
            self._see_segment(at, *ends, inner)
            if process:  # another one may use the same ports, once what was said before is judged
                self._processes[frozenset(ends)] = process
        elif isinstance(inner, ip.IP | ip6.IP6) and depth < _TUNNELS:
            self._see_network(at, inner, process, depth + 1)
        elif isinstance(inner, icmp.ICMP | icmp6.ICMP6):
            if inner.type in _ECHO:
                self._datagrams.add(at, (source, 0), (target, 0), bytes(inner.data))
        elif inner is not None and not isinstance(inner, igmp.IGMP):
            raise UnreadError(f"of IP protocol {network.p} cannot be read")

    def _see_segment(self, at: float, source: Endpoint, target: Endpoint, inner: tcp.TCP | udp.UDP) -> None:
        if isinstance(inner, udp.UDP):
            self._see_datagram(at, source, target, bytes(inner.data))
            return
        for stream in self._streams.add(at, source, target, inner):
            self._judge(stream)
        self._let_go_of_what_is_encrypted()

    def _let_go_of_what_is_encrypted(self) -> None:
        stream = self._streams.latest
        if stream and stream.sent.limit > KEPT_ENCRYPTED and looks_like_tls(bytes(stream.sent.data[:3])):
            stream.sent.limit = stream.received.limit = KEPT_ENCRYPTED

    def _see_datagram(self, at: float, source: Endpoint, target: Endpoint, data: bytes) -> None:
        if _DNS in {source[1], target[1]} or _MDNS in {source[1], target[1]}:
            self._see_names(at, dns.DNS(data), target)
        elif opens_quic(data) and (target, source) not in self._quic:
            self._see_quic(at, source, target, data)
        elif not {(source, target), (target, source)} & self._quic.keys():
            self._datagrams.add(at, source, target, data)

    def _judge_datagrams(self, stream: Stream) -> None:
        """What was said in clear by UDP, or by the echo of ICMP."""
        seen = Connection(0, stream.at, stream.client, stream.server, self._name_of(stream.server[0]), protocol="udp")
        seen = replace(seen, clear=True)
        self.exchanges.append(replace(_bytes(seen, stream), scheme="udp", url=f"udp://{seen.host}:{seen.server[1]}"))
        self._add(seen)
        if stream.cut:
            self._unread.append(f"datagrams to {seen.host} are too many and only the first were read")

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
        if stream.sent.twofold or stream.received.twofold:
            self._unread.append(f"connection {seen.number} to {seen.host}: packets that came again say something else")

    def _with_clear(self, seen: Connection, stream: Stream, through: tuple[str, bytes, bytes] | None) -> Connection:
        if through:
            stream = _inside(stream, through)
        messages = tuple(spoken(stream)) if is_http(bytes(stream.sent.data)) else ()
        if messages and messages[0].method == "CONNECT":
            return seen  # a tunnel that the proxy refused: nothing went through
        process = self._processes.get(frozenset((stream.client, stream.server)))
        exchanges = [_exchange(seen, stream, message) for message in messages] or [_bytes(seen, stream)]
        exchanges = [replace(one, process=process) for one in _named_alike(exchanges)]
        self.exchanges.extend(exchanges)
        self._unread.extend(f"a message to {each.host}: {spot}" for each in exchanges for spot in each.blind_spots)
        if bytes(stream.sent.data[: len(_HTTP_2)]) == _HTTP_2:
            self._unread.append(f"HTTP/2 in clear to {seen.host}: its headers are compressed, and were not read")
        if stream.cut and not messages:
            self._unread.append(f"a stream in clear to {seen.host} is too large and only its beginning was read")
        return replace(seen, clear=True, host=exchanges[0].host)

    def _add(self, seen: Connection) -> None:
        process = self._processes.get(frozenset((seen.client, seen.server)))
        self.connections.append(replace(seen, number=len(self.connections), process=process))

    def _name_of(self, address: str) -> str:
        return self._known.get(address, address)


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
    if message.method == BYTES:
        base = _bytes(seen, stream)
        return replace(base, request_body=message.body, response_body=message.answer_body, blind_spots=message.rest)
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


def _named_alike(exchanges: list[Exchange]) -> Iterator[Exchange]:
    """What follows requests goes to the host that the last one named."""
    host = ""
    for one in exchanges:
        follows = host and not one.is_http
        yield replace(one, host=host, url=f"{one.scheme}://{host}:{one.port}") if follows else one
        host = one.host if one.is_http else host


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
