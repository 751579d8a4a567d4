"""The file service behind push, pull, ls and stat (AOSP packages/modules/adb/SYNC.TXT, file_sync_protocol.h)."""

import os
import posixpath
import stat
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from testbed.android import reading
from testbed.android.adbd.stream import Stream, StreamClosedError
from testbed.android.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from testbed.android.phone import Phone

BLOCK = 64 * 1024
PATH_LIMIT = 1024
STAT_V2 = struct.Struct("<I2Q4IQ3q")
"""error, dev, ino, mode, nlink, uid, gid, size, atime, mtime, ctime."""


class Sync:
    """One `sync:` stream."""

    def __init__(self, stream: Stream, phone: "Phone") -> None:
        self._stream = stream
        self._phone = phone
        self._files = phone.files
        self._user = phone.daemon.user
        self._requests: dict[bytes, Callable[[str], Awaitable[None]]] = {
            b"STAT": self._stat,
            b"STA2": lambda path: self._stat_v2(b"STA2", path, follow=True),
            b"LST2": lambda path: self._stat_v2(b"LST2", path, follow=False),
            b"LIST": self._list,
            b"LIS2": self._list_v2,
            b"SEND": self._receive_file,
            b"RECV": self._send_file,
        }

    async def run(self) -> None:
        while True:
            name, size = struct.unpack("<4sI", await self._stream.read_exactly(8))
            if name == b"QUIT":
                return
            request = self._requests.get(name)
            if request is None or size > PATH_LIMIT:
                await self._fail(f"unknown command {name.hex()}")
                return
            await request((await self._stream.read_exactly(size)).decode("utf-8", "surrogateescape"))

    async def _fail(self, message: str) -> None:
        await self._stream.write(struct.pack("<4sI", b"FAIL", len(message)) + message.encode())

    def _look(self, path: str, *, follow: bool) -> os.stat_result:
        found = self._files.readable(path, self._user)
        return found.stat() if follow else found.lstat()

    async def _stat(self, path: str) -> None:
        try:
            found = self._look(path, follow=False)
            answer = (found.st_mode, found.st_size & 0xFFFFFFFF, int(found.st_mtime))
        except OSError:
            answer = (0, 0, 0)
        await self._stream.write(struct.pack("<4s3I", b"STAT", *answer))

    async def _stat_v2(self, name: bytes, path: str, *, follow: bool) -> None:
        try:
            answer = _packed(0, self._look(path, follow=follow))
        except OSError as error:
            answer = _packed(error.errno or 1, None)
        await self._stream.write(name + answer)

    async def _list(self, path: str) -> None:
        for entry in self._entries(path):
            found, name = entry.lstat(), entry.name.encode()
            head = struct.pack(
                "<4s4I", b"DENT", found.st_mode, found.st_size & 0xFFFFFFFF, int(found.st_mtime), len(name)
            )
            await self._stream.write(head + name)
        await self._stream.write(struct.pack("<4s4I", b"DONE", 0, 0, 0, 0))

    async def _list_v2(self, path: str) -> None:
        for entry in self._entries(path):
            name = entry.name.encode()
            await self._stream.write(b"DNT2" + _packed(0, entry.lstat()) + struct.pack("<I", len(name)) + name)
        await self._stream.write(b"DONE" + _packed(0, None) + struct.pack("<I", 0))

    def _entries(self, path: str) -> list[Path]:
        """Nothing where the folder cannot be read, which is what the protocol can say."""
        try:
            return sorted(self._files.readable(path, self._user).iterdir())
        except OSError:
            return []

    async def _send_file(self, path: str) -> None:
        try:
            data = reading.read(self._phone, path, self._user)
        except OSError as error:
            await self._fail(f"open failed: {error.strerror}")
            return
        for at in range(0, len(data), BLOCK):
            block = data[at : at + BLOCK]
            await self._stream.write(struct.pack("<4sI", b"DATA", len(block)) + block)
        await self._stream.write(struct.pack("<4sI", b"DONE", 0))

    async def _receive_file(self, target: str) -> None:
        path, _, mode = target.rpartition(",")
        parts: list[bytes] = []
        while True:
            name, size = struct.unpack("<4sI", await self._stream.read_exactly(8))
            if name == b"DONE":
                break
            if name != b"DATA" or size > BLOCK:
                await self._fail("invalid data message")
                raise StreamClosedError
            parts.append(await self._stream.read_exactly(size))
        if stat.S_ISLNK(int(mode)):
            self._phone.unmodelled.note("service", f"sync symlink {path}")
            await self._fail("symlink failed: Operation not permitted")  # as where a phone's file system has none
            return
        try:
            self._write(path, int(mode), b"".join(parts), modified=size)
        except OSError as error:
            await self._fail(f"couldn't create file: {error.strerror}")
        else:
            await self._stream.write(struct.pack("<4sI", b"OKAY", 0))

    def _write(self, path: str, mode: int, data: bytes, *, modified: int) -> None:
        host = self._files.writable(path, self._user)
        self._files.writable(posixpath.dirname(path), self._user)
        host.parent.mkdir(parents=True, exist_ok=True)
        if Fault.PUSH_CUT in self._phone.faults:
            data = data[: len(data) // 2]
        host.write_bytes(data)
        for_owner = (mode >> 6 & 0o7) | 0o6  # the phone process itself must go on reading it
        host.chmod(for_owner << 6 | for_owner << 3 | for_owner)  # file_sync_service.cpp: as the owner, so everybody
        os.utime(host, (modified, modified))


def _packed(error: int, found: os.stat_result | None) -> bytes:
    if found is None:
        return STAT_V2.pack(error, *([0] * 10))
    times = (int(found.st_atime), int(found.st_mtime), int(found.st_ctime))
    return STAT_V2.pack(error, found.st_dev, found.st_ino, found.st_mode, found.st_nlink, 0, 0, found.st_size, *times)
