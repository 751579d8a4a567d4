"""Install sessions: parts that come one by one and count once they are committed (AOSP PackageInstallerService)."""

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.android.packages.manager import InstallOptions

FIRST = 1_042_000_001


@dataclass(slots=True)
class Session:
    """What `install-create` opened: parts by name until it is committed or abandoned."""

    options: "InstallOptions"
    parts: dict[str, bytes] = field(default_factory=dict)


class Sessions:
    """The open ones, by number as the shell writes it."""

    def __init__(self) -> None:
        self.open: dict[str, Session] = {}
        self._numbers = itertools.count(FIRST)

    def create(self, options: "InstallOptions") -> str:
        number = str(next(self._numbers))
        self.open[number] = Session(options)
        return number
