"""AFC's packets: a head, its payload, and data (libimobiledevice, src/afc.h)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from testbed.ios.line import Line, LineClosedError

MAGIC: Final = b"CFA6LPAA"
HEAD: Final = struct.Struct("<8s4Q")
LONGEST: Final = 64 << 20


class Operation(IntEnum):
    STATUS = 0x01
    DATA = 0x02
    READ_DIR = 0x03
    TRUNCATE = 0x07
    REMOVE_PATH = 0x08
    MAKE_DIR = 0x09
    GET_FILE_INFO = 0x0A
    GET_DEVICE_INFO = 0x0B
    WRITE_FILE_ATOM = 0x0C
    FILE_OPEN = 0x0D
    FILE_OPEN_RESULT = 0x0E
    FILE_READ = 0x0F
    FILE_WRITE = 0x10
    FILE_SEEK = 0x11
    FILE_TELL = 0x12
    FILE_TELL_RESULT = 0x13
    FILE_CLOSE = 0x14
    FILE_SET_SIZE = 0x15
    GET_CONNECTION_INFO = 0x16
    SET_CONNECTION_OPTIONS = 0x17
    RENAME_PATH = 0x18
    SET_FS_BLOCK_SIZE = 0x19
    SET_SOCKET_BLOCK_SIZE = 0x1A
    FILE_LOCK = 0x1B
    MAKE_LINK = 0x1C
    GET_FILE_HASH = 0x1D
    SET_FILE_TIME = 0x1E
    GET_FILE_HASH_RANGE = 0x1F
    GET_SIZE_OF_PATH_CONTENTS = 0x21
    REMOVE_PATH_AND_CONTENTS = 0x22


class Status(IntEnum):
    """afc_error_t."""

    SUCCESS = 0
    UNKNOWN_ERROR = 1
    READ_ERROR = 4
    WRITE_ERROR = 5
    INVALID_ARG = 7
    OBJECT_NOT_FOUND = 8
    OBJECT_IS_DIR = 9
    PERM_DENIED = 10
    OP_NOT_SUPPORTED = 15
    OBJECT_EXISTS = 16
    NO_SPACE_LEFT = 18
    OP_WOULD_BLOCK = 19
    IO_ERROR = 20
    DIR_NOT_EMPTY = 33


class AfcError(Exception):
    """A request that fails; the client gets the status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True, slots=True)
class Packet:
    number: int
    operation: int
    head: bytes
    data: bytes = b""

    def encode(self) -> bytes:
        this = HEAD.size + len(self.head)
        return HEAD.pack(MAGIC, this + len(self.data), this, self.number, self.operation) + self.head + self.data


async def read_packet(line: Line) -> Packet:
    """Raises LineClosedError at the end, or where what came is no packet."""
    magic, entire, this, number, operation = HEAD.unpack(await line.read_exactly(HEAD.size))
    if magic != MAGIC or not HEAD.size <= this <= entire <= LONGEST:
        raise LineClosedError("not an AFC packet")
    head = await line.read_exactly(this - HEAD.size)
    return Packet(number, operation, head, await line.read_exactly(entire - this))
