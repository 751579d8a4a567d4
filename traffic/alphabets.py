"""base64, base64url, base32 and hex wherever they stand in a text and at whatever alignment they start.

All runs of an alphabet are joined and decoded in one go, once for each alignment: a run is then decoded whole at the
right one, and the noise of the others holds nothing. So one pass serves any number of secrets.
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

type Part = tuple[str, bytes]

_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BASE32 = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567",
    b"0123456789abcdefghijklmnop0123456789abcdefghijklmnopqrstuv",
)  # RFC 4648's digits as Python's int() counts them
_UPPER, _LOWER = (
    bytes(ord("x") if one in letters + b"234567" else ord(" ") for one in range(256))
    for letters in (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
)
_HEX_ALONE = re.compile(rb"[0-9a-fA-F-]+")
_SEPARATORS = re.compile(rb"[/_+-]")
_SHORTEST_SEGMENT = 12
_LONGEST_PATH = 4096  # characters: longer is base64 that has slashes
_SHIFTS = (1, 2)  # bytes that may stand before a piece, which puts it at another alignment
_MOST_STARTS = 5  # places in a run where another one may begin


class Alphabets:
    """The patterns of runs that can hold the shortest secret known, which is `shortest` bytes long."""

    def __init__(self, shortest: int) -> None:
        self._base64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % -(-shortest * 8 // 6))
        in_base32 = -(-shortest * 8 // 5)
        self._base32 = re.compile(rb"[A-Z2-7]{%d,}|[a-z2-7]{%d,}" % ((in_base32,) * 2))
        self._base32_run = b"x" * in_base32
        self._hex = re.compile(rb"[0-9a-fA-F]{%d,}" % (shortest * 2))

    def runs(self, text: bytes) -> list[bytes]:
        """All runs that could be any of the alphabets: base64's holds the others."""
        return self._base64.findall(text)

    def decoded(self, runs: Sequence[bytes]) -> Iterator[Part]:
        """The joined runs under each alphabet; zero bytes stand between them."""
        safe = [run for run in runs if b"-" in run or b"_" in run]
        plain = [run for run in runs if b"-" not in run and b"_" not in run]
        yield from self._base64_of("base64", plain)
        yield from self._base64_of("base64url", safe)
        joined = b" ".join(runs)
        yield from _hex_of(self._hex.findall(joined))
        yield from _base32_of(self._base32_runs(joined))

    def _base32_runs(self, text: bytes) -> list[bytes]:
        """The pattern is slow on what is almost base32, such as hex, so it is asked only where there is a run."""
        if any(self._base32_run in text.translate(kinds) for kinds in (_UPPER, _LOWER)):
            return self._base32.findall(text)
        return []

    def _base64_of(self, name: str, runs: Sequence[bytes]) -> Iterator[Part]:
        if not runs:
            return
        whole = b"".join([run + _PADDING[len(run) & 3] for run in runs]).translate(_URL_SAFE)
        yield name, binascii.a2b_base64(b"".join(b"A" * shift + whole + b"A" * (4 - shift) for shift in range(4)))

    def pieces(self, run: bytes) -> Iterator[Part]:
        """One run decoded by itself at the places where it may begin, for codings that have no mark of their own."""
        if _HEX_ALONE.fullmatch(run):
            yield from _hex_pieces(self._hex.findall(run))
            return
        name = "base64url" if b"-" in run or b"_" in run else "base64"
        for each in dict.fromkeys((run, *(run[start:] for start in _starts(run)), *_segments(run))):
            rest = each.translate(_URL_SAFE)
            whole = rest[: len(rest) // 4 * 4] if len(rest) % 4 == 1 else rest + b"=" * (-len(rest) % 4)
            piece = binascii.a2b_base64(whole)
            yield name, piece
            if each is run:
                yield from ((name, piece[shift:]) for shift in _SHIFTS)
        yield from _hex_pieces(self._hex.findall(run))
        for each in self._base32_runs(run):
            yield "base32", next(bits for _, bits in _base32_of([each]))[: len(each) * 5 // 8]


_PADDING = (b"AAAA", b"AAA", b"AAAAAA", b"AAAAA")  # fills a run up to whole quads and parts it from the next


def _starts(run: bytes) -> Iterable[int]:
    """After each character that may have been a separator, such as the slash of a path."""
    return (found.end() for found in islice(_SEPARATORS.finditer(run), _MOST_STARTS))


def _segments(run: bytes) -> Iterable[bytes]:
    """Between the slashes of a path, where what follows must not be taken along."""
    if b"/" not in run or len(run) > _LONGEST_PATH:
        return ()
    return [part for part in run.split(b"/") if len(part) >= _SHORTEST_SEGMENT]


def _hex_of(runs: Sequence[bytes]) -> Iterator[Part]:
    if runs:
        whole = b"".join([run + (b"000" if len(run) & 1 else b"00") for run in runs])
        yield "hex", binascii.unhexlify(whole + b"0" + whole + b"0")


def _hex_pieces(runs: Iterable[bytes]) -> Iterator[Part]:
    for run in runs:
        yield "hex", binascii.unhexlify(run[: len(run) & ~1])


def _base32_of(runs: Sequence[bytes]) -> Iterator[Part]:
    """Five bits a character: as one number, shifted bit by bit, so that each alignment comes by."""
    if not runs:
        return
    digits = b"aaaaaaaa".join(runs).translate(_BASE32)
    bits = len(digits) * 5
    number = int(digits, 32) << (-bits % 8 + 8)
    length = (bits + 7) // 8 + 1
    yield "base32", b"\0".join((number >> shift).to_bytes(length, "big") for shift in range(8))
