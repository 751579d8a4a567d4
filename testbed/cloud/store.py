"""The cloud's state in SQLite: a seeded file that never changes and a live one that is reset from it."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

SCHEMA = """
CREATE TABLE account (email TEXT PRIMARY KEY, password_hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    tenant TEXT, entity TEXT, id INTEGER, visible_to INTEGER, updated TEXT NOT NULL, marker TEXT NOT NULL,
    row TEXT NOT NULL, PRIMARY KEY (tenant, entity, id)
) WITHOUT ROWID;
CREATE TABLE preference (
    tenant TEXT, section TEXT, key TEXT, value TEXT NOT NULL, level TEXT NOT NULL, type TEXT NOT NULL,
    PRIMARY KEY (tenant, section, key)
) WITHOUT ROWID;
CREATE TABLE request (id TEXT PRIMARY KEY, body TEXT NOT NULL, email TEXT) WITHOUT ROWID;
CREATE TABLE session (digest TEXT PRIMARY KEY, email TEXT NOT NULL, signed_in_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE code (
    digest TEXT PRIMARY KEY, grant_id TEXT NOT NULL, email TEXT NOT NULL, tenant TEXT NOT NULL, body TEXT NOT NULL,
    expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE token (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, grant_id TEXT NOT NULL, client_id TEXT NOT NULL, email TEXT NOT NULL,
    tenant TEXT NOT NULL, expires REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX token_grant ON token (grant_id);
"""
VERSION = 1

Value = str | int | float | None


def digest(secret: str) -> str:
    """Secrets are looked up by their SHA-256, so that the file holds none of them; they are random, so no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, autocommit=True)
    connection.row_factory = sqlite3.Row
    # a lab's state: a power cut may lose it, so no statement waits for the disk
    connection.execute("PRAGMA synchronous = OFF")
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
    connection.executescript(SCHEMA)
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
        if fresh:
            self.reset()

    def reset(self) -> None:
        """Back to the seeded state: a copy of some hundred pages, so no password is hashed again."""
        self._seeded.backup(self._live)

    def all(self, statement: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        return self._live.execute(statement, values).fetchall()

    def one(self, statement: str, values: Sequence[Value] = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._live.execute(statement, values).fetchone()
        return found

    def change(self, statement: str, values: Sequence[Value] = ()) -> int:
        """How many rows it changed."""
        return self._live.execute(statement, values).rowcount

    def close(self) -> None:
        self._seeded.close()
        self._live.close()
