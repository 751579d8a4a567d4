from typing import TYPE_CHECKING

from testbed.android.faults import Fault, Faults
from testbed.android.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


SWITCHES = ("airplane_mode_on", "wifi_on", "mobile_data")


class Radios:
    """Airplane mode, wifi and mobile data, each shown by a global setting of its name.

    The setting follows the switch, and not the other way round: who only writes the setting switches nothing, until
    the phone boots or hears AIRPLANE_MODE (AOSP ConnectivityService.setAirplaneMode writes one and sends the other).
    """

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self._settings = settings
        self._faults = faults
        self._on: dict[str, bool] = {}
        self.changed: Callable[[], None] | None = None
        self.read_settings()

    def read_settings(self) -> None:
        self._on = {name: self._settings.get("global", name) == "1" for name in SWITCHES}
        if self.changed is not None:
            self.changed()

    def switch(self, name: str, *, on: bool) -> None:
        """`name` is airplane_mode_on, wifi_on or mobile_data."""
        if name == "wifi_on" and not on and Fault.WIFI_STAYS_ON in self._faults:
            return
        self._on[name] = on
        self._settings.put("global", name, "1" if on else "0")
        if self.changed is not None:
            self.changed()

    def is_on(self, name: str) -> bool:
        return self._on[name]

    @property
    def active(self) -> str | None:
        """The network that carries traffic: WIFI before MOBILE, None where there is none."""
        if self.is_on("airplane_mode_on") and Fault.AIRPLANE_KEEPS_DATA not in self._faults:
            return None
        return "WIFI" if self.is_on("wifi_on") else "MOBILE" if self.is_on("mobile_data") else None

    @property
    def online(self) -> bool:
        return self.active is not None
