"""What an app left in its data container, pulled by the driver through house_arrest and AFC."""

import base64
import io
import zipfile
from collections.abc import Iterator

from drivers.app_file import AppFile
from drivers.phone import StoredFile
from drivers.session import Session
from faults import EvidenceMissing, PhoneLost

FOLDERS = ("Documents", "Library", "tmp")
"""All in which an app can write; the top itself the driver does not pull (afc-client.ts: requireRemoteBaseName)."""


def read_container(phone: str, session: Session, app: AppFile) -> tuple[StoredFile, ...]:
    """All files, -wal and -shm of databases among them; raises EvidenceMissing where the container is not open to us.

    A real phone opens it only for builds that are signed for development (get-task-allow).
    """
    try:
        found = [
            file for folder in FOLDERS for file in _unpacked(session.pull(f"@{app.package}:data/{folder}"), folder)
        ]
    except PhoneLost as refused:
        why = "" if app.debuggable else " (the build is not signed for development)"
        msg = f"{phone}: the container of {app.package} cannot be pulled{why}: {refused}"
        raise EvidenceMissing(msg) from refused
    return tuple(sorted(found, key=lambda file: file.path))


def _unpacked(packed: str, folder: str) -> Iterator[StoredFile]:
    """The files of a pulled folder, by their place in the container."""
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))) as files:
        for name in files.namelist():
            if not name.endswith("/"):
                place = name if name.startswith(f"{folder}/") else f"{folder}/{name}"
                yield StoredFile(place, files.read(name))
