import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final

SECTION: Final = "PocketTasks"
NO: Final = frozenset({"0", "no", "false", ""})


@dataclass(frozen=True, slots=True)
class Preferences:
    """The tenant's preferences for Mobile CRM, with their documented defaults; `auto_logout` in minutes, 0 = never."""

    auto_logout: int = 0
    disable_auto_login: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What the app remembers in clear between starts: nothing of the customer, nothing of the user.

    `super_id` is the configured sign-in service ("" = first start), `ask_password` makes the next sign-in ask again
    even where the browser still has a session, `paused_at` is when the app went to the background (phone's clock).
    `netserver` is a configured onsite installation, `auto_login` and `finger` say how its user gets in at a start.
    `device_id` and `install_id` are made up on this phone, one for messages, one for crash reports; `push` are tags.
    `caller_ids` says whether numbers are fetched to tell who calls. `crash_sink` is where crash reports go, if a
    configuration named another place than the build.
    """

    super_id: str = ""
    ask_password: bool = False
    paused_at: float | None = None
    auto_logout: int = 0
    disable_auto_login: bool = False
    netserver: str = ""
    auto_login: bool = False
    finger: bool = False
    push: str = ""
    device_id: str = ""
    install_id: str = ""
    caller_ids: bool = False
    crash_sink: str = ""

    @property
    def configured(self) -> bool:
        return bool(self.super_id or self.netserver)


def preferences(rows: Iterable[Mapping[str, object]]) -> Preferences:
    """Read the rows of GetPocketStartupData; the wire form of a bool is not documented, so all usual ones are taken.

    What is neither yes nor no counts as yes, the stricter reading.
    """
    raw = dict(_value(row) for row in rows)
    return Preferences(
        auto_logout=_minutes(raw.get((SECTION, "AutoLogoutTime"), "0")),
        disable_auto_login=raw.get((SECTION, "DisableAutoLogin"), "NO").lower() not in NO,
    )


class SettingsFile:
    """Keeps the settings; a file that cannot be read counts as a first start."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        try:
            stored = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return Settings()
        if not isinstance(stored, dict):
            return Settings()
        known = {field.name for field in fields(Settings)}
        return Settings(**{name: value for name, value in stored.items() if name in known})

    def save(self, settings: Settings) -> None:
        """Replace the file as a whole; raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(settings)))
        os.replace(draft, self._path)  # noqa: PTH105 -- atomic; pathlib's rename says nothing about that


class Memory:
    """The settings as they are now; `full` says that the phone had no room for the last change."""

    def __init__(self, path: Path) -> None:
        self._file = SettingsFile(path)
        self.settings = self._file.load()
        self.full = False

    def remember(self, **changes: object) -> None:
        changed: Settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        if changed == self.settings:
            return
        self.settings = changed
        try:
            self._file.save(changed)
        except OSError:
            self.full = True


def _value(row: Mapping[str, object]) -> tuple[tuple[str, str], str]:
    named = row.get("Specification")
    section, key = (named.get("Section"), named.get("Key")) if isinstance(named, Mapping) else (None, None)
    return (str(section), str(key)), str(row.get("RawValue", "")).strip()


def _minutes(raw: str) -> int:
    try:
        return max(0, int(raw))
    except ValueError:
        return 0
