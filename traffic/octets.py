"""Bytes spelled out one by one in hexadecimal, with something between them: dumps, fingerprints, arrays of C."""

import binascii
import re

_DIGITS = b"0123456789abcdefABCDEF"
_SHAPE = bytes(
    ord("x") if one in _DIGITS else ord(" ") if one in b" :,;." else one if one in b"-" else ord("_")
    for one in range(256)
)
_SHORTEST = 6  # bytes: no secret is shorter
_PAIRS, _BETWEEN = rb"(?:0[xX])?(?:[0-9a-fA-F]{2}){1,2}", rb"(?:[ :,;.-]{1,2}|[ :,;.-]?\r?\n[ \t]{0,8})"
_RUN = re.compile(_PAIRS + rb"(?:" + _BETWEEN + _PAIRS + rb"){2,}")
_ARRAY = re.compile(rb"0[xX][0-9a-fA-F]{2}[ ,;]{1,2}0[xX]")
_NO_DIGIT = re.compile(rb"0[xX]|[^0-9a-fA-F]+")


def spelled_out(data: bytes) -> tuple[bytes, ...]:
    """Each such run, decoded."""
    shape = data.translate(_SHAPE)
    if not (
        b"xx xx xx xx xx xx" in shape
        or b"xx-xx-xx-xx-xx-xx" in shape
        or b"xxxx xxxx xxxx" in shape
        or b"xx  xx  xx  xx  xx  xx" in shape
        or (b"0x" in data and _ARRAY.search(data))
    ):
        return ()
    digits = (_NO_DIGIT.sub(b"", run) for run in dict.fromkeys(_RUN.findall(data)))
    return tuple(binascii.unhexlify(run) for run in digits if len(run) >= 2 * _SHORTEST)
