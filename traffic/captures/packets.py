"""The packets of a pcap or pcapng file, as far as it can be read; what is wrong is told with its place in the file.

Formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. dpkt has readers for both, but they say neither where a
file breaks off nor stop at lengths that no packet has.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from faults import UsageError

LONGEST = 1 << 20
"""Bytes: no packet of a phone is longer, and a file that says so is damaged or hostile."""
_LONGEST_BLOCK = 16 * LONGEST
_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 1, 2, 3, 6
_WITHOUT_PACKETS = frozenset({0x0A0D0D0A, 4, 5, 7, 8, 9, 10, 0xBAD, 0x40000BAD})
"""Section, names, statistics, IRIG time, ARINC, journal, keys, and what somebody made for himself."""
_END_OF_OPTIONS, _COMMENT, _RESOLUTION = 0, 1, 9
_MICROSECONDS = 1e-6


class DamagedError(Exception):
    """The message says what is wrong at that place; what came before stands."""


@dataclass(frozen=True, slots=True)
class Packet:
    """`at` is Unix time in seconds; `link` a LINKTYPE number (www.tcpdump.org/linktypes.html)."""

    number: int
    offset: int
    at: float
    link: int
    data: bytes
    whole: bool
    comment: bytes = b""


@dataclass(slots=True)
class PacketReader:
    """Iterate over it; afterwards `trouble` is None, or says with its offset why the rest could not be read.

    `unread` are the types of blocks that no draft names, and that may hold packets for all we know.
    """

    path: Path
    trouble: str | None = None
    unread: set[int] = field(default_factory=set)
    _offset: int = field(default=0, init=False)
    _number: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[Packet]:
        """Raises UsageError when the file cannot be opened; nothing else."""
        try:
            file = self.path.open("rb")
        except OSError as trouble:
            raise UsageError(f"{self.path}: {trouble.strerror}") from None
        with file:
            try:
                yield from self._packets(file)
            except (DamagedError, struct.error, OSError) as trouble:
                words = "a block is shorter than its type" if isinstance(trouble, struct.error) else trouble
                self.trouble = f"{self.path.name}: at byte {self._offset}: {words}; what came before was read"

    def _packets(self, file: BinaryIO) -> Iterator[Packet]:
        magic = file.read(4)
        if magic in _MAGICS:
            yield from self._classic(file, *_MAGICS[magic])
        elif magic == _SECTION:
            file.seek(0)
            yield from self._next_generation(file)
        else:
            raise DamagedError("this is no packet capture (neither pcap nor pcapng)")

    def _classic(self, file: BinaryIO, order: str, unit: float) -> Iterator[Packet]:
        *_, link = struct.unpack(order + "HHiIII", self._read(file, 20))
        self._offset = 24
        while head := file.read(16):
            seconds, fraction, kept, length = struct.unpack(order + "IIII", self._full(head, 16))
            if kept > LONGEST:
                raise DamagedError(f"a packet of {kept} bytes is announced")
            data = self._read(file, kept)
            yield self._packet(seconds + fraction * unit, link & 0xFFFF, data, length)
            self._offset += 16 + kept

    def _next_generation(self, file: BinaryIO) -> Iterator[Packet]:
        order, interfaces = "<", list[_Interface]()
        while head := file.read(8):
            kind = self._full(head, 8)[:4]
            if kind == _SECTION:
                order, interfaces = self._byte_order(file), []
            (length,) = struct.unpack(order + "I", head[4:])
            if length < 12 or length % 4 or length > _LONGEST_BLOCK:  # noqa: PLR2004 -- two lengths and a type
                raise DamagedError(f"a block of {length} bytes is announced")
            body = self._read(file, length - 8)
            if body[-4:] != head[4:]:
                raise DamagedError(f"a block of {length} bytes ends with another length")
            body = body[:-4]
            (number,) = struct.unpack(order + "I", kind)
            if number == _INTERFACE:
                interfaces.append(_interface(body, order))
            elif number in _BLOCKS:
                yield self._packet(*_BLOCKS[number](body, order, interfaces))
            elif number not in _WITHOUT_PACKETS:
                self.unread.add(number)
            self._offset += length

    def _byte_order(self, file: BinaryIO) -> str:
        mark = self._read(file, 4)
        file.seek(-4, 1)
        if mark not in _BYTE_ORDERS:
            raise DamagedError("a section has no byte order")
        return _BYTE_ORDERS[mark]

    def _packet(self, at: float, link: int, data: bytes, length: int, comment: bytes = b"") -> Packet:
        self._number += 1
        return Packet(self._number - 1, self._offset, at, link, data, len(data) >= length, comment)

    def _read(self, file: BinaryIO, length: int) -> bytes:
        return self._full(file.read(length), length)

    def _full(self, data: bytes, length: int) -> bytes:
        if len(data) < length:
            raise DamagedError(f"the file breaks off: {length} bytes are announced, {len(data)} are there")
        return data


type _Told = tuple[float, int, bytes, int, bytes]
"""Time, link, data, length on the wire, comment."""


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    unit: float


def _interface(body: bytes, order: str) -> _Interface:
    link, _, _ = struct.unpack_from(order + "HHI", body)
    unit = _MICROSECONDS
    for code, value in _options(body[8:], order):
        if code == _RESOLUTION and value:
            unit = 2.0 ** -(value[0] & 0x7F) if value[0] & 0x80 else 10.0 ** -value[0]
    return _Interface(link, unit)


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == _END_OF_OPTIONS:
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4


def _enhanced(body: bytes, order: str, interfaces: list[_Interface]) -> _Told:
    number, *rest = struct.unpack_from(order + "IIIII", body)
    return _told(body, order, interfaces, number, rest)


def _obsolete(body: bytes, order: str, interfaces: list[_Interface]) -> _Told:
    """As old programs write it (draft-ietf-opsawg-pcapng, appendix A)."""
    number, _, *rest = struct.unpack_from(order + "HHIIII", body)
    return _told(body, order, interfaces, number, rest)


def _told(body: bytes, order: str, interfaces: list[_Interface], number: int, rest: list[int]) -> _Told:
    high, low, kept, length = rest
    if number >= len(interfaces) or kept > len(body) - 20:
        raise DamagedError(f"a packet of {kept} bytes on interface {number} does not fit")
    options = _options(body[20 + kept + -kept % 4 :], order)
    comment = b"\n".join(value for code, value in options if code == _COMMENT)
    at = ((high << 32) + low) * interfaces[number].unit
    return at, interfaces[number].link, body[20 : 20 + kept], length, comment


def _simple(body: bytes, order: str, interfaces: list[_Interface]) -> _Told:
    """It has no time of its own."""
    if not interfaces:
        raise DamagedError("a packet comes before its interface")
    (length,) = struct.unpack_from(order + "I", body)
    return 0.0, interfaces[0].link, body[4 : 4 + length], length, b""


_BLOCKS: dict[int, Callable[[bytes, str, list[_Interface]], _Told]] = {
    _ENHANCED: _enhanced,
    _OBSOLETE: _obsolete,
    _SIMPLE: _simple,
}
