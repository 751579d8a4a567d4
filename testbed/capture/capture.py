"""A phone's packets, made from what its apps ask of the network."""

import ipaddress
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dpkt import dns, ip, tcp

from testbed.capture.file import PacketFile
from testbed.capture.wire import Endpoint, frame, tcp_segment, udp_datagram

PHONE: Final = "10.0.2.16"
GATEWAY: Final = "10.0.2.2"
"""The machine that the phone runs on (the emulator's network, docs of the emulator: 10.0.2.0/24)."""
NAME_SERVER: Final = Endpoint("10.0.2.3", 53)
LARGEST_SEGMENT: Final = 1460
FIRST_PORT, LAST_PORT = 32_768, 60_999
"""Linux's ephemeral ports (net.ipv4.ip_local_port_range)."""
NAMED: Final = ipaddress.IPv4Network("198.18.0.0/15")
"""Addresses that names get here: set aside for benchmarks (RFC 2544), so nobody's."""
WRAP: Final = 1 << 32
LIFETIME: Final = 300


class Capture:
    """`now` is the phone's clock; `path` is written anew."""

    def __init__(self, path: Path, now: Callable[[], float], phone: str = PHONE) -> None:
        self.path = path
        self._file = PacketFile(path)
        self._now = now
        self._phone = phone
        self._ports = itertools.cycle(range(FIRST_PORT, LAST_PORT + 1))
        self._numbers = random.Random()  # noqa: S311 -- sequence numbers of a stand-in
        self._addresses: dict[str, str] = {}

    def resolved(self, name: str, *, exists: bool = True) -> str | None:
        """Asks the name server and returns what it said: a name has one address for as long as the capture lasts."""
        address = self._address_of(name) if exists else None
        question = dns.DNS(id=self._numbers.randrange(1 << 16), rd=1, qd=[dns.DNS.Q(name=name, type=dns.DNS_A)])
        asked_from = Endpoint(self._phone, next(self._ports))
        self._write(udp_datagram(asked_from, NAME_SERVER, bytes(question)), outgoing=True)
        self._write(udp_datagram(NAME_SERVER, asked_from, bytes(_answer(question, name, address))), outgoing=False)
        return address

    def opened(self, host: str, port: int) -> "Conversation":
        """A connection by name or address; a name is resolved first, and the handshake is written."""
        conversation = self._conversation(host, port)
        conversation.shake_hands()
        return conversation

    def refused(self, host: str, port: int) -> None:
        """A connection that the other side answered with a reset (RFC 9293 section 3.5.2)."""
        self._conversation(host, port).be_refused()

    def close(self) -> None:
        self._file.close()

    def _conversation(self, host: str, port: int) -> "Conversation":
        there = Endpoint(host if _is_address(host) else str(self.resolved(host)), port)
        numbers = self._numbers.randrange(WRAP), self._numbers.randrange(WRAP)
        return Conversation(self._write, Endpoint(self._phone, next(self._ports)), there, numbers)

    def _address_of(self, name: str) -> str:
        return self._addresses.setdefault(name.lower(), str(NAMED[1 + len(self._addresses)]))

    def _write(self, packet: ip.IP, *, outgoing: bool) -> None:
        self._file.write(frame(packet, outgoing=outgoing), self._now())


class Conversation:
    """One TCP connection: its numbers go on as RFC 9293 section 3.4 says; each piece is acknowledged at once."""

    def __init__(
        self, write: Callable[..., None], here: Endpoint, there: Endpoint, first_numbers: tuple[int, int]
    ) -> None:
        self._write = write
        self._here = here
        self._there = there
        self._ours, self._theirs = first_numbers
        self._open = True

    @property
    def here(self) -> Endpoint:
        return self._here

    @property
    def there(self) -> Endpoint:
        return self._there

    def shake_hands(self) -> None:
        self._out(tcp.TH_SYN)
        self._ours = _after(self._ours, 1)
        self._in(tcp.TH_SYN | tcp.TH_ACK)
        self._theirs = _after(self._theirs, 1)
        self._out(tcp.TH_ACK)

    def be_refused(self) -> None:
        self._out(tcp.TH_SYN)
        self._ours = _after(self._ours, 1)
        self._theirs = 0
        self._in(tcp.TH_RST | tcp.TH_ACK)
        self._open = False

    def sent(self, data: bytes) -> None:
        for piece in _segments(data):
            self._out(tcp.TH_PUSH | tcp.TH_ACK, piece)
            self._ours = _after(self._ours, len(piece))
            self._in(tcp.TH_ACK)

    def received(self, data: bytes) -> None:
        for piece in _segments(data):
            self._in(tcp.TH_PUSH | tcp.TH_ACK, piece)
            self._theirs = _after(self._theirs, len(piece))
            self._out(tcp.TH_ACK)

    def closed(self) -> None:
        """Ended by the phone, in good order; a second call does nothing."""
        if not self._open:
            return
        self._open = False
        self._out(tcp.TH_FIN | tcp.TH_ACK)
        self._ours = _after(self._ours, 1)
        self._in(tcp.TH_FIN | tcp.TH_ACK)
        self._theirs = _after(self._theirs, 1)
        self._out(tcp.TH_ACK)

    def _out(self, flags: int, data: bytes = b"") -> None:
        ack = self._theirs if flags & tcp.TH_ACK else 0
        self._write(tcp_segment(self._here, self._there, (self._ours, ack), flags, data), outgoing=True)

    def _in(self, flags: int, data: bytes = b"") -> None:
        self._write(tcp_segment(self._there, self._here, (self._theirs, self._ours), flags, data), outgoing=False)


def _segments(data: bytes) -> list[bytes]:
    return [data[start : start + LARGEST_SEGMENT] for start in range(0, len(data), LARGEST_SEGMENT)]


def _after(number: int, length: int) -> int:
    return (number + length) % WRAP


def _answer(question: dns.DNS, name: str, address: str | None) -> dns.DNS:
    answer = dns.DNS(id=question.id, qr=1, rd=1, ra=1, qd=question.qd)
    if address is None:
        answer.rcode = dns.DNS_RCODE_NXDOMAIN
        return answer
    packed = ipaddress.IPv4Address(address).packed
    answer.an = [dns.DNS.RR(name=name, type=dns.DNS_A, cls=dns.DNS_IN, ttl=LIFETIME, rdata=packed, ip=packed)]
    return answer


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
