"""A JSON file read from its start as far as it is needed: a huge one costs no more memory than its largest entry."""

import codecs
import json
from collections.abc import Iterator
from json import JSONDecoder
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_CHUNK = 1 << 20  # bytes read at once, doubled while a value does not end
_LARGEST = 256 * 1024 * 1024  # characters of one value
_SPACE = " \t\r\n"
_NEAR = 16  # characters before the end of what was read: there a word or an escape may merely be cut off
_CUT = "Unterminated"  # as json says of a string that may go on


class DamagedJsonError(ValueError):
    """`offset` is the byte of the file."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(what)
        self.offset = offset


class GrowingJson:
    """Steps through objects and arrays and reads whole values only where it is told to; bytes that are no UTF-8 stay.

    Raises DamagedJsonError for what is no JSON, too deep, too large or cut off.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._decoder = JSONDecoder(strict=False, object_pairs_hook=self._object)
        self._text, self._at, self._ended = "", 0, False
        self._twice = False
        self._bytes_before = len(codecs.BOM_UTF8) * (self._file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8)
        self._file.seek(self._bytes_before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def twice(self) -> bool:
        """Whether a name stands twice in one object of the last value: of its values only the last one was read."""
        return self._twice

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self._twice |= len(found) < len(pairs)
        return found

    @property
    def offset(self) -> int:
        return self.offset_of(self._at)

    @property
    def place(self) -> int:
        """Of the value that stands next, for `offset_of` until the one after it is asked for."""
        return self._at

    def offset_of(self, place: int) -> int:
        """The byte of the file; slow, for all characters before are counted."""
        return self._bytes_before + len(self._text[:place].encode("utf-8", "surrogateescape"))

    def members(self) -> Iterator[str]:
        """The names of an object; after each one its value must be read, stepped into or skipped."""
        self._expect("{", "an object")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise self._wrong("a name is no string")
            self._expect(":", "a colon")
            yield name
            if not self._goes_on("}"):
                return

    def elements(self) -> Iterator[None]:
        """Once before each element of an array; each must be read, stepped into or skipped."""
        self._expect("[", "an array")
        if self._next() == "]":
            self._at += 1
            return
        while True:
            self._next()
            yield
            if not self._goes_on("]"):
                return

    def value(self) -> Any:  # noqa: ANN401 -- any JSON
        """The whole value that stands next."""
        self._next()
        size = _CHUNK
        while True:
            self._twice = False
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as trouble:
                is_certain = not trouble.msg.startswith(_CUT) and trouble.pos < len(self._text) - _NEAR
                if is_certain or not self._grow(size):
                    raise self._wrong(trouble.msg, trouble.pos) from None
            except RecursionError:
                raise self._wrong("nested too deeply") from None
            except ValueError:
                raise self._wrong("a number in it is too long") from None
            else:
                if end < len(self._text) or not self._grow(size):  # a number may go on
                    self._at = end
                    return found
            size *= 2

    def expect_end(self) -> None:
        while self._at == len(self._text) and self._grow(_CHUNK):
            self._trim()
        if self._text[self._at :].strip(_SPACE):
            raise self._wrong("something stands after the end")

    def peek(self) -> str:
        """The first character of the value that stands next."""
        return self._next()

    def _goes_on(self, closing: str) -> bool:
        mark = self._next()
        if mark not in {",", closing}:
            raise self._wrong(f"a comma or {closing} was expected")
        self._at += 1
        self._trim()
        return mark == ","

    def _expect(self, mark: str, what: str) -> None:
        if self._next() != mark:
            raise self._wrong(f"{what} was expected")
        self._at += 1

    def _next(self) -> str:
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow(_CHUNK):
                raise self._wrong("the file ends too early")

    def _grow(self, size: int) -> bool:
        if self._ended:
            return False
        if len(self._text) > _LARGEST:
            raise self._wrong("one value is too large")
        read = self._file.read(size)
        self._ended = not read
        self._text += self._decode(read, final=self._ended)
        return not self._ended

    def _trim(self) -> None:
        """Forgets what was read; kept short of a call for each small value."""
        if self._at > _CHUNK:
            self._bytes_before = self.offset
            self._text, self._at = self._text[self._at :], 0

    def _wrong(self, what: str, at: int | None = None) -> DamagedJsonError:
        return DamagedJsonError(self.offset_of(self._at if at is None else at), what)
