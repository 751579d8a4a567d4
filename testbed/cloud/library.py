"""The tenants' records: seeded files of any size, made once and never written again, and views over the changes."""

import asyncio
import sqlite3
from pathlib import Path

from testbed.cloud import tables
from testbed.cloud.people import NORDLYS, ONSITE, TENANTS, Tenant, associates
from testbed.cloud.rows import USUAL, author
from testbed.cloud.store import Store

FOLDER = "records"
# the version of what rows.py writes: a file of another one is not used
EDITION = 1


class Library:
    """Which seeded file each tenant stands on is state: a reset brings back the first, and no file is copied.

    `rows` is the size of the first tenant; the others are of the usual one until the lab wants it otherwise.
    """

    def __init__(self, store: Store, home: Path, now: float, rows: int = USUAL) -> None:
        self._store = store
        self._folder = home / FOLDER
        self._now = now
        self._usual = rows
        self._open: dict[str, int] = {}
        # one at a time, as two would write into one draft
        self.building = asyncio.Lock()
        self.reload()

    def reload(self) -> None:
        """Look again which size each tenant has."""
        chosen = {row["tenant"]: row["rows"] for row in self._store.all("SELECT * FROM tenant_size")}
        for tenant in (*TENANTS.values(), ONSITE):
            usual = self._usual if tenant is NORDLYS else USUAL
            self._stand_on(tenant, chosen.get(tenant.context, usual))

    def rows_of(self, context: str) -> int:
        return self._open[context]

    def prepare(self, context: str, rows: int) -> None:
        """Make the file, if there is none yet; takes seconds for a million rows, and may run in a thread."""
        prepare(self._folder, _tenant(context), rows, self._now)

    def choose(self, context: str, rows: int) -> None:
        """From now on the tenant has these rows, and nothing of what was changed before."""
        with self._store.together():
            for table in tables.TABLES:
                self._store.change(f"DELETE FROM changed_{table.name} WHERE tenant = ?", (context,))  # noqa: S608 -- ours
            self._store.change("DELETE FROM content WHERE tenant = ?", (context,))
            self._store.change("INSERT OR REPLACE INTO tenant_size VALUES (?, ?)", (context, rows))
        self._stand_on(_tenant(context), rows)

    def _stand_on(self, tenant: Tenant, rows: int) -> None:
        context = tenant.context
        if self._open.get(context) == rows:
            return
        path = prepare(self._folder, tenant, rows, self._now)
        schema = f"seed_{context}"
        if context in self._open:
            for table in tables.TABLES:
                self._store.change(f'DROP VIEW temp."{context}_{table.name}"')
            self._store.detach(schema)
        self._store.attach(schema, path)
        for table in tables.TABLES:
            self._store.change(tables.view(table, context, schema))
        self._open[context] = rows


def prepare(folder: Path, tenant: Tenant, rows: int, now: float) -> Path:
    """The file of a tenant of this size, made if need be; what was left half done is made again."""
    path = folder / f"{tenant.context}-{rows}-{EDITION}.db"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        _write(draft, tenant, rows, now)
        draft.replace(path)
    return path


def _write(path: Path, tenant: Tenant, rows: int, now: float) -> None:
    database = sqlite3.connect(path, autocommit=True)
    try:
        # nobody reads it before it is whole
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
            database.execute(f"PRAGMA {setting}")
        database.executescript(tables.seeded_schema())
        database.execute("BEGIN")
        written = author(tenant, associates(tenant.context), now, rows)
        for table in tables.TABLES:
            places = ", ".join("?" * (1 + len(table.all)))
            database.executemany(f"INSERT INTO {table.name} VALUES ({places})", written.rows(table.name))  # noqa: S608 -- ours
        database.execute("COMMIT")
        database.executescript(tables.seeded_indexes())
        database.execute("ANALYZE")
    finally:
        database.close()


def _tenant(context: str) -> Tenant:
    return ONSITE if context == ONSITE.context else TENANTS[context]
