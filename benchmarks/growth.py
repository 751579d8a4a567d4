"""A pulled database grown to any number of rows, the same bytes of content each time, with its schema as it was.

Rows are copied with new keys: the integer primary key and each integer column that a name ending in `Id` says refers
to one are moved by the same distance, so that joins find their partners; texts of unique indexes get a number.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from faults import EvidenceMissing


@dataclass(frozen=True, slots=True)
class Table:
    """A table with an integer key; `moved` columns refer to such keys, `unique` ones may hold no value twice."""

    name: str
    key: str
    columns: tuple[str, ...]
    moved: frozenset[str]
    unique: frozenset[str]
    rows: int
    distance: int


def grown(source: Path, target: Path, rows: int) -> Path:
    """A copy with so many rows in all tables together, each keeping its share, and at least one.

    Raises EvidenceMissing where no table has rows and an integer key.
    """
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir(parents=True)
    pulled = apsw.Connection(str(source))
    pulled.execute("VACUUM INTO ?", (str(target),))
    pulled.close()
    database = apsw.Connection(str(target))
    database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")
    try:
        _grow(database, rows, source)
    finally:
        database.close()
    return target


def _grow(database: apsw.Connection, rows: int, source: Path) -> None:
    tables = tuple(_tables(database))
    total = sum(table.rows for table in tables)
    if not total:
        msg = f"{source.name}: no table has rows with an integer key, so it cannot be grown"
        raise EvidenceMissing(msg)
    indexes = [
        (str(name), str(sql))
        for name, sql in database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL")
    ]
    with database:
        for name, _ in indexes:
            database.execute(f"DROP INDEX {_quoted(name)}")
        for table in tables:
            _fill(database, table, max(1, rows * table.rows // total))
        for _, sql in indexes:  # built at once, so that their pages do not depend on the order of growing
            database.execute(sql)


def _fill(database: apsw.Connection, table: Table, wanted: int) -> None:
    """Copies of the first rows, generation by generation, and no row more than wanted."""
    name, key = _quoted(table.name), _quoted(table.key)
    database.execute(
        f"DELETE FROM {name} WHERE {key} NOT IN (SELECT {key} FROM {name} ORDER BY {key} LIMIT ?)",  # noqa: S608 -- names of the schema
        (wanted,),
    )
    have = min(wanted, table.rows)
    for generation in range(1, -(-wanted // have)):
        missing = min(have, wanted - generation * have)
        database.execute(
            f"INSERT INTO {name} ({', '.join(map(_quoted, table.columns))})"  # noqa: S608 -- names of the schema
            f" SELECT {', '.join(_copied(table, generation))} FROM {name}"
            f" WHERE {key} IN (SELECT {key} FROM {name} ORDER BY {key} LIMIT ?) ORDER BY {key}",
            (missing,),
        )


def _copied(table: Table, generation: int) -> Iterator[str]:
    for column in table.columns:
        name = _quoted(column)
        if column == table.key or column in table.moved:
            yield f"{name} + {generation * table.distance}"
        elif column in table.unique:
            yield f"{name} || ' {generation}'"
        else:
            yield name


def _tables(database: apsw.Connection) -> Iterator[Table]:
    named = [
        str(row[0]) for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    found = [table for name in named if not name.startswith("sqlite_") and (table := _table(database, name))]
    distance = max((table.distance for table in found), default=0)
    for table in found:
        yield Table(table.name, table.key, table.columns, table.moved, table.unique, table.rows, distance)


def _table(database: apsw.Connection, name: str) -> Table | None:
    """None for a table without an integer key, such as settings, and for an empty one."""
    described = list(database.execute("SELECT name, type, pk FROM pragma_table_info(?)", (name,)))
    keys = [str(column) for column, kind, place in described if place and str(kind).upper() == "INTEGER"]
    if len(keys) != 1 or sum(bool(place) for _, _, place in described) != 1:
        return None
    rows, last = next(database.execute(f"SELECT count(*), max({_quoted(keys[0])}) FROM {_quoted(name)}"))  # noqa: S608 -- names of the schema
    columns = tuple(str(column) for column, _, _ in described)
    moved = frozenset(column for column in columns if column.endswith("Id"))
    return Table(name, keys[0], columns, moved, _unique(database, name) - moved, int(rows), int(last)) if rows else None


def _unique(database: apsw.Connection, table: str) -> frozenset[str]:
    """The last column of each unique index: one that differs is enough."""
    indexes = [
        str(row[0]) for row in database.execute('SELECT name FROM pragma_index_list(?) WHERE "unique"', (table,))
    ]
    return frozenset(
        str(last[0])
        for index in indexes
        for last in database.execute("SELECT name FROM pragma_index_info(?) ORDER BY seqno DESC LIMIT 1", (index,))
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
