"""What a figure depends on besides the app, as the phone tells it."""

import re

from drivers.adb import Adb, CommandFailed
from drivers.phone import UNKNOWN, PhoneCondition

PROPERTY = re.compile(r"^\[(.+?)\]: \[(.*)\]$", re.MULTILINE)
LEVEL = re.compile(r"^\s*level: (\d+)$", re.MULTILINE)
THERMAL_STATUS = re.compile(r"^Thermal Status: (\d)$", re.MULTILINE)
THERMAL = ("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")  # PowerManager.THERMAL_STATUS_*
COMPILED = re.compile(r"\[status=([\w-]+)\]")  # DexoptState in `dumpsys package`
FLAGS = re.compile(r"^\s*(?:pkgFlags|flags)=\[(.*)\]$", re.MULTILINE)


def condition_of(adb: Adb, package: str) -> PhoneCondition:
    properties = dict(PROPERTY.findall(adb.shell("getprop")))
    told = _asked(adb, "dumpsys", "package", package)
    level = LEVEL.search(_asked(adb, "dumpsys", "battery"))
    flags = FLAGS.search(told)
    return PhoneCondition(
        model=properties.get("ro.product.model", UNKNOWN),
        system=f"Android {properties.get('ro.build.version.release')}, API {properties.get('ro.build.version.sdk')}",
        compile_mode=_compile_mode(told),
        battery_percent=int(level[1]) if level else None,
        thermal=_thermal(_asked(adb, "dumpsys", "thermalservice")),
        debuggable=flags is not None and "DEBUGGABLE" in flags[1].split(),
        emulator="1" in (properties.get("ro.boot.qemu"), properties.get("ro.kernel.qemu")),
    )


def _asked(adb: Adb, *words: str) -> str:
    """A service that this phone does not have says nothing."""
    try:
        return adb.shell(*words)
    except CommandFailed:
        return ""


def _compile_mode(told: str) -> str:
    """How far the app's code was compiled ahead: `verify`, `speed-profile`, `speed`."""
    found = COMPILED.search(told)
    return found[1] if found else UNKNOWN


def _thermal(told: str) -> str:
    found = THERMAL_STATUS.search(told)
    return THERMAL[int(found[1])] if found and int(found[1]) < len(THERMAL) else UNKNOWN
