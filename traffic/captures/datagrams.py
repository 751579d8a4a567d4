"""What was said by datagrams that nobody can say to be encrypted, as one stream for each pair of ends."""

from collections.abc import Iterator

from traffic.captures.streams import Stream

_KEPT = 1024 * 1024  # bytes of each direction
_MOST = 4096  # pairs of ends
_DHCP = frozenset({67, 68, 546, 547})  # the system's own, which no app may send
_HTTPS = 443
_QUIC_BIT = 0x40  # RFC 9000 section 17: set in all packets of both forms
_DTLS = frozenset(range(20, 27))  # content types
_DTLS_VERSIONS = frozenset({b"\xfe\xff", b"\xfe\xfd"})
_LOOK = 64  # bytes

type Endpoint = tuple[str, int]


class Datagrams:
    """Feed it datagrams; `lost` counts those that there was no room for."""

    def __init__(self) -> None:
        self.lost = 0
        self._streams: dict[frozenset[Endpoint], Stream] = {}

    def add(self, at: float, source: Endpoint, target: Endpoint, data: bytes) -> None:
        """Whoever speaks first is the client."""
        if not data or _DHCP & {source[1], target[1]} or _is_encrypted(data, {source[1], target[1]}):
            return
        key = frozenset((source, target))
        stream = self._streams.get(key)
        if stream is None:
            if len(self._streams) >= _MOST:
                self.lost += 1
                return
            stream = self._streams[key] = Stream(at, source, target)
        side = stream.sent if source == stream.client else stream.received
        side.size += len(data)
        side.data += data[: max(0, _KEPT - len(side.data))]

    def all(self) -> Iterator[Stream]:
        yield from self._streams.values()


def _is_encrypted(data: bytes, ports: set[int]) -> bool:
    """DTLS (RFC 6347 section 4.1), and QUIC whose beginning was not captured."""
    if data[0] in _DTLS and data[1:3] in _DTLS_VERSIONS:
        return True
    return _HTTPS in ports and bool(data[0] & _QUIC_BIT) and not data[:_LOOK].isascii()
