"""Property lists behind a length in four bytes, big end first: how lockdownd and most of its services speak."""

import plistlib
import struct
from collections.abc import Mapping
from typing import Any, Final
from xml.parsers.expat import ExpatError

LENGTH: Final = struct.Struct(">I")
LONGEST: Final = 64 << 20
"""Bytes; no client sends a longer request."""

type Answer = Mapping[str, Any] | list[Any]


class FrameError(ValueError):
    """What came is no property list."""


def decode(body: bytes) -> Any:  # noqa: ANN401 -- a property list holds anything
    """Read a property list of either form; raises FrameError."""
    try:
        return plistlib.loads(body)
    except (plistlib.InvalidFileException, ExpatError, ValueError, IndexError, OverflowError) as error:
        raise FrameError(f"not a property list: {error}") from error


def encode(answer: Answer) -> bytes:
    body = plistlib.dumps(answer)
    return LENGTH.pack(len(body)) + body


def length_of(head: bytes) -> int:
    """Read the length in front of a property list; raises FrameError."""
    (size,) = LENGTH.unpack(head)
    if size > LONGEST:
        raise FrameError(f"a property list of {size} bytes")
    return int(size)
