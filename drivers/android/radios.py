"""Airplane mode and Wi-Fi, each looked at in the network that apps are given, not in the switch alone."""

import re
import time

from drivers.adb import Adb
from faults import CapabilityMissing, EvidenceMissing

DEFAULT_NETWORK = re.compile(r"^Active default network: (\S+)", re.MULTILINE)
WIFI_NETWORK = re.compile(r"Transports: WIFI\b")
LIMIT = 20.0  # seconds until a network is there or gone: a phone needs some to find its cell or its access point
PAUSE = 0.05  # seconds between two looks


def switch_airplane_mode(adb: Adb, *, on: bool) -> None:
    """Raises CapabilityMissing where the switch stays, EvidenceMissing where the network does not follow it.

    `cmd connectivity airplane-mode` is there since Android 11 (ConnectivityService); before, root or a person.
    """
    if not is_airplane_mode(adb, on=on):
        adb.shell("cmd", "connectivity", "airplane-mode", "enable" if on else "disable")
        if not is_airplane_mode(adb, on=on):
            msg = f"{adb.serial}: airplane mode could not be turned {'on' if on else 'off'}"
            raise CapabilityMissing(msg)
    _await(adb, there=not on, after=f"airplane mode was turned {'on' if on else 'off'}")


def switch_wifi(adb: Adb, *, on: bool) -> None:
    """Raises CapabilityMissing where Wi-Fi stays as it was."""
    adb.shell("svc", "wifi", "enable" if on else "disable")
    until = time.monotonic() + LIMIT
    while (adb.shell("settings", "get", "global", "wifi_on").strip() != "0") is not on or (
        not on and WIFI_NETWORK.search(adb.shell("dumpsys", "connectivity"))
    ):
        if time.monotonic() > until:
            msg = f"{adb.serial}: Wi-Fi could not be turned {'on' if on else 'off'}"
            raise CapabilityMissing(msg)
        time.sleep(PAUSE)


def is_airplane_mode(adb: Adb, *, on: bool) -> bool:
    return adb.shell("settings", "get", "global", "airplane_mode_on").strip() == str(int(on))


def network(adb: Adb) -> str | None:
    """The number of the network that apps use (ConnectivityService.dump), None without one; raises EvidenceMissing."""
    found = DEFAULT_NETWORK.search(adb.shell("dumpsys", "connectivity"))
    if found is None:
        msg = f"{adb.serial}: `dumpsys connectivity` does not say which network is in use"
        raise EvidenceMissing(msg)
    return None if found[1] == "none" else found[1]


def _await(adb: Adb, *, there: bool, after: str) -> None:
    until = time.monotonic() + LIMIT
    while (network(adb) is not None) is not there:
        if time.monotonic() > until:
            state = "there is no network" if there else "a network still carries traffic"
            msg = f"{adb.serial}: {state} {LIMIT:g} s after {after}"
            raise EvidenceMissing(msg)
        time.sleep(PAUSE)
