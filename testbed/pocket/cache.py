import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from .entities import ENTITIES
from .state import Caller, Identity, Record
from .trouble import Full

TABLES: Final = {name: entity.columns for name, entity in ENTITIES.items()}
"""The columns of the server's archives that the app shows; each table has `id`, these and `updatedDate`."""
INDEXED: Final = {name: (entity.title, "updatedDate") for name, entity in ENTITIES.items()}
"""Lists are ordered by title, and the newest change is asked for after each synchronisation."""
POSITION, RIGHT, COUNTED, CALLERS = "position/", "right/", "counted", "callers"
PRIMARY: Final = 0xFF
"""The part of SQLite's result codes that tells the kind (sqlite.org/rescode.html)."""
DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def another_user(owner: Identity | None, now: Identity) -> bool:
    """Whether the cache belongs to somebody else: a new user finds nothing of the last one."""
    return owner is not None and owner.user != now.user


def another_tenant(owner: Identity | None, now: Identity) -> bool:
    """Whether the cache belongs to another tenant."""
    return owner is not None and owner.tenant != now.tenant


class Cache:
    """All that the app has shown, in SQLite, for ever; one owner at a time.

    One connection, shared by the main thread, which reads, and the worker, which writes. A damaged file is thrown away
    and begun anew (`rebuilt` says so); all raise Full where the phone has no room.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None
        self.rebuilt = False

    def owner(self) -> Identity | None:
        """Return whose rows these are; None for an empty cache."""
        meta = self._meta()
        if "tenant" not in meta:
            return None
        return Identity(meta["tenant"], meta["user"], meta["email"], meta["company"])

    def adopt(self, identity: Identity) -> None:
        """Make the cache the new owner's, wiping it first if it was another's; all before any new row."""
        owner = self.owner()
        if another_tenant(owner, identity) or another_user(owner, identity):
            self.wipe()
        if owner != identity:
            self._remember({"tenant": identity.tenant, "user": identity.user})
            self._remember({"email": identity.email, "company": identity.company})
        if owner is None or (owner.tenant, owner.user) != (identity.tenant, identity.user):
            self.forget_positions()

    def wipe(self) -> None:
        """Delete the database's files: what SQLite only marks as free would still be there to read."""
        with self._lock:
            self.close()
            for suffix in ("", "-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def store(self, entity: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Write rows of the server, replacing what was known of them."""
        columns = (*TABLES[entity], "updatedDate")
        places = ", ".join("?" * (len(columns) + 1))
        values = [(int(str(row["PrimaryKey"])), *(row.get(column) for column in columns)) for row in rows]
        self._write(lambda database: database.executemany(f"INSERT OR REPLACE INTO {entity} VALUES ({places})", values))  # noqa: S608 -- our names

    def remove(self, entity: str, numbers: Iterable[int]) -> None:
        """Forget records so that no byte of them is left: freed pages are overwritten, the journal is cut."""
        gone = [(number,) for number in numbers]

        def erase(database: sqlite3.Connection) -> None:
            database.executemany(f"DELETE FROM {entity} WHERE id = ?", gone)  # noqa: S608 -- our names
            _cut(database)

        if gone:
            self._write(erase)

    def numbers(self, entity: str) -> frozenset[int]:
        """Return the numbers of all records of a kind."""
        return self._use(lambda database: frozenset(row[0] for row in database.execute(f"SELECT id FROM {entity}")))  # noqa: S608 -- our names

    def position(self, entity: str) -> str:
        """Return the change date up to which the rows are known, as the server wrote it; "" for nothing."""
        return self._meta().get(POSITION + entity, "")

    def reached(self, entity: str) -> None:
        """Remember that everything up to the newest row is known."""
        newest = self._use(lambda one: one.execute(f"SELECT max(updatedDate) FROM {entity}").fetchone()[0])  # noqa: S608 -- our names
        self._remember({POSITION + entity: newest or ""})

    def forget_positions(self, entity: str = "%") -> None:
        self._write(lambda database: database.execute("DELETE FROM meta WHERE key LIKE ?", (POSITION + entity,)))

    def right(self, entity: str) -> str:
        """Return the user's right to a table as the server last said, "None" where it never did."""
        return self._meta().get(RIGHT + entity, "None")

    def remember_rights(self, rights: Mapping[str, str]) -> bool:
        """Return whether they are others than before."""
        known = self._meta()
        changed = any(known.get(RIGHT + entity, mask) != mask for entity, mask in rights.items())
        self._remember({RIGHT + entity: mask for entity, mask in rights.items()})
        return changed

    def counted(self) -> float:
        """Return when the rows were last compared with the server's, by the phone's clock."""
        return float(self._meta().get(COUNTED, "0"))

    def remember_counted(self, now: float) -> None:
        self._remember({COUNTED: str(now)})

    def records(self, entity: str, matching: str = "", limit: int = -1, today: str = "") -> tuple[Record, ...]:
        """Return rows for a list: appointments from `today` on first, the rest by title."""
        title = order = ENTITIES[entity].title
        if entity == "appointment":
            order = "date < :today, date"
        fold = _fold(matching)
        statement = (
            f"SELECT * FROM {entity} WHERE instr({fold}({title}), {fold}(:matching)) ORDER BY {order}, id LIMIT :limit"  # noqa: S608 -- our names, not input
        )
        values = {"matching": matching, "today": today, "limit": limit}
        return self._use(lambda one: tuple(_record(entity, found) for found in one.execute(statement, values)))

    def record(self, entity: str, number: int) -> Record | None:
        found = self._use(lambda one: one.execute(f"SELECT * FROM {entity} WHERE id = ?", (number,)).fetchone())  # noqa: S608 -- our names
        return _record(entity, found) if found else None

    def cells(self, entity: str, number: int) -> Mapping[str, str]:
        """Return a record as it is stored, by column."""
        found = self._use(lambda one: one.execute(f"SELECT * FROM {entity} WHERE id = ?", (number,)).fetchone())  # noqa: S608 -- our names
        return {name: "" if found[name] is None else str(found[name]) for name in found.keys()} if found else {}  # noqa: SIM118 -- a sqlite3.Row is no mapping

    def typed(self, entity: str, number: int) -> Mapping[str, str]:
        """As `cells`, but a company by its name, as a person would type it."""
        cells = self.cells(entity, number)
        company = self.cells("contact", int(cells.get("contactId") or 0)) if entity == "person" else {}
        return {**cells, "contactId": company.get("name", "")} if entity == "person" else cells

    def number_of(self, entity: str, title: str) -> int | None:
        """Return the number of the first record with this title, whatever its case; None where there is none."""
        fold, column = _fold(title), ENTITIES[entity].title
        statement = f"SELECT id FROM {entity} WHERE {fold}({column}) = {fold}(?) ORDER BY id LIMIT 1"  # noqa: S608 -- our names
        found = self._use(lambda database: database.execute(statement, (title,)).fetchone())
        return int(found[0]) if found else None

    def callers_hash(self) -> str:
        """Return what the server called the numbers that are known; "" for none."""
        return self._meta().get(CALLERS, "")

    def callers(self) -> int:
        """Return how many numbers are known."""
        return self._use(lambda database: int(database.execute("SELECT count(*) FROM caller").fetchone()[0]))

    def store_callers(self, digest: str, callers: Iterable[Caller]) -> None:
        """Put these in the place of all that were known."""
        values = [(each.number, each.prefix, each.person, each.name) for each in callers]

        def replace(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM caller")
            database.executemany("INSERT INTO caller VALUES (?, ?, ?, ?)", values)
            database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (CALLERS, digest))

        self._write(replace)

    def forget_callers(self) -> None:
        """Forget all numbers, so that no byte of them is left."""

        def erase(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM caller")
            database.execute("DELETE FROM meta WHERE key = ?", (CALLERS,))
            _cut(database)

        if self.callers_hash():
            self._write(erase)

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _meta(self) -> dict[str, str]:
        return self._use(lambda one: dict(tuple(found) for found in one.execute("SELECT key, value FROM meta")))

    def _remember(self, facts: Mapping[str, str]) -> None:
        self._write(lambda one: one.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items()))

    def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        def committed(database: sqlite3.Connection) -> None:
            with database:
                work(database)

        self._use(committed)

    def _use[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the database; a damaged one is begun anew, and then it is done with the empty one."""
        with self._lock:
            try:
                return work(self._open())
            except sqlite3.DatabaseError as error:
                code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
                if code == sqlite3.SQLITE_FULL:
                    raise Full from None
                if code not in DAMAGE:
                    raise
            except OSError:
                raise Full from None
            self.wipe()
            self.rebuilt = True
            return work(self._open())

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, check_same_thread=False)
            self._database.row_factory = sqlite3.Row
            self._database.create_function("fold", 1, _casefold, deterministic=True)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA secure_delete = ON")
            self._database.executescript(_schema())
        return self._database


def _fold(text: str) -> str:
    """Return the function that makes case not matter; SQLite's own is quicker and knows ASCII alone."""
    return "lower" if text.isascii() else "fold"


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _cut(database: sqlite3.Connection) -> None:
    """Leave nothing of what was deleted in the journal."""
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _schema() -> str:
    tables = [
        "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);",
        "CREATE TABLE IF NOT EXISTS caller (number INTEGER, prefix INTEGER, person INTEGER, name TEXT);",
    ]
    for entity, columns in TABLES.items():
        names = ", ".join(f'"{column}"' for column in (*columns, "updatedDate"))
        tables.append(f"CREATE TABLE IF NOT EXISTS {entity} (id INTEGER PRIMARY KEY, {names});")
    return "\n".join((*tables, *indexes()))


def indexes() -> tuple[str, ...]:
    """Return the statements that make them."""
    return tuple(
        f'CREATE INDEX IF NOT EXISTS "{entity}_{column}" ON {entity} ("{column}");'
        for entity, columns in INDEXED.items()
        for column in columns
    )


def _record(entity: str, found: sqlite3.Row) -> Record:
    kind = ENTITIES[entity]
    lines = [f"{name}: {found[name]}" for name in kind.columns if found[name] not in (None, "")]
    title, subtitle = str(found[kind.title] or ""), str(found[kind.subtitle] or "")
    return Record(entity, found["id"], title, subtitle, "\n".join(lines), str(found["updatedDate"] or ""))
