"""Compressed parts of any data, opened with a limit: a few bytes must not grow into gigabytes.

gzip, zlib, zstd and zip members have a mark and are found anywhere; a bare deflate stream and Brotli have none and are
tried on whole pieces only.
"""

import bz2
import lzma
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
_BZ2, _XZ = b"1AY&SY", b"\xfd7zXZ\0"
_MARKS = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|PK\x03\x04|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY&SY|\xfd7zXZ\0")
_RAREST = (
    (b"\x8b", b"\x1f\x8b\x08"),
    (b"\xb5", b"\x28\xb5\x2f\xfd"),
    (b"\x9c", b"x\x9c"),
    (b"\xda", b"x\xda"),
    (b"\xfd", _XZ),
)
_PRINTABLE = range(0x20, 0x7F)
_SHAPE = bytes(ord("x") if one in _PRINTABLE else ord(" ") for one in range(256))
_READABLE = b"x" * 8
_MOST_MARKS = 4096  # in one piece of data
_ZIP_HEADER = 30  # bytes
_ENCRYPTED = 1
_STORED, _DEFLATED, _BZIPPED, _LZMA, _ZSTD, _XZIPPED = 0, 8, 12, 14, 93, 95
_WITH_OWN_MARK = {_BZIPPED, _ZSTD, _XZIPPED}
_LZMA_PROPERTIES = 9  # bytes before the stream (APPNOTE.TXT 5.8.8)
_MOST_PROPERTIES = 225
_READ = 65536
_MOST_MEMORY = 64 << 20  # bytes that xz may take

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
    if b"x\x01" in data or b"x^" in data or b"PK\x03\x04" in data or _BZ2 in data:
        return True
    if data.isascii():
        return False
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
        name, opened = _opened(mark[0], memoryview(data)[mark.start() :], effort)
        if opened:
            yield name, opened


def unmarked(piece: bytes, effort: Effort) -> Iterator[Part]:
    """A whole piece read as zlib with any window, as bare deflate (RFC 1951) and as Brotli (RFC 7932).

    Nonsense makes nothing, or noise that does not come to an end: of that only what can be read is kept.
    """
    if _may_be_zlib(piece) and (opened := _inflated(piece, _ZLIB, effort)):
        yield "deflate", opened
    if _may_be_bare(piece) and (opened := _inflated(piece, _BARE, effort, _is_readable)):
        yield "deflate", opened
    if opened := _unbrotlied(piece, effort, _is_readable):
        yield "br", opened


def _may_be_zlib(piece: bytes) -> bool:
    """RFC 1950 section 2.2: the method, a window up to 32 KB, and a check over both bytes."""
    return piece[0] & 0x8F == zlib.DEFLATED and not int.from_bytes(piece[:2]) % 31


def _may_be_bare(piece: bytes) -> bool:
    """Spares most of noise an attempt: there is no fourth type of block, and a stored one has its length twice."""
    kind = piece[0] >> 1 & 3
    return kind in {1, 2} or (kind == 0 and piece[1:3] == bytes(one ^ 0xFF for one in piece[3:5]))


def _is_readable(opened: bytes) -> bool:
    return _READABLE in opened.translate(_SHAPE)


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
    if mark.startswith(b"\x1f\x8b"):
        return "gzip", _inflated(data, _GZIP, effort)
    if mark.startswith(b"\x28\xb5"):
        return "zstd", _unzstd(data, effort)
    if mark.startswith(b"PK"):
        return "zip", _zip_member(data, effort)
    if mark.startswith(b"BZh"):
        return "bz2", _limited(bz2.BZ2Decompressor(), data, effort)
    if mark == _XZ:
        return "xz", _limited(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY), data, effort)
    return "deflate", _inflated(data, _ZLIB, effort)


def _limited(stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: memoryview, effort: Effort) -> bytes:
    limit = min(LARGEST, effort.room) + 1
    try:
        return _within_limits(stream.decompress(data, limit), effort)
    except (OSError, EOFError, lzma.LZMAError) as trouble:
        if "emory" in str(trouble):
            effort.give_up(f"an xz part asks for more than {_MOST_MEMORY >> 20} MB")
        return b""


def _anything(_: bytes) -> bool:
    return True


def _inflated(
    data: bytes | memoryview, window: int, effort: Effort, is_kept: Callable[[bytes], bool] = _anything
) -> bytes:
    """`is_kept` is asked about what does not come to an end by itself."""
    stream, limit = zlib.decompressobj(window), min(LARGEST, effort.room) + 1
    try:
        opened = stream.decompress(data, limit)
    except zlib.error:
        return b""
    return _within_limits(opened, effort) if stream.eof or len(opened) == limit or is_kept(opened) else b""


def _unbrotlied(data: bytes | memoryview, effort: Effort, is_kept: Callable[[bytes], bool] = _anything) -> bytes:
    stream, limit, is_whole = brotli.Decompressor(), min(LARGEST, effort.room) + 1, False
    opened = bytearray()
    try:
        opened += stream.process(bytes(data), output_buffer_limit=limit)
        while not stream.can_accept_more_data() and len(opened) < limit:
            opened += stream.process(b"", output_buffer_limit=limit - len(opened))
        is_whole = stream.is_finished() or len(opened) >= limit
    except brotli.error:
        pass
    return _within_limits(bytes(opened), effort) if is_whole or is_kept(bytes(opened)) else b""


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
    if method == _LZMA:
        return _unlzma(data[start:], effort)
    if method != _STORED and method not in _WITH_OWN_MARK:
        effort.give_up(f"a zip member is packed by method {method}")
    return b""  # what is stored stands in clear


def _unlzma(data: memoryview, effort: Effort) -> bytes:
    """APPNOTE.TXT 5.8.8: two bytes of version, two of size, five of properties, and the bare stream."""
    if len(data) < _LZMA_PROPERTIES or data[4] >= _MOST_PROPERTIES:
        return b""
    rest, lc = divmod(data[4], 9)
    pb, lp = divmod(rest, 5)
    size = min(max(int.from_bytes(data[5:9], "little"), _READ), LARGEST)
    kind = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": size}
    try:
        stream = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[kind])
    except lzma.LZMAError:  # properties that there are not
        return b""
    return _limited(stream, data[_LZMA_PROPERTIES:], effort)


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
