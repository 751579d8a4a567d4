"""Records as one associate may see them: rights are part of every statement, so no caller can forget them."""

import json
from dataclasses import dataclass

from testbed.cloud.netserver.caller import Caller
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.query import ListQuery
from testbed.cloud.rows import Row
from testbed.cloud.store import Store

VISIBLE = "tenant = ? AND entity = ? AND (visible_to IS NULL OR visible_to = ?)"


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    more: bool


class Records:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, caller: Caller, kind: EntityKind, query: ListQuery) -> Page:
        found = self._store.all(
            f"SELECT row FROM record WHERE {VISIBLE} AND updated > ? ORDER BY id LIMIT ? OFFSET ?",  # noqa: S608 -- a constant
            (*_scope(caller, kind), query.updated_after, query.top + 1, query.skip),
        )
        return Page([json.loads(each["row"]) for each in found[: query.top]], len(found) > query.top)

    def one(self, caller: Caller, kind: EntityKind, number: int) -> Row | None:
        found = self._store.one(
            f"SELECT row FROM record WHERE {VISIBLE} AND id = ?",  # noqa: S608 -- a constant
            (*_scope(caller, kind), number),
        )
        row: Row | None = json.loads(found["row"]) if found else None
        return row

    def write(self, caller: Caller, kind: EntityKind, number: int, row: Row) -> None:
        self._store.change(
            f"UPDATE record SET row = ?, updated = ? WHERE {VISIBLE} AND id = ?",  # noqa: S608 -- a constant
            (json.dumps(row), row["updatedDate"], *_scope(caller, kind), number),
        )


def _scope(caller: Caller, kind: EntityKind) -> tuple[str, str, int]:
    return caller.tenant.context, kind.name, caller.membership.associate_id
