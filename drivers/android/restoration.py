"""What a phone was like before a run, kept in a file until it is so again: also after the run was killed.

Each change is written down before it is made, so the next start on this phone knows all that is to be put back.
"""

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from drivers.adb import Adb, CommandFailed
from drivers.android import radios
from drivers.android.clock import set_clock
from drivers.android.root import root_of
from drivers.android.trust import Trusted, Way, distrust_authority

SETTINGS = (
    "auto_time",
    "hidden_api_policy",
    "hidden_api_policy_p_apps",
    "hidden_api_policy_pre_p_apps",
    "http_proxy",
)
"""Global settings that a run changes: ours, and those that the UiAutomator2 driver leaves when it is killed."""
NO_PROXY = ":0"
"""Deleting the setting alone leaves the proxy in force (ProxyTracker.java looks at its value)."""
UNSET = "null"


@dataclass(frozen=True, slots=True)
class Restoration:
    """`file` is there as long as something is to be put back."""

    adb: Adb
    file: Path

    @classmethod
    def of(cls, adb: Adb, folder: Path) -> Self:
        """One file a phone, by its own serial number, not by the port at which it happens to be."""
        number = adb.shell("getprop", "ro.serialno").strip() or adb.serial
        return cls(adb, folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', number)}.json")

    def begin(self) -> None:
        """Put back what a killed run left, then write down what is as it should be."""
        self.put_back()
        settings = {name: self._setting(name) for name in SETTINGS}
        switches = {name: self._setting(name) for name in ("airplane_mode_on", "wifi_on")}
        self._write({"settings": settings, "switches": switches})

    def note(self, **changed: object) -> None:
        """Something more is about to be changed: `clock`, `trusted`, `reverse`."""
        self._write({**self._read(), **changed})

    def note_trusted(self, trusted: Trusted) -> None:
        self.note(trusted={"way": trusted.way.name, "name": trusted.name})

    def put_back(self) -> None:
        """As it was; nothing where nothing is known to be changed. Raises BenchFault, and the file stays then."""
        before = self._read()
        if not before:
            return
        self.put_settings_back()
        if "trusted" in before:
            kept = before["trusted"]
            distrust_authority(self.adb, Trusted(Way[kept["way"]], kept["name"]))
        self.file.unlink()

    def put_settings_back(self) -> None:
        """Network, clock and settings; the file stays, for the authority is still there."""
        before = self._read()
        self._restore_switches(before["switches"])
        if before.get("clock"):
            set_clock(self.adb, time.time(), root_of(self.adb))
        for name, value in before["settings"].items():
            self._restore(name, value)
        if "reverse" in before:
            with suppress(CommandFailed):  # a phone that was away in between has none
                self.adb.forget_reverse(before["reverse"])

    def _restore_switches(self, before: Mapping[str, str]) -> None:
        if not radios.is_airplane_mode(self.adb, on=before["airplane_mode_on"] == "1"):
            radios.switch_airplane_mode(self.adb, on=before["airplane_mode_on"] == "1")
        if (self._setting("wifi_on") != "0") is not (before["wifi_on"] != "0"):
            radios.switch_wifi(self.adb, on=before["wifi_on"] != "0")

    def _restore(self, name: str, value: str) -> None:
        if self._setting(name) == value:
            return
        if name == "http_proxy" and value in (UNSET, ""):
            value = NO_PROXY
        if value == UNSET:
            self.adb.shell("settings", "delete", "global", name)
        else:
            self.adb.shell("settings", "put", "global", name, value)

    def _setting(self, name: str) -> str:
        return self.adb.shell("settings", "get", "global", name).strip()

    def _read(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text(encoding="utf-8"))) if self.file.exists() else {}

    def _write(self, what: Mapping[str, object]) -> None:
        """At once or not at all, so that a kill leaves a file that can be read."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(what), encoding="utf-8")
        fresh.replace(self.file)
