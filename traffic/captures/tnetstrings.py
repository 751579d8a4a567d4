"""tnetstrings as mitmproxy writes its flows (mitmproxy/io/tnetstring.py): `length:data` and a character for the type.

A flow has some hundred values of which an audit needs thirty, so values are stepped over unless they are asked for.
"""

import re
from collections.abc import Iterator
from typing import Protocol

_LONGEST_LENGTH = 12  # digits, as mitmproxy's own reader has it
_TEXT, _BYTES, _INTEGER, _FLOAT, _BOOLEAN, _NOTHING, _LIST, _DICT = b";,#^!~]}"
_DEEPEST = 40

_LENGTH, _NEXT = re.compile(rb"(\d{1,12}):"), re.compile(rb",(\d{1,12}):")

type Value = bool | int | float | str | bytes | list["Value"] | None
type Span = tuple[int, int, int]
"""Type, start and end (exclusive) of a value."""


class Bytes(Protocol):
    """bytes or a memory map."""

    def __getitem__(self, at: slice, /) -> bytes: ...
    def find(self, what: bytes, start: int, end: int, /) -> int: ...
    def __len__(self) -> int: ...


class DamagedError(ValueError):
    """Not a tnetstring; `offset` is where in the data."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(what)
        self.offset = offset


def span_at(data: Bytes, start: int, end: int) -> Span:
    """The value that starts there. Raises DamagedError when it is none or reaches beyond `end`."""
    colon = data.find(b":", start, start + _LONGEST_LENGTH + 1)
    digits = data[start:colon] if colon > start else b""
    if not digits.isdigit():
        raise DamagedError(start, "no length where a value has to begin")
    last = colon + 1 + int(digits)
    if last >= end:
        raise DamagedError(start, f"a value of {int(digits)} bytes is cut off")
    return data[last : last + 1][0], colon + 1, last


def members(data: bytes, span: Span) -> dict[bytes, Span]:
    """The values of a dictionary by their keys, unread."""
    kind, at, end = span
    if kind != _DICT:
        raise DamagedError(at, "a dictionary was expected")
    found: dict[bytes, Span] = {}
    while at < end:
        key, value = _LENGTH.match(data, at), None
        if key and (value := _LENGTH.match(data, key.end() + int(key[1]) + 1)):  # the way that it always is
            start, last = value.end(), value.end() + int(value[1])
            if last < end:
                found[data[key.end() : value.start() - 1]] = (data[last], start, last)
                at = last + 1
                continue
        _, _, stop = span_at(data, at, end)
        span_at(data, stop + 1, end)
        raise DamagedError(at, "a value reaches beyond its dictionary")
    return found


def items(data: bytes, span: Span) -> Iterator[Span]:
    kind, at, end = span
    if kind != _LIST:
        raise DamagedError(at, "a list was expected")
    while at < end:
        value = span_at(data, at, end + 1)
        yield value
        at = value[2] + 1


def value_of(data: bytes, span: Span, depth: int = 0) -> Value:
    """Anything but a dictionary."""
    kind, start, end = span
    if kind == _BYTES:
        return data[start:end]
    if kind == _LIST and depth < _DEEPEST:
        return [value_of(data, one, depth + 1) for one in items(data, span)]
    try:
        return _scalar(kind, data[start:end])
    except ValueError:
        raise DamagedError(start, f"{data[start:end][:20]!r} does not fit its type") from None


def _scalar(kind: int, text: bytes) -> Value:
    if kind == _TEXT:
        return text.decode("utf-8", "surrogateescape")
    if kind == _INTEGER:
        return int(text)
    if kind == _FLOAT:
        return float(text)
    if kind == _BOOLEAN and text in {b"true", b"false"}:
        return text == b"true"
    if kind == _NOTHING and not text:
        return None
    raise ValueError(text)


class Fields:
    """A dictionary of which single values are read as the type that they must have."""

    def __init__(self, data: bytes, span: Span) -> None:
        self._data = data
        self._at = span[1]
        self._members = members(data, span)

    def within(self, name: str) -> "Fields | None":
        """The dictionary of that name; None when it is not there, or null."""
        span = self._members.get(name.encode())
        return None if span is None or span[0] == _NOTHING else Fields(self._data, span)

    def value(self, name: str) -> Value:
        span = self._members.get(name.encode())
        return None if span is None else value_of(self._data, span)

    def entries(self, name: str) -> Iterator[Span]:
        span = self._members.get(name.encode())
        return iter(()) if span is None or span[0] == _NOTHING else items(self._data, span)

    def text(self, name: str) -> str:
        """Bytes as latin-1, which keeps every one; a missing text is empty."""
        value = self.value(name)
        if value is None:
            return ""
        if not isinstance(value, str | bytes):
            raise DamagedError(self._at, f"{name} is no text")
        return value.decode("latin-1") if isinstance(value, bytes) else value

    def number(self, name: str) -> float:
        value = self.value(name)
        if value is None:
            return 0.0
        if not isinstance(value, int | float):
            raise DamagedError(self._at, f"{name} is no number")
        return value

    def data(self, name: str) -> bytes | None:
        value = self.value(name)
        if value is not None and not isinstance(value, bytes):
            raise DamagedError(self._at, f"{name} are no bytes")
        return value

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Header fields, as latin-1."""
        found = []
        for span in self.entries(name):
            plain = _LENGTH.match(self._data, span[1], span[2])
            if plain and span[0] == _LIST:
                middle = plain.end() + int(plain[1])
                value = _NEXT.match(self._data, middle, span[2])
                if value and value.end() + int(value[1]) + 1 == span[2]:
                    key = self._data[plain.end() : middle]
                    found.append((key.decode("latin-1"), self._data[value.end() : span[2] - 1].decode("latin-1")))
                    continue
            pair = value_of(self._data, span)
            if not isinstance(pair, list) or len(pair) < 2 or not all(isinstance(one, bytes) for one in pair):  # noqa: PLR2004 -- a pair
                raise DamagedError(span[1], f"an entry of {name} is no pair")
            found.append((pair[0].decode("latin-1"), pair[1].decode("latin-1")))  # type: ignore[union-attr]  # checked above
        return tuple(found)

    def list_of(self, span: Span) -> list[Value]:
        value = value_of(self._data, span)
        if not isinstance(value, list):
            raise DamagedError(span[1], "a list was expected")
        return value

    def fields_of(self, span: Span) -> "Fields":
        return Fields(self._data, span)
