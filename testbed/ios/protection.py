"""Data protection: the class of each file, and what it means while the phone is locked.

The class stands in an extended attribute of the host's file, so that it follows a rename as on APFS
(Apple Platform Security, "Data Protection classes"). A file without one has its folder's, at the end the app's default.
"""

import errno
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Final

ATTRIBUTE: Final = "user.cprotect"
ENTITLEMENT: Final = "com.apple.developer.default-data-protection"


class Protection(Enum):
    """NSFileProtectionType."""

    COMPLETE = "NSFileProtectionComplete"
    UNLESS_OPEN = "NSFileProtectionCompleteUnlessOpen"
    UNTIL_FIRST_UNLOCK = "NSFileProtectionCompleteUntilFirstUserAuthentication"
    NONE = "NSFileProtectionNone"

    @property
    def opens_while_locked(self) -> bool:
        return self not in (Protection.COMPLETE, Protection.UNLESS_OPEN)


DEFAULT: Final = Protection.UNTIL_FIRST_UNLOCK
"""Of third-party apps that say nothing else, since iOS 7."""


def set_class(file: Path, protection: Protection) -> None:
    """What NSFileProtectionKey does to a file or a folder; raises OSError where the host keeps no attributes."""
    os.setxattr(file, ATTRIBUTE, protection.value.encode())


def class_of(file: Path, container: Path, default: Protection = DEFAULT) -> Protection:
    """Return the class of a file below a container: its own, its folders', or the default."""
    for place in (file, *file.parents):
        own = _own(place)
        if own is not None:
            return own
        if place == container:
            break
    return default


def default_of(entitlements: Mapping[str, object]) -> Protection:
    """The class that an app asks for by entitlement, which its provisioning profile must grant."""
    return next((one for one in Protection if one.value == entitlements.get(ENTITLEMENT)), DEFAULT)


def _own(place: Path) -> Protection | None:
    try:
        return Protection(os.getxattr(place, ATTRIBUTE, follow_symlinks=False).decode())
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.EPERM, errno.ENOENT):
            return None
        raise
