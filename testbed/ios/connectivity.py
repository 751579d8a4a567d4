from typing import TYPE_CHECKING

from testbed.capture.capture import GATEWAY
from testbed.ios.faults import Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

MACHINE = GATEWAY
"""The machine that the phone runs on, as the phone's Wi-Fi knows it."""


class Connectivity:
    """What Settings says of the network: airplane mode, and the Wi-Fi's HTTP proxy."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._airplane = False
        self._proxy: tuple[str, int] | None = None
        self.changed: Callable[[], None] | None = None

    @property
    def airplane(self) -> bool:
        return self._airplane

    @airplane.setter
    def airplane(self, on: bool) -> None:
        self._airplane = on
        if self.changed is not None:
            self.changed()

    @property
    def proxy(self) -> tuple[str, int] | None:
        """As it is shown in Settings."""
        return self._proxy

    @proxy.setter
    def proxy(self, proxy: tuple[str, int] | None) -> None:
        self._proxy = proxy

    @property
    def online(self) -> bool:
        return not self._airplane or Fault.AIRPLANE_LEAKS in self._faults

    def proxy_in_use(self) -> tuple[str, int] | None:
        """As connections take it."""
        return None if Fault.PROXY_IGNORED in self._faults else self._proxy
