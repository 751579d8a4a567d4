"""The app's data container put back as it was, through house_arrest.

What that lets be read of a development-signed build it lets be written, too (libimobiledevice, house_arrest.h:
VendContainer).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from drivers.app_file import AppFile
from drivers.ios.container import Container, Files
from faults import CapabilityMissing, EvidenceMissing, PhoneLost

CACHES = ("Library/Caches/", "tmp/")
"""Emptied, not kept: each round begins without them."""

type Opened = Callable[[AppFile], AbstractContextManager[Container]]


@dataclass(slots=True)
class KeptStates:
    """On this machine, for as long as the phone is open; the app must not run meanwhile."""

    phone: str
    open: Opened
    _kept: dict[str, Files] = field(default_factory=dict)

    def keep(self, app: AppFile, name: str) -> None:
        """Raises CapabilityMissing where the container is closed to us."""
        try:
            with self.open(app) as container:
                found = container.read()
        except EvidenceMissing as closed:
            msg = f"{self.phone}: the sandbox cannot be kept as {name!r}: {closed}"
            raise CapabilityMissing(msg) from closed
        self._kept[name] = {path: content for path, content in found.items() if not path.startswith(CACHES)}

    def restore(self, app: AppFile, name: str) -> None:
        """Only what differs is written; raises EvidenceMissing where the container is another afterwards."""
        if name not in self._kept:
            msg = f"{self.phone}: no sandbox was kept as {name!r}"
            raise EvidenceMissing(msg)
        try:
            with self.open(app) as container:
                self._put_back(container, name)
        except PhoneLost as refused:
            msg = f"{self.phone}: the sandbox {name!r} cannot be put back: {refused}"
            raise EvidenceMissing(msg) from refused

    def forget(self) -> None:
        self._kept.clear()

    def _put_back(self, container: Container, name: str) -> None:
        wanted, found = self._kept[name], container.read()
        for path in sorted(found.keys() - wanted.keys()):
            container.delete(path)
        for path, content in wanted.items():
            if found.get(path) != content:
                container.write(path, content)
        if container.read() != wanted:
            msg = f"{self.phone}: the sandbox is not as it was kept as {name!r}, although it was put back"
            raise EvidenceMissing(msg)
