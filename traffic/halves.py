"""Secrets cut in two and sent in two parameters of one request, where neither half is the secret."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from urllib.parse import parse_qsl

from traffic.compression import Effort
from traffic.escapes import parts_of
from traffic.events import Exchange
from traffic.places import Place
from traffic.secrets import Secrets, Side, Sighting

_SHORTEST = 3  # characters of the first half
_MOST = 200  # parameters of one request
_MOST_ENCODED = 6  # of those that look encoded each pair is tried
_LARGEST = 262144  # bytes of a body that is read as parameters
_ENCODED = re.compile(rb"[A-Za-z0-9+/_=-]{4,}")
_TELLING = 12  # characters that look encoded and are no word
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SPLIT = "split"


@dataclass(frozen=True, slots=True)
class _Parameter:
    place: Place
    value: bytes


def halves_in(seen: Exchange, secrets: Secrets) -> Iterator[tuple[Place, Sighting]]:
    """What is found only where two values are put together; each secret once for each encoding."""
    given = list(_parameters(seen))[:_MOST]
    if len(given) < 2:  # noqa: PLR2004 -- two halves
        return
    told: set[tuple[int, str]] = set()
    for first, second in _pairs(given, secrets):
        joined = dict.fromkeys(a + b for a, b in zip(_forms(first.value), _forms(second.value), strict=True) if a and b)
        alone = {one.index for one in secrets.found_in_parts((first.value, second.value), Effort())}
        for sighting in secrets.found_in_parts(tuple(joined), Effort()):
            key = (sighting.index, sighting.encoding)
            if sighting.index not in alone and key not in told:
                told.add(key)
                yield first.place, Sighting(sighting.index, sighting.secret, f"{_SPLIT}+{sighting.encoding}")


def _pairs(given: Sequence[_Parameter], secrets: Secrets) -> Iterator[tuple[_Parameter, _Parameter]]:
    """A value that a secret begins with, and each other one; and every pair of a few that look encoded."""
    beginnings = [
        one for one in given if any(len(x) >= _SHORTEST and secrets.starts_with(x) for x in _forms(one.value))
    ]
    yield from ((one, other) for one in beginnings for other in given if other is not one)
    encoded = [one for one in given if len(one.value) >= _TELLING and _ENCODED.fullmatch(one.value)]
    if len(encoded) <= _MOST_ENCODED:
        yield from permutations(encoded, 2)


def _forms(value: bytes) -> tuple[bytes, ...]:
    """As it is, then out of hex, base64 and base32 as far as it goes in whole characters; empty where it is none."""
    if not _ENCODED.fullmatch(value):
        return value, b"", b"", b"", b""
    digits = value.rstrip(b"=")
    return (
        value,
        _out_of(binascii.unhexlify, digits[: len(digits) & ~1]),
        _out_of(binascii.a2b_base64, digits.translate(_URL_SAFE) + b"=" * (-len(digits) % 4)),
        _out_of(binascii.a2b_base64, digits.translate(_URL_SAFE)[: len(digits) & ~3]),
        _out_of(base64.b32decode, _whole_bytes(digits.upper())),
    )


def _whole_bytes(digits: bytes) -> bytes:
    """As much of base32 as is whole bytes, padded."""
    kept = digits[: -(-(len(digits) * 5 // 8) * 8 // 5)]
    return kept + b"=" * (-len(kept) % 8)


def _out_of(decode: Callable[[bytes], bytes], text: bytes) -> bytes:
    try:
        return decode(text)
    except binascii.Error:
        return b""


def _parameters(seen: Exchange) -> Iterator[_Parameter]:
    """Query, form, JSON and multipart values of the request, as bytes without their percent-encoding."""
    query = seen.path.partition("?")[2]
    if query:
        place = Place(Side.APP, ("url",), b"", is_url=True)
        yield from (_Parameter(place, value.encode("utf-8", "replace")) for _, value in parse_qsl(query) if value)
    body = seen.request_body
    if not body or len(body) > _LARGEST or seen.method == "MESSAGE":
        return
    place = Place(Side.APP, ("body", "inside"), b"")
    yield from (_Parameter(place, value) for value in _values(body) if value)


def _values(body: bytes) -> Iterator[bytes]:
    if body[:1] in b"{[":
        yield from _leaves(body)
    elif body.startswith(b"--"):
        yield from (part.strip(b"\r\n") for part in parts_of(body))
    elif b"=" in body and b"&" in body:
        for _, value in parse_qsl(body.decode("latin-1"), encoding="latin-1"):
            yield value.encode("latin-1", "replace")


def _leaves(body: bytes) -> Iterator[bytes]:
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one.encode("utf-8", "surrogatepass")
