"""The emulator's own network, made slower (developer.android.com/studio/run/emulator-networking)."""

from drivers.adb import Adb, CommandFailed
from drivers.phone import NetworkProfile
from faults import CapabilityMissing


def shape(adb: Adb, profile: NetworkProfile | None) -> None:
    """Raises CapabilityMissing where the phone has no console, or one that cannot do it."""
    speed = "full" if profile is None else f"{profile.up}:{profile.down}"
    delay = "none" if profile is None else f"{profile.least_delay}:{profile.most_delay}"
    try:
        adb.emulator_console("network", "speed", speed)
        adb.emulator_console("network", "delay", delay)
    except CommandFailed as refused:
        msg = f"{adb.serial}: the phone's network cannot be slowed down ({refused}); it needs an emulator's console"
        raise CapabilityMissing(msg) from refused
