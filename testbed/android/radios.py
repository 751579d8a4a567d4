from typing import TYPE_CHECKING

from testbed.android.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


class Radios:
    """Airplane mode, wifi and mobile data; what they are set to is also what `settings get global` shows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changed: Callable[[], None] | None = None

    def switch(self, name: str, *, on: bool) -> None:
        """`name` is airplane_mode_on, wifi_on or mobile_data."""
        self._settings.put("global", name, "1" if on else "0")
        if self.changed is not None:
            self.changed()

    def is_on(self, name: str) -> bool:
        return self._settings.get("global", name) == "1"

    @property
    def online(self) -> bool:
        return not self.is_on("airplane_mode_on") and (self.is_on("wifi_on") or self.is_on("mobile_data"))
