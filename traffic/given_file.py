"""A file that somebody named on a command line, if it is one: what never ends or never begins is refused in a line."""

import os
import stat
from pathlib import Path

from faults import UsageError

LARGEST = 64 * 1024 * 1024
"""Bytes of a text that is read as a whole: a list of secrets, a policy."""
_PIECE = 1 << 16


def expect_file(path: Path, otherwise: str) -> None:
    """Raises UsageError for a folder, a device, a socket and a pipe; `otherwise` says what to give instead."""
    try:
        mode = path.stat().st_mode
    except OSError as trouble:
        raise UsageError(f"{path}: {trouble.strerror}; {otherwise}") from None
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path}: {_name_of(mode)} and no regular file; {otherwise}")


def text_of(path: Path, what: str) -> str:
    """A whole text in UTF-8, with or without BOM; also from a pipe, as `<(command)` gives one. Raises UsageError."""
    try:
        data = _bytes_of(path)
        if len(data) > LARGEST:
            raise UsageError(f"{path}: no {what}: larger than {LARGEST >> 20} MB")
        return data.decode("utf-8-sig")
    except OSError as trouble:
        raise UsageError(f"{path}: no {what}: it cannot be read ({trouble.strerror})") from None
    except UnicodeDecodeError as trouble:  # which would quote what it could not read
        raise UsageError(f"{path}: no {what}: byte {trouble.start} is not UTF-8; save it as UTF-8") from None


def _bytes_of(path: Path) -> bytes:
    """Opened without waiting, for a pipe that nobody writes to would be waited for without end."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:  # noqa: PTH123 -- of a descriptor
        mode = os.fstat(file.fileno()).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise OSError(0, _name_of(mode))
        found = bytearray(
            file.read(_PIECE) or b""
        )  # of a pipe: nothing if it has no writer, None if it has nothing yet
        os.set_blocking(file.fileno(), True)
        while len(found) <= LARGEST and (piece := file.read(_PIECE)):
            found += piece
        return bytes(found)


def _name_of(mode: int) -> str:
    names = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return names.get(stat.S_IFMT(mode), "something else")
