"""How one becomes root on this phone, and commands run so."""

import shlex
from dataclasses import dataclass
from enum import Enum

from drivers.adb import Adb, CommandFailed


class By(Enum):
    """adbd itself on userdebug images (adb/daemon/restart_service.cpp); a `su` that somebody put on a lab phone."""

    ADBD = "adb root"
    SU = "su"


@dataclass(frozen=True, slots=True)
class Root:
    adb: Adb
    by: By

    def shell(self, line: str, seconds: float = 20.0) -> str:
        """Run a line of the phone's shell as root; raises as Adb.shell."""
        return self.adb.shell(*self._words(line), seconds=seconds)

    def read(self, line: str, seconds: float = 60.0) -> bytes:
        """The bytes that a line writes; raises as Adb.read."""
        return self.adb.read(*self._words(line), seconds=seconds)

    def _words(self, line: str) -> tuple[str, ...]:
        return (line,) if self.by is By.ADBD else ("su", "-c", shlex.quote(line))


def root_of(adb: Adb) -> Root | None:
    """None on a phone that lets nobody in: a Play store image, a phone as sold."""
    return Root(adb, By.ADBD) if adb.become_root() else su_of(adb)


def su_of(adb: Adb) -> Root | None:
    """Through a `su` alone: nothing is restarted for it, so it may be asked for while a session runs."""
    by_su = Root(adb, By.SU)
    try:
        return by_su if by_su.shell("id -u").strip() == "0" else None
    except CommandFailed:  # no su, or one that says no
        return None
