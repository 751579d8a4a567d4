"""A link opened as from another app, and the phone's own word that an activity was given it.

The event log names the link in the line of the activity that was made for it or that got it while it ran (AOSP
com/android/server/wm/EventLogTags.logtags: wm_create_activity, wm_new_intent; am_* before Android 11).
"""

import re
import time

from drivers.adb import Adb
from drivers.android import log
from drivers.android.clock import read_clock
from faults import EvidenceMissing

VIEW = "android.intent.action.VIEW"
GIVEN = re.compile(r"\b[aw]m_(?:create_activity|new_intent): \[(?P<told>.*)\]")
LIMIT = 5.0  # seconds


def open_link(adb: Adb, link: str) -> None:
    """Raises EvidenceMissing where no activity was given it."""
    since = read_clock(adb)
    before = _times_given(adb, since, link)
    adb.shell("am", "start", "-W", "-a", VIEW, "-d", quoted(link))
    until = time.monotonic() + LIMIT
    while _times_given(adb, since, link) <= before:
        if time.monotonic() > until:
            msg = f"{adb.serial}: no activity was given the link {link.partition('?')[0]}, though something was started"
            raise EvidenceMissing(msg)
        time.sleep(log.PAUSE)


def _times_given(adb: Adb, since: float, link: str) -> int:
    """Where the user is asked which app shall take it, the question is what was given it."""
    words = ("-d", "-b", "events", "-v", "epoch", "-T", f"{since - log.MARGIN:.3f}")
    told = adb.read("logcat", *words).decode(errors="replace")
    return sum(VIEW in found["told"] and link in found["told"] for found in GIVEN.finditer(told))


def quoted(word: str) -> str:
    """For the phone's shell: adb joins its arguments by blanks (adb shell's own man page)."""
    return "'" + word.replace("'", "'\\''") + "'"
