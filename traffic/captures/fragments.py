"""IP packets that came in pieces, put together again (RFC 791 section 3.2, RFC 8200 section 4.5)."""

from collections import OrderedDict
from dataclasses import dataclass, field

from dpkt import ip, ip6, tcp, udp

_MOST_OPEN = 256  # packets that are put together at a time
_LONGEST = 1 << 16  # bytes of a packet
_UNIT = 8  # bytes that offsets count in
_FRAGMENT = 44  # the extension header of IPv6
_READERS = {6: tcp.TCP, 17: udp.UDP}

type Network = ip.IP | ip6.IP6


@dataclass(slots=True)
class _Pieces:
    """By where they begin; `size` is known once the last one came."""

    protocol: int
    held: dict[int, bytes] = field(default_factory=dict)
    size: int | None = None


class Fragments:
    """Feed it packets; pieces that overlap otherwise than by coming again are let go (RFC 5722)."""

    def __init__(self) -> None:
        self.missing = 0
        self._open: OrderedDict[tuple[bytes, bytes, int], _Pieces] = OrderedDict()

    def whole(self, network: Network) -> object | None:
        """What the packet carries; None while some of it is still to come."""
        piece = _piece_of(network)
        if piece is None:
            carried: object = network.data
            return carried
        number, protocol, start, more, data = piece
        key = (bytes(network.src), bytes(network.dst), number)
        pieces = self._open.setdefault(key, _Pieces(protocol))
        if start == 0:
            pieces.protocol = protocol
        if pieces.held.setdefault(start, data) != data or start + len(data) > _LONGEST:
            self._drop(key)
            return None
        if not more:
            pieces.size = start + len(data)
        joined = _joined(pieces)
        if joined is not None:
            del self._open[key]
            reader = _READERS.get(pieces.protocol)
            return reader(joined) if reader else joined
        if len(self._open) > _MOST_OPEN:
            self._drop(next(iter(self._open)))
        return None

    def finish(self) -> None:
        """What is still open was never whole."""
        self.missing += len(self._open)
        self._open.clear()

    def _drop(self, key: tuple[bytes, bytes, int]) -> None:
        self.missing += 1
        self._open.pop(key, None)


def _joined(pieces: _Pieces) -> bytes | None:
    joined = bytearray()
    for start, data in sorted(pieces.held.items()):
        if start != len(joined):
            return None
        joined += data
    return bytes(joined) if len(joined) == pieces.size else None


def _piece_of(network: Network) -> tuple[int, int, int, bool, bytes] | None:
    """Identification, protocol, where it begins, whether more follows, and its bytes; None for a whole packet."""
    if isinstance(network, ip.IP):
        if not network.mf and not network.offset:
            return None
        return network.id, network.p, network.offset * _UNIT, bool(network.mf), bytes(network.data)
    header = next((one for one in getattr(network, "all_extension_headers", ()) if hasattr(one, "frag_off")), None)
    if header is None:
        return None
    return header.id, header.nxt, header.frag_off * _UNIT, bool(header.m_flag), bytes(network.data)
