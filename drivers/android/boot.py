"""Waiting until an Android phone is really up: what each stage of a boot lets one see (AOSP init, ActivityManager).

`sys.boot_completed` alone comes before the packages are there after an update, and on a phone whose lock screen waits
for a PIN nothing below /data/data can be read (direct boot), so all of it is looked at.
"""

import re
import time
from collections.abc import Callable

from drivers.adb import Adb, CommandFailed
from faults import BenchFault, CapabilityMissing, PhoneLost

BOOT_LIMIT = 300.0  # seconds; a cold emulator without acceleration takes minutes
UNLOCK_LIMIT = 5.0  # seconds from the PIN to the home screen
PAUSE = 0.2  # seconds between two looks
LOCKED = re.compile(r"(?:mIsShowing|mShowingLockscreen|isStatusBarKeyguard|\bshowing)=true")
SECURE = re.compile(r"\bsecure=true")
AWAKE = re.compile(r"mWakefulness=Awake")
WAKE_UP, ENTER = "224", "66"  # KeyEvent.KEYCODE_WAKEUP, KEYCODE_ENTER
OWNERSHIP = (
    "the phone does not know this machine; accept 'Allow USB debugging?' on its screen (always allow), or give the run"
    " the key that it knows (ADB_VENDOR_KEYS)"
)


def wait_until_booted(adb: Adb, seconds: float = BOOT_LIMIT, pin: str | None = None) -> None:
    """Until packages and services answer and nobody is asked for a PIN.

    Raises PhoneLost with the stage that was not reached, CapabilityMissing where a lock needs a PIN that is not known.
    """
    until = time.monotonic() + seconds
    for stage, reached in STAGES:
        while not _holds(adb, reached):
            if time.monotonic() > until:
                msg = f"{adb.serial}: not booted after {seconds:g} s: {stage}"
                raise PhoneLost(msg)
            time.sleep(PAUSE)
    unlock(adb, pin)


def reboot(adb: Adb, pin: str | None = None) -> None:
    """Until the phone is up again; raises as `wait_until_booted`."""
    adb.reboot()
    wait_until_gone(adb)
    wait_until_booted(adb, pin=pin)


def wait_until_gone(adb: Adb, seconds: float = 30.0) -> None:
    """After a reboot was asked for: until the phone is no longer as it was; raises PhoneLost where it stays up."""
    until = time.monotonic() + seconds
    while _holds(adb, lambda adb: adb.shell("getprop", "sys.boot_completed").strip() == "1"):
        if time.monotonic() > until:
            msg = f"{adb.serial}: still up {seconds:g} s after it was told to reboot"
            raise PhoneLost(msg)
        time.sleep(PAUSE)


def unlock(adb: Adb, pin: str | None = None) -> None:
    """Screen on and nothing before it; raises CapabilityMissing where only a person could open it."""
    if not AWAKE.search(adb.shell("dumpsys", "power")):
        adb.shell("input", "keyevent", WAKE_UP)
    policy = adb.shell("dumpsys", "window", "policy")
    if not LOCKED.search(policy):
        return
    adb.shell("wm", "dismiss-keyguard")
    if SECURE.search(policy):
        if pin is None:
            msg = f"{adb.serial}: the phone is locked; take its screen lock away, or give its PIN in the configuration"
            raise CapabilityMissing(msg)
        _type_pin(adb, pin)
    until = time.monotonic() + UNLOCK_LIMIT
    while LOCKED.search(adb.shell("dumpsys", "window", "policy")):
        if time.monotonic() > until:
            msg = f"{adb.serial}: the lock screen stays; is the PIN right?"
            raise CapabilityMissing(msg)
        time.sleep(PAUSE)


def _type_pin(adb: Adb, pin: str) -> None:
    """Raises CapabilityMissing without the words of the command, which are the PIN."""
    try:
        adb.shell("input", "text", pin)
    except CommandFailed:
        msg = f"{adb.serial}: the PIN could not be typed (`input text`)"
        raise CapabilityMissing(msg) from None
    adb.shell("input", "keyevent", ENTER)


def _holds(adb: Adb, reached: Callable[[Adb], bool]) -> bool:
    try:
        return reached(adb)
    except PhoneLost:  # while it boots, adbd comes and goes
        return False
    except CommandFailed as error:
        if "unauthorized" in str(error):
            msg = f"{adb.serial}: {OWNERSHIP}"
            raise BenchFault(msg) from error
        return False


STAGES: tuple[tuple[str, Callable[[Adb], bool]], ...] = (
    ("adb does not list it as a device", lambda adb: adb.state() == "device"),
    ("sys.boot_completed is not 1", lambda adb: adb.shell("getprop", "sys.boot_completed").strip() == "1"),
    ("dev.bootcomplete is not 1", lambda adb: adb.shell("getprop", "dev.bootcomplete").strip() == "1"),
    ("the package manager does not answer", lambda adb: adb.shell("pm", "path", "android").startswith("package:")),
    ("the settings do not answer", lambda adb: adb.shell("settings", "get", "global", "adb_enabled").strip() != ""),
)
"""What is looked at, one after the other, with the words for where it stopped."""
