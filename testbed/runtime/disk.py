"""A full disk, as an app meets it: ENOSPC where it writes, SQLITE_FULL from its databases."""

import builtins
import errno
import io
import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

UNLIMITED: Final = 1_073_741_823
"""SQLite's own default for max_page_count."""


class Disk:
    """Reads the phone's flag, one byte that the phone may change at any time."""

    def __init__(self, flag: Path, data: Path) -> None:
        with flag.open("rb") as file:
            self._flag = mmap.mmap(file.fileno(), 1, access=mmap.ACCESS_READ)
        self._data = str(data)

    @property
    def full(self) -> bool:
        return self._flag[0] != 0

    def install(self) -> None:
        """Whatever the app writes below its data folder meets the disk as it is."""
        opened, os_opened = builtins.open, os.open

        def guarded(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:  # noqa: ANN401 -- open's own signature
            if set(mode) & set("wax+"):
                self._check(file)
            return opened(file, mode, *rest, **more)

        def os_guarded(path: Any, flags: int, *rest: Any, **more: Any) -> int:  # noqa: ANN401 -- os.open's own signature
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self._check(path)
            return os_opened(path, flags, *rest, **more)

        builtins.open = io.open = guarded
        os.open = os_guarded

    def guard_databases(self) -> None:
        """To be called once the app's modules are loaded; an app without SQLite is not made to load it."""
        sqlite3 = sys.modules.get("sqlite3")
        if sqlite3 is None:
            return
        disk = self

        class Guarded(sqlite3.Connection):  # type: ignore[name-defined,misc] # the module is looked up at run time
            limited = False

            def follow(self) -> None:
                if disk.full != self.limited:
                    self.limited = disk.full
                    disk.limit(super().execute)

            def execute(self, *words: Any) -> Any:  # noqa: ANN401 -- sqlite3's own signature
                self.follow()
                return super().execute(*words)

            def executemany(self, *words: Any) -> Any:  # noqa: ANN401 -- as above
                self.follow()
                return super().executemany(*words)

            def executescript(self, script: str) -> Any:  # noqa: ANN401 -- as above
                self.follow()
                return super().executescript(script)

        connect = sqlite3.connect
        opener = lambda *words, **more: connect(*words, **{"factory": Guarded, **more})  # noqa: E731 -- takes connect's place
        setattr(sqlite3, "connect", opener)  # noqa: B010 -- a module found by name has no such attribute for mypy

    def limit(self, execute: Callable[[str], Any]) -> None:
        """A database on a full disk cannot grow."""
        most = execute("PRAGMA page_count").fetchone()[0] if self.full else UNLIMITED
        execute(f"PRAGMA max_page_count = {max(1, most)}")

    def _check(self, path: object) -> None:
        if self.full and isinstance(path, str | os.PathLike) and str(path).startswith(self._data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
