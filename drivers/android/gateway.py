"""By which address an Android phone reaches a server on this machine."""

from dataclasses import dataclass

from drivers.adb import Adb
from faults import EvidenceMissing

HOST_ALIAS = "10.0.2.2"
"""The emulator's name for the loopback of its host (developer.android.com/studio/run/emulator-networking)."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Gateway:
    """An emulator has an address for its host; over USB `adb reverse` leads from the phone's own loopback to ours."""

    address: str = HOST_ALIAS

    @property
    def reversed(self) -> bool:
        return self.address == LOOPBACK

    def use_proxy(self, adb: Adb, port: int) -> None:
        """Raises EvidenceMissing where the phone does not keep the setting."""
        if self.reversed:
            adb.reverse(port)
        wanted = f"{self.address}:{port}"
        adb.shell("settings", "put", "global", "http_proxy", wanted)
        held = adb.shell("settings", "get", "global", "http_proxy").strip()
        if held != wanted:
            msg = f"{adb.serial}: the proxy was set to {wanted}, and the phone's setting is {held}"
            raise EvidenceMissing(msg)

    def use_no_proxy(self, adb: Adb) -> None:
        adb.shell("settings", "put", "global", "http_proxy", ":0")


def gateway_of(serial: str) -> Gateway:
    """By the name that adb gives emulators (adb/client/transport_local.cpp)."""
    return Gateway(HOST_ALIAS if serial.startswith("emulator-") else LOOPBACK)
