"""How files are read by the shell and over adb, faults included."""

from typing import TYPE_CHECKING

from testbed.android.faults import Fault
from testbed.android.users import User

if TYPE_CHECKING:
    from testbed.android.phone import Phone

APPS = "/data/data/"


def read(phone: "Phone", path: str, user: User) -> bytes:
    """A file's bytes as this user sees them; raises OSError."""
    found = phone.files.readable(path, user)
    if found.is_dir():
        raise IsADirectoryError(21, "Is a directory", path)
    clean = phone.files.absolute(path)
    if Fault.STORAGE_UNREADABLE in phone.faults and clean.startswith(APPS):
        return b""
    fault = Fault.RUN_AS_STALE if user.package else Fault.PULL_STALE
    if fault in phone.faults and clean.startswith(APPS):
        return phone.lies.files.setdefault((fault.word, clean), found.read_bytes())
    return found.read_bytes()
