"""Which app is in front, asked of two witnesses: the window manager and the accessibility tree."""

import re
import time

from drivers.adb import Adb
from drivers.session import Session
from faults import EvidenceMissing

CURRENT_FOCUS = re.compile(r"mCurrentFocus=Window\{\S+ \S+ ([^/\s}]+)")
PACKAGE = re.compile(r'<[\w.]+ [^>]*?package="([^"]+)"')
SYSTEM_UI = "com.android.systemui"
PANELS = ("NotificationShade", "StatusBar", "Keyguard")
"""Windows of the system's own that have a name and no package."""
AGREEMENT = 3.0  # seconds in which a screen that changes lets both say the same
PAUSE = 0.05  # seconds between two looks


def package_in_front(adb: Adb, session: Session) -> str:
    """Raises EvidenceMissing where the two go on naming different apps: then one of them lies."""
    until = time.monotonic() + AGREEMENT
    while True:
        focused, shown = focused_package(adb), PACKAGE.findall(session.source())
        if focused in shown or (focused in PANELS and SYSTEM_UI in shown):
            return focused
        if time.monotonic() > until:
            msg = (
                f"{adb.serial}: the window manager says that {focused} is in front, and the screen shows"
                f" {' and '.join(dict.fromkeys(shown)) or 'nothing'}"
            )
            raise EvidenceMissing(msg)
        time.sleep(PAUSE)


def focused_package(adb: Adb) -> str:
    """What the window manager says; raises EvidenceMissing where it names no window.

    Since Android 10 each display says so (DisplayContent.dump), on Android 9 the list of windows
    (WindowManagerService.dumpWindowsNoHeaderLocked).
    """
    parts = (adb.shell("dumpsys", "window", part) for part in ("displays", "windows"))
    focused = next(filter(None, map(CURRENT_FOCUS.search, parts)), None)
    if focused is None:
        msg = f"{adb.serial}: neither `dumpsys window displays` nor `windows` names a window in front"
        raise EvidenceMissing(msg)
    return focused[1]
