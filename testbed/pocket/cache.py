import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from .state import Identity, Record

TABLES: Final = {
    "contact": ("name", "department", "category", "orgnr", "phone/formattedNumber"),
    "person": (
        "firstName",
        "lastName",
        "fullName",
        "title",
        "contactId",
        "phone/formattedNumber",
        "email/emailAddress",
    ),
    "appointment": ("text", "date", "endDate", "location", "contactId"),
    "sale": ("heading", "amount", "currency", "stage", "date", "contactId"),
}
"""The columns of the server's archives that the app shows; each table has `id`, these and `updatedDate`."""

TITLES: Final = {"contact": "name", "person": "fullName", "appointment": "text", "sale": "heading"}
SUBTITLES: Final = {"contact": "category", "person": "title", "appointment": "date", "sale": "stage"}
POSITION: Final = "position/"


def another_user(owner: Identity | None, now: Identity) -> bool:
    """Whether the cache belongs to somebody else: a new user finds nothing of the last one."""
    return owner is not None and owner.user != now.user


def another_tenant(owner: Identity | None, now: Identity) -> bool:
    """Whether the cache belongs to another tenant."""
    return owner is not None and owner.tenant != now.tenant


class Cache:
    """All that the app has shown, in SQLite, for ever; one owner at a time.

    One connection, shared by the main thread, which reads, and the worker, which writes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None

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
        with self._lock, self._open() as database:
            database.executemany(f"INSERT OR REPLACE INTO {entity} VALUES ({places})", values)  # noqa: S608 -- our names

    def position(self, entity: str) -> str:
        """Return the change date up to which the rows are known, as the server wrote it; "" for nothing."""
        return self._meta().get(POSITION + entity, "")

    def reached(self, entity: str) -> None:
        """Remember that everything up to the newest row is known."""
        with self._lock:
            newest = self._open().execute(f"SELECT max(updatedDate) FROM {entity}").fetchone()[0]  # noqa: S608 -- our names
            self._remember({POSITION + entity: newest or ""})

    def forget_positions(self) -> None:
        with self._lock, self._open() as database:
            database.execute("DELETE FROM meta WHERE key LIKE ?", (POSITION + "%",))

    def records(self, entity: str, matching: str = "", limit: int = -1, today: str = "") -> tuple[Record, ...]:
        """Return rows for a list: appointments from `today` on first, the rest by title."""
        title, order = TITLES[entity], TITLES[entity]
        if entity == "appointment":
            order = "date < :today, date"
        statement = (
            f"SELECT * FROM {entity} WHERE instr(lower({title}), lower(:matching)) ORDER BY {order}, id LIMIT :limit"  # noqa: S608 -- our names, not input
        )
        values = {"matching": matching, "today": today, "limit": limit}
        with self._lock:
            return tuple(_record(entity, found) for found in self._open().execute(statement, values))

    def record(self, entity: str, number: int) -> Record | None:
        with self._lock:
            found = self._open().execute(f"SELECT * FROM {entity} WHERE id = ?", (number,)).fetchone()  # noqa: S608 -- our names
        return _record(entity, found) if found else None

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _meta(self) -> dict[str, str]:
        with self._lock:
            return dict(tuple(found) for found in self._open().execute("SELECT key, value FROM meta"))

    def _remember(self, facts: Mapping[str, str]) -> None:
        with self._lock, self._open() as database:
            database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, check_same_thread=False)
            self._database.row_factory = sqlite3.Row
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_schema())
        return self._database


def _schema() -> str:
    tables = ["CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"]
    for entity, columns in TABLES.items():
        names = ", ".join(f'"{column}"' for column in (*columns, "updatedDate"))
        tables.append(f"CREATE TABLE IF NOT EXISTS {entity} (id INTEGER PRIMARY KEY, {names});")
    return "\n".join(tables)


def _record(entity: str, found: sqlite3.Row) -> Record:
    lines = [f"{name}: {found[name]}" for name in TABLES[entity] if found[name] not in (None, "")]
    subtitle = found[SUBTITLES[entity]]
    return Record(entity, found["id"], str(found[TITLES[entity]]), str(subtitle or ""), "\n".join(lines))
