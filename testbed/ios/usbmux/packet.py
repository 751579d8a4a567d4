"""Messages of the usbmux socket: a head of four little-endian numbers, then a property list (usbmuxd-proto.h)."""

import asyncio
import plistlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from testbed.ios import frame

HEAD: Final = struct.Struct("<4I")
PLIST_VERSION: Final = 1
PLIST: Final = 8
LONGEST: Final = 1 << 20


class Result(IntEnum):
    """Numbers of a `Result`; the last two are errno, which stands for trouble with pair records (client.c)."""

    OK = 0
    BAD_COMMAND = 1
    BAD_DEVICE = 2
    CONNECTION_REFUSED = 3
    BAD_VERSION = 6
    NO_ENTRY = 2
    INVALID = 22


class MalformedError(ConnectionError):
    """What came is no message; the connection is of no use any more."""


@dataclass(frozen=True, slots=True)
class Message:
    version: int
    kind: int
    tag: int
    body: bytes

    def content(self) -> dict[str, Any]:
        """Return the property list; raises MalformedError."""
        try:
            found = frame.decode(self.body)
        except frame.FrameError as error:
            raise MalformedError(str(error)) from error
        if not isinstance(found, dict):
            raise MalformedError("a dictionary is expected")
        return found


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Raises IncompleteReadError at the end, MalformedError for what is no message."""
    size, version, kind, tag = HEAD.unpack(await reader.readexactly(HEAD.size))
    if not HEAD.size <= size <= LONGEST:
        raise MalformedError(f"a message of {size} bytes")
    return Message(version, kind, tag, await reader.readexactly(size - HEAD.size))


def encoded(content: Mapping[str, Any], tag: int) -> bytes:
    body = plistlib.dumps(content)
    return HEAD.pack(HEAD.size + len(body), PLIST_VERSION, PLIST, tag) + body


def result(number: int, tag: int) -> bytes:
    return encoded({"MessageType": "Result", "Number": int(number)}, tag)
