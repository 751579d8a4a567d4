"""Faults of the phone itself, to be switched on one by one: whoever drives a phone must notice each of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.android.tasks import Task


class Fault(Enum):
    """A way in which phones and emulators lie. The value is its name for `--fault`, then what it does."""

    def __init__(self, word: str, what: str) -> None:
        self.word = word
        self.what = what

    AIRPLANE_KEEPS_DATA = (
        "airplane-keeps-data",
        "airplane mode is shown as on, but mobile data goes on carrying traffic",
    )
    APP_CLOCK_STAYS = "app-clock-stays", "`date` shows the time that was set, apps go on with the old one"
    CA_NOT_READ = "ca-not-read", "certificate files that were added are listed and readable, but no app reads them"
    CAMERA_KEEPS_PICTURE = "camera-keeps-picture", "the console says OK to a new picture, the camera sees the old one"
    CLEAR_KEEPS_DATA = "clear-keeps-data", "`pm clear` says Success and deletes nothing"
    CLIPBOARD_EMPTY = "clipboard-empty", "the clipboard takes a text and is empty when read"
    DATE_IGNORED = "date-ignored", "setting the date succeeds in words and changes nothing"
    DEAD_FORCE_STOP = "dead-force-stop", "`am force-stop` and `am start -S` leave the process running"
    FOCUS_LIES = "focus-lies", "`dumpsys window` and `activity` go on naming the app that was in front first"
    GRANT_IGNORED = (
        "grant-ignored",
        "`pm grant` is silent and grants nothing, nor does a permission that is allowed on the screen",
    )
    HOME_KEY_DEAD = "home-key-dead", "the home key does nothing"
    INSTALL_KEEPS_OLD = "install-keeps-old", "`pm install` says Success, the old build stays installed"
    INSTRUMENTATION_DIES = "instrumentation-dies", "the UiAutomator2 server dies a few commands into each session"
    LAUNCH_STATE_LIES = "launch-state-lies", "`am start -W` calls every start COLD"
    LINK_SWALLOWED = "link-swallowed", "a deep link brings its app forward and is not given to it"
    LOGCAT_SILENT = "logcat-silent", "logcat shows the head of a buffer and no line of it"
    MOUNTS_NOT_INHERITED = "mounts-not-inherited", "apps do not see what was mounted in zygote's namespace"
    PROXY_IGNORED = "proxy-ignored", "`settings` shows the proxy, apps are told that there is none"
    PULL_STALE = "pull-stale", "a file that was once pulled or read over adb is read the same ever after"
    PUSH_CUT = "push-cut", "`adb push` reports the whole file and keeps the first half"
    REBOOT_LOSES_CA = "reboot-loses-ca", "a reboot puts the image's certificate store back, overlays included"
    ROOT_DROPS = "root-drops", "adbd says that it restarts as root and comes back as shell"
    RUN_AS_STALE = "run-as-stale", "run-as shows a copy of the app's files, made when it first looked"
    SCREENSHOT_FROZEN = "screenshot-frozen", "every screenshot is the first one"
    SETTINGS_IGNORED = "settings-ignored", "`settings put` is silent and keeps the old value"
    SOURCE_STALE = "source-stale", "the UiAutomator2 server goes on showing the first tree it saw in a session"
    STALE_TOTAL_TIME = "stale-total-time", "TotalTime is that of the first start, whatever the start took"
    STORAGE_UNREADABLE = "storage-unreadable", "files of apps are listed, reading them gives nothing"
    TAPS_SWALLOWED = "taps-swallowed", "taps and clicks are answered and reach nobody"
    TEXT_CUT = "text-cut", "the last letter of every text that is typed is lost"
    UNINSTALL_KEEPS_DATA = "uninstall-keeps-data", "the app goes, its data stays for the next install"
    WIFI_STAYS_ON = "wifi-stays-on", "switching wifi off is answered as done, and wifi stays on"


WORDS = {fault.word: fault for fault in Fault}


@dataclass(slots=True)
class Lies:
    """What phones with such faults have said before, and go on saying."""

    focus: "Task | None" = None
    total: int | None = None
    """TotalTime of the first start, milliseconds."""
    source: object = None
    picture: bool = False
    """Whether the camera has been given one."""
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """Fault and path to what was read."""


class Faults:
    """Which faults this phone has now."""

    def __init__(self, present: Iterable[Fault] = ()) -> None:
        self._present = set(present)

    def __contains__(self, fault: Fault) -> bool:
        return fault in self._present

    def switch(self, fault: Fault, *, on: bool) -> None:
        if on:
            self._present.add(fault)
        else:
            self._present.discard(fault)

    @property
    def names(self) -> list[str]:
        return sorted(fault.word for fault in self._present)
