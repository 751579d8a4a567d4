"""Taking content codings off a body piece by piece, so that a small body cannot grow without end (RFC 9110 §8.4)."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import brotli
import zstandard

_WINDOW = 1 << 10  # bytes given to a decoder at once: what it makes of them stays bounded
_ZSTD_WINDOW = 8 * 1024 * 1024  # bytes; what RFC 9659 allows on the wire


class UnknownCodingError(ValueError):
    """A coding that cannot be taken off, or a body that is none in it."""


class Decoder(Protocol):
    def __call__(self, data: bytes, /) -> bytes: ...


def codings_of(header: str | None) -> tuple[str, ...]:
    """The names in a Content-Encoding header, in the order they were applied."""
    return tuple(name for part in (header or "").split(",") if (name := part.strip().lower()) and name != "identity")


def decoder(codings: Sequence[str]) -> Decoder:
    """Takes all of them off, the last one first; raises UnknownCodingError, also later for what does not fit."""
    steps = [_decoder(name) for name in reversed(codings)]

    def decode(data: bytes) -> bytes:
        for step in steps:
            data = step(data)
        return data

    return decode


def pieces(data: bytes) -> Iterator[bytes]:
    """The data as a decoder should be given it."""
    return (data[start : start + _WINDOW] for start in range(0, len(data), _WINDOW))


def decoded(body: bytes, codings: Sequence[str], limit: int) -> tuple[bytes, bool]:
    """The first `limit` bytes of the body without its codings, and whether there were more."""
    if not codings:
        return body[:limit], len(body) > limit
    decode, parts, size = decoder(codings), [], 0
    for piece in pieces(body):
        part = decode(piece)
        parts.append(part)
        size += len(part)
        if size > limit:
            return b"".join(parts)[:limit], True
    return b"".join(parts), False


def _decoder(name: str) -> Decoder:
    if name not in _DECODERS:
        raise UnknownCodingError(f"{name!r} is no known content coding")
    step = _DECODERS[name]()

    def decode(data: bytes) -> bytes:
        try:
            return step(data)
        except (zlib.error, brotli.error, zstandard.ZstdError) as trouble:
            raise UnknownCodingError(f"the body is no {name} ({trouble})") from None

    return decode


def _deflate() -> Decoder:
    """zlib's wrapper as RFC 9110 §8.4.1.2 says, or the bare stream that some servers send."""
    inner: list[Decoder] = []

    def decode(data: bytes) -> bytes:
        if not inner and data:
            wrapped = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2].ljust(2, b"\0")) % 31 == 0
            inner.append(zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS).decompress)
        return inner[0](data) if data else b""

    return decode


def _gzip() -> Decoder:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress


def _brotli() -> Decoder:
    process: Decoder = brotli.Decompressor().process
    return process


def _zstandard() -> Decoder:
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj().decompress


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
