"""The host that a QUIC client asks for: the keys of its first packets follow from what they say in clear.

RFC 9001 section 5.2 for version 1, RFC 9369 section 3.3 for version 2; what comes after the hello stays unread.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic.captures.hello import ClientHello, client_hello

if TYPE_CHECKING:
    from aioquic.buffer import Buffer  # type: ignore[attr-defined] # as everybody imports it, though it is not in __all__
    from aioquic.quic.crypto import CryptoPair

_LONG, _FIXED = 0x80, 0x40  # RFC 9000 section 17.2
_INITIAL_TYPES = {0x00000001: 0, 0x6B3343CF: 1}
"""By version the two bits that mark an Initial packet (RFC 9000 section 17.2.2, RFC 9369 section 3.2)."""
_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO, _CLOSE = 0x00, 0x01, 0x02, 0x03, 0x06, 0x1C
_LONGEST_HELLO = 1 << 16  # bytes; with keys for quantum computers it is some two thousand
_MOST_DATAGRAMS = 8  # of a client before its hello is whole; a real one needs one or two
_RECORD = 1 << 14  # bytes of a TLS record at most


def opens_quic(datagram: bytes) -> bool:
    """Whether it begins as a packet that opens a connection does (RFC 9000 section 17.2), of any version but 0."""
    return datagram[:1] >= bytes([_LONG | _FIXED]) and any(datagram[1:5])


@dataclass(slots=True)
class Opening:
    """What a client sent first on one connection; feed it the datagrams in their order, lost and doubled ones too.

    `hello` is there as soon as it is whole. `over` says that more datagrams will not bring it: it is there, it stayed
    incomplete for too long, or it is of a version that nobody here can read.
    """

    hello: ClientHello | None = None
    over: bool = False
    _pieces: dict[int, bytes] = field(default_factory=dict)
    _keys: "dict[bytes, CryptoPair]" = field(default_factory=dict)
    _datagrams: int = 0

    @property
    def sni(self) -> str | None:
        return self.hello.sni if self.hello else None

    def add(self, datagram: bytes) -> None:
        """Never raises: what is no Initial packet, or was tampered with, is passed over (RFC 9001 section 5.2)."""
        if self.over:
            return
        self._datagrams += 1
        for offset, piece in self._crypto_in(datagram):
            if offset + len(piece) <= _LONGEST_HELLO and len(piece) > len(self._pieces.get(offset, b"")):
                self._pieces[offset] = piece
        self.hello = client_hello(_in_records(self._joined()))
        self.over = self.hello is not None or self._datagrams >= _MOST_DATAGRAMS

    def _joined(self) -> bytes:
        joined = b""
        for offset in sorted(self._pieces):
            if offset > len(joined):
                break
            joined += self._pieces[offset][len(joined) - offset :]
        return joined

    def _crypto_in(self, datagram: bytes) -> Iterator[tuple[int, bytes]]:
        # slow to load, and most captures have no QUIC
        from aioquic.buffer import Buffer, BufferReadError  # type: ignore[attr-defined] # noqa: PLC0415 -- as above
        from aioquic.quic.crypto import CryptoError  # type: ignore[attr-defined] # noqa: PLC0415 -- as above
        from aioquic.quic.packet import pull_quic_header  # noqa: PLC0415 -- as above

        buffer = Buffer(data=datagram)
        try:
            while not buffer.eof() and _is_initial(datagram[buffer.tell() :]):  # several packets may share a datagram
                start = buffer.tell()
                header = pull_quic_header(buffer)
                packet = datagram[start : start + header.packet_length]
                sealed_from = buffer.tell() - start
                buffer.seek(start + header.packet_length)
                if payload := self._opened(packet, sealed_from, header.destination_cid, header.version or 0):
                    yield from _crypto_frames(Buffer(data=payload))
        except (ValueError, BufferReadError, CryptoError):
            return

    def _opened(self, packet: bytes, sealed_from: int, connection: bytes, version: int) -> bytes | None:
        """By the keys of the connection id that the client chose first, or after a Retry of the server's (5.2)."""
        from aioquic.quic.crypto import (  # type: ignore[attr-defined] # noqa: PLC0415 -- as above
            CryptoError,
            CryptoPair,
        )

        if connection not in self._keys:
            self._keys[connection] = CryptoPair()
            self._keys[connection].setup_initial(connection, is_client=False, version=version)
        for keys in self._keys.values():
            try:
                return keys.decrypt_packet(packet, sealed_from, 0)[1]
            except CryptoError:
                continue  # those of another connection id
        return None


def _is_initial(packet: bytes) -> bool:
    version = int.from_bytes(packet[1:5])
    first = packet[0]
    return first & (_LONG | _FIXED) == _LONG | _FIXED and _INITIAL_TYPES.get(version) == first >> 4 & 3


def _crypto_frames(frames: "Buffer") -> Iterator[tuple[int, bytes]]:
    """Of the frames that may stand in an Initial packet (RFC 9000 section 12.4); raises ValueError for another."""
    while not frames.eof():
        kind = frames.pull_uint_var()
        if kind == _CRYPTO:
            offset = frames.pull_uint_var()
            yield offset, frames.pull_bytes(frames.pull_uint_var())
        elif kind in {_ACK, _ACK_ECN}:
            _pass_over_ack(frames, with_counts=kind == _ACK_ECN)
        elif kind == _CLOSE:
            return
        elif kind not in {_PADDING, _PING}:
            raise ValueError(kind)


def _pass_over_ack(frames: "Buffer", *, with_counts: bool) -> None:
    """RFC 9000 section 19.3."""
    frames.pull_uint_var()
    frames.pull_uint_var()
    ranges = frames.pull_uint_var()
    frames.pull_uint_var()
    for _ in range(2 * ranges + (3 if with_counts else 0)):
        frames.pull_uint_var()


def _in_records(messages: bytes) -> bytes:
    """As TLS over TCP would carry them (RFC 8446 section 5.1)."""
    pieces = (messages[at : at + _RECORD] for at in range(0, len(messages), _RECORD))
    return b"".join(b"\x16\x03\x01" + len(piece).to_bytes(2) + piece for piece in pieces)
