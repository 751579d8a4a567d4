"""Preferences; the mobile client's are in section PocketTasks (user-preferences/reference/pocket-tasks.mdx)."""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from testbed.cloud.store import Store

POCKET_SECTION = "PocketTasks"


@dataclass(frozen=True, slots=True)
class Preference:
    """`value` as it goes over the wire; `level` and `type` as the vendor's enumerations spell them."""

    section: str
    key: str
    value: str
    level: str
    type: str

    def carrier(self) -> dict[str, object]:
        """The `Preference` carrier of the REST API's description."""
        return {
            "Level": self.level,
            "RawValue": self.value,
            "Specification": {"Section": self.section, "Key": self.key},
            "DisplayValue": self.value,
            "DisplayTooltip": "",
            "DisplayType": self.type,
        }


DEFAULTS = (
    Preference(POCKET_SECTION, "AutoLogoutTime", "0", "HardDefault", "Number"),
    Preference(POCKET_SECTION, "DisableAutoLogin", "NO", "HardDefault", "Bool"),
    Preference(POCKET_SECTION, "EnableCRMScript", "YES", "HardDefault", "Bool"),
)


class Preferences:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_section(self, tenant: str, section: str) -> Sequence[Preference]:
        rows = self._store.all("SELECT * FROM preference WHERE tenant = ? AND section = ?", (tenant, section))
        return [_from_row(row) for row in rows]

    def get(self, tenant: str, section: str, key: str) -> Preference:
        """One that is not defined comes as Undefined and empty, not as an error (REST API description)."""
        row = self._store.one(
            "SELECT * FROM preference WHERE tenant = ? AND section = ? AND key = ?",
            (tenant, section, key),
        )
        return _from_row(row) if row else Preference(section, key, "", "Undefined", "Unknown")

    def set_for_all(self, tenant: str, section: str, key: str, value: str) -> bool:
        """System-wide, the only level Mobile CRM's preferences have; False where no such preference exists."""
        changed = self._store.change(
            "UPDATE preference SET value = ?, level = 'SystemWide' WHERE tenant = ? AND section = ? AND key = ?",
            (value, tenant, section, key),
        )
        return changed == 1


def _from_row(row: Row) -> Preference:
    return Preference(row["section"], row["key"], row["value"], row["level"], row["type"])
