"""Compressed parts of any data, opened with a limit: a few bytes must not grow into gigabytes.

gzip, zlib, zstd and zip members have a mark and are found anywhere; a bare deflate stream and Brotli have none and are
tried on whole pieces only.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import brotli
import zstandard

LARGEST = 8 * 1024 * 1024  # bytes that one compressed part may grow to
TOGETHER = 4 * LARGEST  # bytes that all parts of one exchange may grow to
_WINDOW = 8 * 1024 * 1024  # bytes of zstd's window: what RFC 9659 allows on the wire
_BARE, _ZLIB, _GZIP = -15, 15, 31  # zlib's wbits for RFC 1951, 1950 and 1952
_MARKS = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|PK\x03\x04|\x78[\x01\x5e\x9c\xda]")
_RAREST = (
    (b"\x8b", b"\x1f\x8b\x08"),
    (b"\xb5", b"\x28\xb5\x2f\xfd"),
    (b"\x03", b"PK\x03\x04"),
    (b"\x9c", b"x\x9c"),
    (b"\xda", b"x\xda"),
    (b"\x01", b"x\x01"),
    (b"^", b"x^"),
)
_MOST_MARKS = 4096  # in one piece of data
_ZIP_HEADER = 30  # bytes
_ENCRYPTED = 1
_STORED, _DEFLATED = 0, 8
_READ = 65536

type Part = tuple[str, bytes]


@dataclass(slots=True)
class Effort:
    """What may still be spent on one exchange, and what was left unopened because it was spent."""

    room: int = TOGETHER
    unopened: list[str] = field(default_factory=list)
    layers: int | None = None
    """How many layers were looked through in full, where the next one was not."""

    def give_up(self, why: str, layers: int = 0) -> None:
        self.layers = layers if self.layers is None else min(self.layers, layers)
        if why not in self.unopened:
            self.unopened.append(why)


def has_mark(data: bytes) -> bool:
    """Many times faster than the one pattern, for no text holds the rarest byte of any mark."""
    for rarest, mark in _RAREST:  # noqa: SIM110 -- in a generator it would take twice as long
        if rarest in data and mark in data:
            return True
    return False


def marked_parts(data: bytes, effort: Effort) -> Iterator[Part]:
    """Every part that its first bytes give away, wherever it stands; a part that is cut off keeps its beginning."""
    for number, mark in enumerate(_MARKS.finditer(data)):
        if number == _MOST_MARKS:
            effort.give_up(f"more than {_MOST_MARKS} parts look compressed")
            return
        name, opened = _opened(mark[0][:2], memoryview(data)[mark.start() :], effort)
        if opened:
            yield name, opened


def unmarked(piece: bytes, effort: Effort) -> Iterator[Part]:
    """A whole piece read as bare deflate (RFC 1951) and as Brotli (RFC 7932); nonsense makes nothing, or noise."""
    if opened := _inflated(piece, _BARE, effort):
        yield "deflate", opened
    if opened := _unbrotlied(piece, effort):
        yield "br", opened


def decoded(body: bytes, codings: tuple[str, ...], effort: Effort) -> bytes | None:
    """A body without its content codings, the last one first (RFC 9110 section 8.4); None if one does not fit."""
    for coding in reversed(codings):
        openers = _CODINGS.get(coding, ())
        body = next((opened for opener in openers if (opened := opener(body, effort))), b"") if body else body
        if not body and openers != ():
            return None
        if not openers:
            return None
    return body


def _opened(mark: bytes, data: memoryview, effort: Effort) -> Part:
    if mark == b"\x1f\x8b":
        return "gzip", _inflated(data, _GZIP, effort)
    if mark == b"\x28\xb5":
        return "zstd", _unzstd(data, effort)
    if mark == b"PK":
        return "zip", _zip_member(data, effort)
    return "deflate", _inflated(data, _ZLIB, effort)


def _inflated(data: bytes | memoryview, window: int, effort: Effort) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        opened = stream.decompress(data, min(LARGEST, effort.room) + 1)
    except zlib.error:
        return b""
    return _within_limits(opened, effort)


def _unbrotlied(data: bytes | memoryview, effort: Effort) -> bytes:
    stream, limit = brotli.Decompressor(), min(LARGEST, effort.room) + 1
    opened = bytearray()
    try:
        opened += stream.process(bytes(data), output_buffer_limit=limit)
        while not stream.can_accept_more_data() and len(opened) < limit:
            opened += stream.process(b"", output_buffer_limit=limit - len(opened))
    except brotli.error:
        pass
    return _within_limits(bytes(opened), effort)


def _unzstd(data: bytes | memoryview, effort: Effort) -> bytes:
    limit, opened = min(LARGEST, effort.room) + 1, bytearray()
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(bytes(data))
    try:
        while len(opened) < limit and (read := reader.read(min(_READ, limit - len(opened)))):
            opened += read
    except zstandard.ZstdError:
        pass
    return _within_limits(bytes(opened), effort)


def _zip_member(data: memoryview, effort: Effort) -> bytes:
    """APPNOTE.TXT 4.3.7: sizes in the header may be missing, so the stream itself says where it ends."""
    if len(data) < _ZIP_HEADER:
        return b""
    flags, method = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    start = _ZIP_HEADER + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
    if flags & _ENCRYPTED:
        effort.give_up("a zip member is encrypted")
        return b""
    if method == _DEFLATED:
        return _inflated(data[start:], _BARE, effort)
    if method != _STORED:
        effort.give_up(f"a zip member is packed by method {method}")
    return b""  # what is stored stands in clear


def _within_limits(opened: bytes, effort: Effort) -> bytes:
    limit = min(LARGEST, effort.room)
    if len(opened) > limit:
        effort.give_up(f"a compressed part grows beyond {limit >> 20} MB")
        opened = opened[:limit]
    effort.room -= len(opened)
    return opened


def _coded(window: int) -> Callable[[bytes, Effort], bytes]:
    return lambda body, effort: _inflated(body, window, effort)


_CODINGS: dict[str, tuple[Callable[[bytes, Effort], bytes], ...]] = {
    "gzip": (_coded(_GZIP),),
    "x-gzip": (_coded(_GZIP),),
    "deflate": (_coded(_ZLIB), _coded(_BARE)),
    "br": (_unbrotlied,),
    "zstd": (_unzstd,),
}
