"""Roles and the table rights they give; the Web API enforces them and shows them as masks.

Rights are spelt as the vendor's ETableRight flags (CRMScript.NetServer.ETableRight.mdx): `FULL`, `None`, or names
joined by a comma and a blank.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from testbed.cloud.store import Store

ADMINISTRATOR, USER, READ_ONLY, FIELD_SALES = "Administrator", "User level 0", "Read only", "Field sales"
ANY_TABLE = "*"
FLAGS = ("Select", "Update", "Insert", "Delete", "Filtering", "RestrictedUpdate")
FULL, NONE = "FULL", "None"


@dataclass(frozen=True, slots=True)
class Role:
    """`rights` by table name (`contact`, `sale`, …), `*` for all the rest."""

    name: str
    rights: Mapping[str, str]

    def mask(self, table: str) -> str:
        return self.rights.get(table, self.rights.get(ANY_TABLE, NONE))

    def allows(self, table: str, flag: str) -> bool:
        """Whether `flag`, one of FLAGS, is among the rights to the table."""
        mask = self.mask(table)
        return mask == FULL or flag in mask.split(", ")


ROLES = (
    Role(ADMINISTRATOR, {ANY_TABLE: FULL}),
    Role(USER, {ANY_TABLE: FULL}),
    Role(READ_ONLY, {ANY_TABLE: "Select, Filtering"}),
    Role(FIELD_SALES, {ANY_TABLE: "Select, Filtering", "appointment": FULL, "sale": NONE, "project": NONE}),
)


class Roles:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> Role | None:
        row = self._store.one("SELECT rights FROM role WHERE name = ?", (name,))
        return Role(name, json.loads(row["rights"])) if row else None

    def of(self, name: str) -> Role:
        """The role of somebody; one that is not there gives nothing."""
        return self.find(name) or Role(name, {})

    def all(self) -> tuple[Role, ...]:
        rows = self._store.all("SELECT * FROM role ORDER BY name")
        return tuple(Role(row["name"], json.loads(row["rights"])) for row in rows)

    def put(self, role: Role) -> None:
        self._store.change("INSERT OR REPLACE INTO role VALUES (?, ?)", (role.name, json.dumps(dict(role.rights))))


def legal(mask: str) -> bool:
    names = mask.split(", ")
    return mask in {FULL, NONE} or (len(set(names)) == len(names) and set(names) <= set(FLAGS))
