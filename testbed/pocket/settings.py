import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
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
    """

    super_id: str = ""
    ask_password: bool = False
    paused_at: float | None = None
    auto_logout: int = 0
    disable_auto_login: bool = False


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
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(settings)))
        os.replace(draft, self._path)  # noqa: PTH105 -- atomic; pathlib's rename says nothing about that


def _value(row: Mapping[str, object]) -> tuple[tuple[str, str], str]:
    named = row.get("Specification")
    section, key = (named.get("Section"), named.get("Key")) if isinstance(named, Mapping) else (None, None)
    return (str(section), str(key)), str(row.get("RawValue", "")).strip()


def _minutes(raw: str) -> int:
    try:
        return max(0, int(raw))
    except ValueError:
        return 0
