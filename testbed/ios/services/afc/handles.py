import fcntl
import os
from pathlib import Path
from typing import Final

from testbed.ios.services.afc.packet import AfcError, Status

MODES: Final = {
    1: os.O_RDONLY,
    2: os.O_RDWR | os.O_CREAT,
    3: os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    4: os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    5: os.O_WRONLY | os.O_APPEND | os.O_CREAT,
    6: os.O_RDWR | os.O_APPEND | os.O_CREAT,
}
"""afc_file_mode_t."""
LOCKS: Final = {5: fcntl.LOCK_SH, 6: fcntl.LOCK_EX, 12: fcntl.LOCK_UN}
"""afc_lock_op_t; AFC never waits for a lock."""
MOST_AT_ONCE: Final = 8 << 20


class Handles:
    """The files that one client has open, by number."""

    def __init__(self) -> None:
        self._open: dict[int, int] = {}
        self._next = 1

    def open(self, file: Path, mode: int) -> int:
        if mode not in MODES:
            raise AfcError(Status.INVALID_ARG)
        if file.is_dir():
            raise AfcError(Status.OBJECT_IS_DIR)
        number, self._next = self._next, self._next + 1
        self._open[number] = os.open(file, MODES[mode] | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        return number

    def read(self, number: int, size: int) -> bytes:
        return os.read(self._at(number), min(size, MOST_AT_ONCE))

    def write(self, number: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._at(number), view) :]

    def seek(self, number: int, whence: int, offset: int) -> None:
        os.lseek(self._at(number), offset, whence)

    def tell(self, number: int) -> int:
        return os.lseek(self._at(number), 0, os.SEEK_CUR)

    def set_size(self, number: int, size: int) -> None:
        os.ftruncate(self._at(number), size)

    def lock(self, number: int, operation: int) -> None:
        if operation not in LOCKS:
            raise AfcError(Status.INVALID_ARG)
        fcntl.flock(self._at(number), LOCKS[operation] | fcntl.LOCK_NB)

    def close(self, number: int) -> None:
        os.close(self._at(number))
        del self._open[number]

    def close_all(self) -> None:
        for number in list(self._open):
            self.close(number)

    def _at(self, number: int) -> int:
        if number not in self._open:
            raise AfcError(Status.INVALID_ARG)
        return self._open[number]
