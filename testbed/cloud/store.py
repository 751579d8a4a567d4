"""The cloud's state in SQLite: a seeded file that never changes and a live one that is reset from it."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from testbed.cloud.tables import changes_schema

SCHEMA = """
CREATE TABLE person (email TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE membership (
    email TEXT, tenant TEXT, associate_id INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (email, tenant)
) WITHOUT ROWID;
CREATE TABLE role (name TEXT PRIMARY KEY, rights TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account (email TEXT PRIMARY KEY, password_hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE clock (ahead REAL NOT NULL);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE client (client_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tenant_size (tenant TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE content (tenant TEXT, document INTEGER, body BLOB NOT NULL, PRIMARY KEY (tenant, document)) WITHOUT ROWID;
CREATE TABLE preference (
    tenant TEXT, section TEXT, key TEXT, level TEXT, owner TEXT, value TEXT NOT NULL,
    PRIMARY KEY (tenant, section, key, level, owner)
) WITHOUT ROWID;
CREATE TABLE request (id TEXT PRIMARY KEY, body TEXT NOT NULL, email TEXT) WITHOUT ROWID;
CREATE TABLE session (
    digest TEXT PRIMARY KEY, email TEXT NOT NULL, signed_in_at REAL NOT NULL, link TEXT
) WITHOUT ROWID;
CREATE TABLE consent (
    client_id TEXT, email TEXT, tenant TEXT, at REAL NOT NULL, PRIMARY KEY (client_id, email, tenant)
) WITHOUT ROWID;
CREATE TABLE code (
    digest TEXT PRIMARY KEY, grant_id TEXT NOT NULL, email TEXT NOT NULL, tenant TEXT NOT NULL, link TEXT,
    signed_in_at REAL NOT NULL, body TEXT NOT NULL, expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE token (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, grant_id TEXT NOT NULL, client_id TEXT NOT NULL, email TEXT NOT NULL,
    tenant TEXT NOT NULL, link TEXT, expires REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX token_grant ON token (grant_id);
CREATE INDEX token_email ON token (email);
CREATE TABLE signing_key (number INTEGER PRIMARY KEY, since REAL NOT NULL);

CREATE TABLE provider_domain (domain TEXT PRIMARY KEY, provider TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE provider_account (
    provider TEXT, email TEXT, password_hash TEXT NOT NULL, totp_seed TEXT NOT NULL, second_factor INTEGER NOT NULL,
    active INTEGER NOT NULL, last_step INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (provider, email)
) WITHOUT ROWID;
CREATE TABLE provider_attempt (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, query TEXT NOT NULL, email TEXT, factors INTEGER NOT NULL,
    expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE provider_session (
    digest TEXT PRIMARY KEY, provider TEXT NOT NULL, email TEXT NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE provider_code (digest TEXT PRIMARY KEY, provider TEXT NOT NULL, body TEXT NOT NULL, expires REAL NOT NULL)
    WITHOUT ROWID;
CREATE TABLE provider_token (
    digest TEXT PRIMARY KEY, provider TEXT NOT NULL, kind TEXT NOT NULL, client_id TEXT NOT NULL, email TEXT NOT NULL,
    scope TEXT NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE hop (
    digest TEXT PRIMARY KEY, party TEXT NOT NULL, note TEXT NOT NULL, body TEXT NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE link (
    id TEXT PRIMARY KEY, email TEXT NOT NULL, subject TEXT NOT NULL, refresh TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tenant_state (tenant TEXT PRIMARY KEY, host TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE device (
    tenant TEXT, email TEXT, identifier TEXT, platform TEXT NOT NULL, handle TEXT NOT NULL, body TEXT NOT NULL,
    tags TEXT NOT NULL, PRIMARY KEY (tenant, email, identifier)
) WITHOUT ROWID;
CREATE TABLE push_handle (handle TEXT PRIMARY KEY, service TEXT NOT NULL, device TEXT NOT NULL, topic TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE push_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL
);
CREATE TABLE crash_report (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, app_secret TEXT NOT NULL, install_id TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE ticket (digest TEXT PRIMARY KEY, login TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE knob (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, hits INTEGER NOT NULL DEFAULT 0);
"""
VERSION = 5
MAPPED = 1 << 30

Value = str | int | float | bytes | None


def digest(secret: str) -> str:
    """Secrets are looked up by their SHA-256, so that the file holds none of them; they are random, so no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path.absolute().as_uri(), uri=True, autocommit=True, cached_statements=512)
    connection.row_factory = sqlite3.Row
    # SQLite itself knows upper and lower case of ASCII alone
    connection.create_function("fold", 1, str.casefold, deterministic=True)
    # a lab's state: a power cut may lose it, so no statement waits for the disk
    connection.execute("PRAGMA synchronous = OFF")
    # what is deleted or replaced is overwritten, so that an old password's hash is gone from the file too
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def version_of(path: Path) -> int:
    """The schema a file was made for; 0 where there is none or it is no database."""
    if not path.exists():
        return 0
    connection = connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0
    finally:
        connection.close()


def create(path: Path) -> sqlite3.Connection:
    """An empty database of today's schema in place of whatever was there."""
    path.unlink(missing_ok=True)
    connection = connect(path)
    connection.executescript(SCHEMA + changes_schema())
    connection.execute(f"PRAGMA user_version = {VERSION}")
    return connection


class Store:
    """One connection, used from the event loop's thread alone: statements never overlap."""

    def __init__(self, seeded: Path, live: Path) -> None:
        fresh = version_of(live) != VERSION
        if fresh:
            live.unlink(missing_ok=True)
        self._seeded = connect(seeded)
        self._live = connect(live)
        self._resets = 0
        if fresh:
            self.reset()

    def reset(self) -> None:
        """Back to the seeded state: a copy of some hundred pages, so no password is hashed again."""
        self._seeded.backup(self._live)
        self._resets += 1

    def all(self, statement: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        return self._live.execute(statement, values).fetchall()

    def named(self, statement: str, values: Mapping[str, Value]) -> list[sqlite3.Row]:
        """As `all`, with values by name, where one is used more than once."""
        return self._live.execute(statement, values).fetchall()

    def one(self, statement: str, values: Sequence[Value] = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._live.execute(statement, values).fetchone()
        return found

    @contextmanager
    def together(self) -> Iterator[None]:
        """All changes or none of them, also if the process is killed in between; holds no await."""
        self._live.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._live.execute("ROLLBACK")
            raise
        self._live.execute("COMMIT")

    def change(self, statement: str, values: Sequence[Value] = ()) -> int:
        """How many rows it changed."""
        return self._live.execute(statement, values).rowcount

    def attach(self, schema: str, path: Path) -> None:
        """A file that is only read, under a name of its own beside the state."""
        self._live.execute(f"ATTACH ? AS {schema}", (f"{path.absolute().as_uri()}?mode=ro&immutable=1",))
        # much of a big one is read again and again, straight from the page cache
        self._live.execute(f"PRAGMA {schema}.mmap_size = {MAPPED}")

    def detach(self, schema: str) -> None:
        self._live.execute(f"DETACH {schema}")

    @property
    def age(self) -> int:
        """Grows with every row that is changed: what was read at the same age still holds."""
        return self._live.total_changes + self._resets

    def settle(self) -> None:
        """What was replaced is gone from every file: a write-ahead log, if there is one, is folded in and emptied."""
        self._live.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self._seeded.close()
        self._live.close()
