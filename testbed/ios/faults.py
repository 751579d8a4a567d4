from collections.abc import Iterable
from enum import Enum


class Fault(Enum):
    """A way in which a phone may deceive its drivers; `python -m testbed.ios --fault NAME` makes one that does.

    Each must end blocked or wrong with whoever drives the phone, never in a pass.
    """

    TERMINATE_SPARES = "terminate-spares"
    """The app is said to be terminated, and runs on."""
    LAUNCH_IGNORED = "launch-ignored"
    """A launch is answered as done, and nothing starts."""
    WRONG_APP_LAUNCHED = "wrong-app-launched"
    """Another app than the one that was asked for comes up."""
    HOME_IGNORED = "home-ignored"
    """The home button does nothing."""
    BACKGROUND_KILLS = "background-kills"
    """An app that leaves the screen is killed at once."""
    DEEP_LINK_SWALLOWED = "deep-link-swallowed"
    """A link is answered as opened, and reaches no app."""
    KEYS_DROPPED = "keys-dropped"
    """Every other key that is typed is lost."""
    TAPS_MISS = "taps-miss"
    """Taps are answered as done, and touch nothing."""
    ALERTS_ACCEPTED = "alerts-accepted"
    """The phone answers its own questions before anyone reads them."""
    SOURCE_STALE = "source-stale"
    """The page source stays that of the first look."""
    SCREENSHOT_FROZEN = "screenshot-frozen"
    """Every screenshot is the first one."""
    INSTALL_KEEPS_OLD = "install-keeps-old"
    """An upgrade is reported as done, and the old build stays."""
    UNINSTALL_KEEPS_DATA = "uninstall-keeps-data"
    """An app that is installed anew finds its old container."""
    CONTAINER_STALE = "container-stale"
    """What is pulled of the container is what the app stored before its last start."""
    LOG_SILENT = "log-silent"
    """Apps say nothing in the system log."""
    CLOCK_IGNORED = "clock-ignored"
    """The date that is set in Settings snaps back."""
    AIRPLANE_LEAKS = "airplane-leaks"
    """Airplane mode is shown as on, and the network works."""
    PROXY_IGNORED = "proxy-ignored"
    """The proxy is shown as set, and connections go past it."""
    CA_NOT_TRUSTED = "ca-not-trusted"
    """The profile is shown as trusted, and is not."""
    CAMERA_FROZEN = "camera-frozen"
    """The camera goes on showing an empty wall."""


class Faults:
    """Which faults this phone has now."""

    def __init__(self, present: Iterable[Fault] = ()) -> None:
        self._present = set(present)

    def __contains__(self, fault: Fault) -> bool:
        return fault in self._present

    @property
    def names(self) -> list[str]:
        return sorted(fault.value for fault in self._present)

    def switch(self, fault: Fault, *, on: bool) -> None:
        (self._present.add if on else self._present.discard)(fault)
