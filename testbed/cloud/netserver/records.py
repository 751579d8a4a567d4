"""Records as one associate may see them: rights are part of every statement, so no caller can forget them."""

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Row

from testbed.cloud.netserver.caller import Caller
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.filters import Condition, Value
from testbed.cloud.netserver.query import ListQuery, keys
from testbed.cloud.store import Store
from testbed.cloud.tables import BY_NAME

VISIBLE = "(visible_to IS NULL OR visible_to = ?)"
# the three archives of Contact/{id}/Activities, told apart by their type
ACTIVITIES = (("appointment", "text"), ("document", "header"), ("sale", "heading"))


@dataclass(frozen=True, slots=True)
class Page:
    """`last`: of the last row, what its place in the order goes by; None where no page follows."""

    rows: list[Row]
    last: tuple[Value, ...] | None = None


class Records:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, caller: Caller, kind: EntityKind, query: ListQuery, within: Condition | None = None) -> Page:
        """`within` narrows the list further, to what belongs to one record."""
        own = within or Condition()
        if not any(caller.may(table, "Select") for table in _tables(kind)):
            return Page([])
        order = _order(kind, query)
        chosen = (own, query.condition, _behind(order, query.after))
        statement = (
            f"SELECT * FROM {_source(caller, kind)} WHERE {' AND '.join((VISIBLE, *(each.sql for each in chosen)))}"  # noqa: S608 -- ours
            f" ORDER BY {', '.join(f'{column} DESC' if falls else column for column, falls in order)} LIMIT ? OFFSET ?"
        )
        given = (value for each in chosen for value in each.values)
        found = self._store.all(statement, (caller.membership.associate_id, *given, query.top + 1, query.skip))
        rows = found[: query.top]
        more = len(found) > query.top
        return Page(rows, tuple(rows[-1][column.strip('"')] for column, _ in order) if more else None)

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


def _order(kind: EntityKind, query: ListQuery) -> tuple[tuple[str, bool], ...]:
    """Columns, and whether they fall; always down to the number, so that pages never overlap."""
    chosen = (("id" if each.column.column == kind.key else each.column.column, each.descending) for each in query.order)
    return tuple((f'"{column}"', falls) for column, falls in (*chosen, *((key, False) for key in keys(kind))))


def _behind(order: tuple[tuple[str, bool], ...], after: tuple[Value, ...]) -> Condition:
    """Rows that come after the one with these values: larger in the first column, or equal there and so on."""
    condition = Condition()
    for (column, falls), value in reversed(tuple(zip(order, after, strict=False))):
        further = f"{column} {'<' if falls else '>'} ?"
        if not condition.values:
            condition = Condition(further, (value,))
        else:
            both = f"({further} OR ({column} = ? AND {condition.sql}))"
            condition = Condition(both, (value, value, *condition.values))
    return condition
