import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from testbed.ios.protection import DEFAULT, Protection, class_of
from testbed.ios.services.afc.packet import AfcError, Status


@dataclass(frozen=True, slots=True)
class Jail:
    """The one folder that a client sees, and what it may do there."""

    root: Path
    only: str | None = None
    """The one folder at the top that may be touched; None for all."""
    default: Protection = DEFAULT
    locked: Callable[[], bool] = bool

    def host(self, path: str, *, follow: bool = True) -> Path:
        """The host's file; raises AfcError for what lies outside, by name or by a link."""
        clean = posixpath.normpath(posixpath.join("/", path)).lstrip("/")
        if ".." in path.split("/") and not self._stays_inside(path):
            raise AfcError(Status.PERM_DENIED)
        if self.only is not None and clean.split("/")[0] != self.only:
            raise AfcError(Status.PERM_DENIED)
        found = self.root / clean
        seen = found if follow or not clean else found.parent
        if not Path(os.path.realpath(seen)).is_relative_to(os.path.realpath(self.root)):
            raise AfcError(Status.PERM_DENIED)
        return found

    def protection(self, file: Path) -> Protection:
        return class_of(file, self.root, self.default)

    def check_readable(self, file: Path) -> None:
        """Raises AfcError for what its class keeps closed while the phone is locked."""
        if self.locked() and file.is_file() and not self.protection(file).opens_while_locked:
            raise AfcError(Status.PERM_DENIED)

    @staticmethod
    def _stays_inside(path: str) -> bool:
        depth = 0
        for part in path.split("/"):
            depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
            if depth < 0:
                return False
        return True
