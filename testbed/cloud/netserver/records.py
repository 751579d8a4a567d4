"""Records as one associate may see them: rights are part of every statement, so no caller can forget them."""

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Row

from testbed.cloud.netserver.caller import Caller
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.filters import Condition, Value
from testbed.cloud.netserver.query import ListQuery
from testbed.cloud.store import Store
from testbed.cloud.tables import BY_NAME

VISIBLE = "(visible_to IS NULL OR visible_to = ?)"
# the three archives of Contact/{id}/Activities, told apart by their type
ACTIVITIES = (("appointment", "text"), ("document", "header"), ("sale", "heading"))


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    more: bool


class Records:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, caller: Caller, kind: EntityKind, query: ListQuery, within: Condition | None = None) -> Page:
        """`within` narrows the list further, to what belongs to one record."""
        own = within or Condition()
        if not any(caller.may(table, "Select") for table in _tables(kind)):
            return Page([], more=False)
        statement = (
            f"SELECT * FROM {_source(caller, kind)} WHERE {VISIBLE} AND {own.sql} AND {query.condition.sql}"  # noqa: S608 -- ours
            f" ORDER BY {_order(kind, query)} LIMIT ? OFFSET ?"
        )
        values = (caller.membership.associate_id, *own.values, *query.condition.values, query.top + 1, query.skip)
        found = self._store.all(statement, values)
        return Page(found[: query.top], len(found) > query.top)

    def one(self, caller: Caller, kind: EntityKind, number: int) -> dict[str, Value | None] | None:
        if not caller.may(kind.name, "Select"):
            return None
        found = self._store.one(
            f"SELECT * FROM {_source(caller, kind)} WHERE id = ? AND {VISIBLE}",  # noqa: S608 -- ours
            (number, caller.membership.associate_id),
        )
        return dict(found) if found else None

    def put(self, caller: Caller, kind: EntityKind, number: int, columns: Mapping[str, Value | None]) -> None:
        """A record as it is from now on, all its columns."""
        table = BY_NAME[kind.name]
        names = ", ".join(("tenant", "id", *table.columns))
        places = ", ".join("?" * (2 + len(table.all)))
        values = (columns[name] for name, _ in table.all)
        self._store.change(
            f"INSERT OR REPLACE INTO changed_{kind.name} ({names}) VALUES ({places})",  # noqa: S608 -- ours
            (caller.tenant.context, number, *values),
        )

    def delete(self, caller: Caller, kind: EntityKind, number: int) -> None:
        """Of what it held nothing stays among the changes; the number is never given again."""
        with self._store.together():
            self._store.change(
                f"INSERT OR REPLACE INTO changed_{kind.name} (tenant, id, gone) VALUES (?, ?, 1)",  # noqa: S608 -- ours
                (caller.tenant.context, number),
            )
            if kind.name == "document":
                self._store.change(
                    "DELETE FROM content WHERE tenant = ? AND document = ?", (caller.tenant.context, number)
                )

    def next_number(self, caller: Caller, kind: EntityKind) -> int:
        context = caller.tenant.context
        row = self._store.one(
            f"SELECT max(coalesce((SELECT max(id) FROM seed_{context}.{kind.name}), 0),"  # noqa: S608 -- ours
            f" coalesce((SELECT max(id) FROM changed_{kind.name} WHERE tenant = ?), 0)) AS last",
            (context,),
        )
        return 1 + int(row["last"] if row else 0)


def _tables(kind: EntityKind) -> tuple[str, ...]:
    return tuple(name for name, _ in ACTIVITIES) if kind.name == "activity" else (kind.name,)


def _source(caller: Caller, kind: EntityKind) -> str:
    context = caller.tenant.context
    if kind.name != "activity":
        return f'temp."{context}_{kind.name}"'
    parts = (
        f"SELECT id, '{name}' AS recordType, \"{text}\" AS text, date, contactId, associateId, registeredDate, "  # noqa: S608 -- ours
        f'updatedDate, visible_to FROM temp."{context}_{name}"'
        for name, text in ACTIVITIES
        if caller.may(name, "Select")
    )
    return f"({' UNION ALL '.join(parts)})"


def _order(kind: EntityKind, query: ListQuery) -> str:
    """Always down to the number, so that pages never overlap."""
    last = "id, recordType" if kind.name == "activity" else "id"
    chosen = [
        f'"{"id" if each.column.column == kind.key else each.column.column}"{" DESC" if each.descending else ""}'
        for each in query.order
    ]
    return ", ".join((*chosen, last))
