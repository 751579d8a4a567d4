"""The file itself, readable while it grows: every packet is on disk before the next one is made."""

import struct
from pathlib import Path

MAGIC, VERSION = 0xA1B2C3D4, (2, 4)
ETHERNET = 1
LONGEST = 65_536
"""Bytes of a packet that are kept, as the emulator does (QEMU's filter-dump, maxlen); the file itself has no limit."""


class PacketFile:
    """libpcap's format, microseconds (draft-ietf-opsawg-pcap)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb", buffering=0)
        self._file.write(struct.pack("<IHHiIII", MAGIC, *VERSION, 0, 0, LONGEST, ETHERNET))

    def write(self, frame: bytes, at: float) -> None:
        """`at` is Unix time in seconds by the phone's clock."""
        seconds, fraction = divmod(max(0, round(at * 1_000_000)), 1_000_000)
        kept = frame[:LONGEST]
        self._file.write(struct.pack("<IIII", seconds & 0xFFFFFFFF, fraction, len(kept), len(frame)) + kept)

    def close(self) -> None:
        self._file.close()
