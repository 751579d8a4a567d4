"""One message of the adb transport (AOSP packages/modules/adb/protocol.txt)."""

import asyncio
import struct
from dataclasses import dataclass

HEADER = struct.Struct("<6I")
VERSION = 0x01000001
"""From this version on, checksums are not computed."""
MAX_PAYLOAD = 1 << 20


def _word(name: bytes) -> int:
    return int.from_bytes(name, "little")


CNXN, OPEN, OKAY, CLSE, WRTE, AUTH, STLS = (
    _word(name) for name in (b"CNXN", b"OPEN", b"OKAY", b"CLSE", b"WRTE", b"AUTH", b"STLS")
)


class ProtocolError(ValueError):
    """The peer does not speak adb."""


@dataclass(frozen=True, slots=True)
class Packet:
    command: int
    first: int
    second: int
    payload: bytes = b""

    def encode(self, peer_version: int) -> bytes:
        checksum = sum(self.payload) & 0xFFFFFFFF if peer_version < VERSION else 0
        header = HEADER.pack(
            self.command, self.first, self.second, len(self.payload), checksum, self.command ^ 0xFFFFFFFF
        )
        return header + self.payload


async def read_packet(reader: asyncio.StreamReader) -> Packet:
    """The next packet; raises ProtocolError, or IncompleteReadError at the end."""
    command, first, second, size, _, magic = HEADER.unpack(await reader.readexactly(HEADER.size))
    if magic != command ^ 0xFFFFFFFF or size > MAX_PAYLOAD:
        raise ProtocolError(f"not an adb packet: {command:08x}")
    return Packet(command, first, second, await reader.readexactly(size) if size else b"")
