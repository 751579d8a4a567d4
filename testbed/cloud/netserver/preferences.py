"""Preferences and their levels; the mobile client's are in section PocketTasks (user-preferences/reference)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from testbed.cloud.people import Membership
from testbed.cloud.store import Store

POCKET_SECTION = "PocketTasks"
GROUPS = 2


class Level(Enum):
    """The vendor's names and numbers (PrefLevel); the nearer to the user, the later in NEARNESS."""

    Undefined = 0
    HardDefault = 1
    SystemWide = 2
    Database = 3
    Group = 4
    Individual = 5
    PC = 6


NEARNESS = (Level.HardDefault, Level.SystemWide, Level.Database, Level.Group, Level.PC, Level.Individual)
SETTABLE = NEARNESS[1:]
BY_WORD = {word: level for level in Level for word in (level.name, level.name.lower(), str(level.value))}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a preference is; `only_global` ones have no level below SystemWide (preferences/index.mdx)."""

    section: str
    key: str
    default: str
    type: str
    only_global: bool = False

    def takes(self, value: str) -> bool:
        """The wire form of a Bool is not documented, so all usual ones are right."""
        match self.type:
            case "Number":
                return bool(re.fullmatch(r"-?[0-9]{1,9}", value))
            case "Bool":
                return value.lower() in {"0", "1", "no", "yes", "false", "true"}
            case _:
                return len(value) <= VALUE_LIMIT and "\0" not in value


VALUE_LIMIT = 200
DEFINITIONS = (
    Definition(POCKET_SECTION, "AutoLogoutTime", "0", "Number", only_global=True),
    Definition(POCKET_SECTION, "DisableAutoLogin", "NO", "Bool", only_global=True),
    Definition(POCKET_SECTION, "EnableCRMScript", "YES", "Bool", only_global=True),
    Definition("DiaryView", "DefaultAlarmTime", "15", "Number"),
    Definition("DiaryView", "DiaryStartTime", "8", "Number"),
    Definition("Functions", "CapitalFirstLetterPersonName", "YES", "Bool"),
    Definition("Functions", "ThreeStateStatusCheckbox", "NO", "Bool"),
    Definition("Mail", "AddressSeparator", ";", "Text"),
)
DEFINED = {(each.section, each.key): each for each in DEFINITIONS}


@dataclass(frozen=True, slots=True)
class Preference:
    """`value` as it goes over the wire; `level` where it was found."""

    section: str
    key: str
    value: str
    level: Level
    type: str

    def carrier(self) -> dict[str, object]:
        """The `Preference` carrier of the REST API's description."""
        return {
            "Level": self.level.name,
            "RawValue": self.value,
            "Specification": {"Section": self.section, "Key": self.key},
            "DisplayValue": self.value,
            "DisplayTooltip": "",
            "DisplayType": self.type,
        }


class Preferences:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_section(self, who: Membership, section: str) -> Sequence[Preference]:
        return [self.get(who, each.section, each.key) for each in DEFINITIONS if section in {"", each.section}]

    def get(self, who: Membership, section: str, key: str) -> Preference:
        """The value nearest to the user; one not defined comes as Undefined and empty, not as an error."""
        definition = DEFINED.get((section, key))
        if definition is None:
            return Preference(section, key, "", Level.Undefined, "Unknown")
        kept = self._kept(who.tenant, definition)
        for level in reversed(SETTABLE):
            value = kept.get((level, owner_at(level, who)))
            if value is not None:
                return Preference(section, key, value, level, definition.type)
        return Preference(section, key, definition.default, Level.HardDefault, definition.type)

    def at(self, who: Membership, definition: Definition, level: Level) -> str:
        """What one level says for a user; empty where it says nothing."""
        if level is Level.Undefined:
            return self.get(who, definition.section, definition.key).value
        if level is Level.HardDefault:
            return definition.default
        return self._kept(who.tenant, definition).get((level, owner_at(level, who)), "")

    def put(self, tenant: str, definition: Definition, level: Level, owner: str, value: str) -> None:
        """`owner` as owner_at gives it."""
        self._store.change(
            "INSERT OR REPLACE INTO preference VALUES (?, ?, ?, ?, ?, ?)",
            (tenant, definition.section, definition.key, level.name, owner, value),
        )

    def forget(self, tenant: str, definition: Definition, level: Level, owner: str) -> bool:
        gone = self._store.change(
            "DELETE FROM preference WHERE tenant = ? AND section = ? AND key = ? AND level = ? AND owner = ?",
            (tenant, definition.section, definition.key, level.name, owner),
        )
        return gone == 1

    def _kept(self, tenant: str, definition: Definition) -> dict[tuple[Level, str], str]:
        rows = self._store.all(
            "SELECT level, owner, value FROM preference WHERE tenant = ? AND section = ? AND key = ?",
            (tenant, definition.section, definition.key),
        )
        return {(Level[row["level"]], row["owner"]): row["value"] for row in rows}


def owner_at(level: Level, who: Membership) -> str:
    """Whose value of a level is meant; all of a tenant share one computer, the one NetServer runs on."""
    match level:
        case Level.Individual:
            return str(who.associate_id)
        case Level.Group:
            return str(group_of(who))
        case _:
            return ""


def group_of(who: Membership) -> int:
    """The user group: associates with odd numbers are in one, the others in the other."""
    return 1 + who.associate_id % GROUPS
