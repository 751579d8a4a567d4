import struct
import time
from pathlib import Path


class Clock:
    """The phone's wall clock: the host's plus an offset, which apps map from a file (one little-endian double)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0.0
        self._write()

    def now(self) -> float:
        """Seconds since the epoch as the phone sees it."""
        return time.time() + self._offset

    def set(self, at: float, *, apps: bool = True) -> None:
        """`apps` False leaves them with the old time, which no sane phone does."""
        self._offset = at - time.time()
        if apps:
            self._write()

    def _write(self) -> None:
        """In place: the apps have mapped this very file."""
        mode = "r+b" if self.path.exists() else "wb"
        with self.path.open(mode) as file:
            file.write(struct.pack("<d", self._offset))
