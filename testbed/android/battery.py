from dataclasses import dataclass

CHARGING, DISCHARGING, NOT_CHARGING, FULL = 2, 3, 4, 5
"""BatteryManager.BATTERY_STATUS_*."""
STATUS_WORDS = {
    "unknown": 1,
    "charging": CHARGING,
    "discharging": DISCHARGING,
    "not-charging": NOT_CHARGING,
    "full": FULL,
}
HEALTH_WORDS = {"unknown": 1, "good": 2, "overheat": 3, "dead": 4, "overvoltage": 5, "failure": 6}


@dataclass(slots=True)
class BatteryState:
    """What the power console of an emulator and `dumpsys battery set` change."""

    level: int = 100
    status: int = FULL
    health: int = 2
    ac: bool = True
    usb: bool = False
    present: bool = True
    temperature: int = 250
    """Tenths of a degree."""
    frozen: bool = False
    """`dumpsys battery unplug` and `set` stop the updates until `reset`."""

    def reset(self) -> None:
        self.level, self.status, self.health, self.ac, self.usb, self.frozen = 100, FULL, 2, True, False, False

    def plug(self, *, ac: bool) -> None:
        """Plugged in it charges, unplugged it does not."""
        self.ac = ac
        self.status = (FULL if self.level >= 100 else CHARGING) if ac or self.usb else DISCHARGING  # noqa: PLR2004 -- percent
