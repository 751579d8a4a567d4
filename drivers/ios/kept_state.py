"""The app's data container put back as it was, through house_arrest.

What that lets be read of a development-signed build it lets be written, too (libimobiledevice, house_arrest.h:
VendContainer).
"""

import base64
from dataclasses import dataclass, field

from drivers.app_file import AppFile
from drivers.ios.storage import read_container
from drivers.session import Session
from faults import CapabilityMissing, EvidenceMissing, PhoneLost

CACHES = ("Library/Caches/", "tmp/")
"""Emptied, not kept: each round begins without them."""

type Files = dict[str, bytes]


@dataclass(slots=True)
class KeptStates:
    """On this machine, for as long as the phone is open; the app must not run meanwhile."""

    phone: str
    _kept: dict[str, Files] = field(default_factory=dict)

    def keep(self, session: Session, app: AppFile, name: str) -> None:
        """Raises CapabilityMissing where the container is closed to us."""
        try:
            self._kept[name] = {
                path: content for path, content in self._files(session, app).items() if not path.startswith(CACHES)
            }
        except EvidenceMissing as closed:
            msg = f"{self.phone}: the sandbox cannot be kept as {name!r}: {closed}"
            raise CapabilityMissing(msg) from closed

    def restore(self, session: Session, app: AppFile, name: str) -> None:
        """Only what differs is written; raises EvidenceMissing where the container is another afterwards."""
        if name not in self._kept:
            msg = f"{self.phone}: no sandbox was kept as {name!r}"
            raise EvidenceMissing(msg)
        wanted, found = self._kept[name], self._files(session, app)
        try:
            for path in sorted(found.keys() - wanted.keys()):
                session.run("mobile: deleteFile", remotePath=_remote(app, path))
            for path, content in wanted.items():
                if found.get(path) != content:
                    payload = base64.b64encode(content).decode()
                    session.run("mobile: pushFile", remotePath=_remote(app, path), payload=payload)
        except PhoneLost as refused:
            msg = f"{self.phone}: the sandbox {name!r} cannot be put back: {refused}"
            raise EvidenceMissing(msg) from refused
        if self._files(session, app) != wanted:
            msg = f"{self.phone}: the sandbox is not as it was kept as {name!r}, although it was put back"
            raise EvidenceMissing(msg)

    def forget(self) -> None:
        self._kept.clear()

    def _files(self, session: Session, app: AppFile) -> Files:
        return {file.path: file.content for file in read_container(self.phone, session, app)}


def _remote(app: AppFile, path: str) -> str:
    return f"@{app.package}:data/{path}"
