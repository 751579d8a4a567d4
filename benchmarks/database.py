"""The app's SQLite database as it was pulled from the phone, grown to any size, opened for measuring."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from drivers.phone import StoredFile
from faults import EvidenceMissing

HEADER = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html, section 1.3
SIDE_FILES = ("-wal", "-shm")
COUNTERS = {
    "vm_steps": "SQLITE_STMTSTATUS_VM_STEP",
    "full_scan_steps": "SQLITE_STMTSTATUS_FULLSCAN_STEP",
    "sorts": "SQLITE_STMTSTATUS_SORT",
    "auto_index_rows": "SQLITE_STMTSTATUS_AUTOINDEX",
}

type Values = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a query costs: exact counts, the same on any machine, and its plan.

    `page_reads` are the pages that a connection with an empty cache fetched for it.
    """

    rows: int
    vm_steps: int
    full_scan_steps: int
    sorts: int
    auto_index_rows: int
    page_reads: int
    plan: str


def pulled_database(files: tuple[StoredFile, ...], folder: Path) -> Path:
    """Write the largest database of the sandbox with its -wal and -shm; raises EvidenceMissing when there is none."""
    found = [file for file in files if file.content.startswith(HEADER)]
    if not found:
        msg = f"none of the {len(files)} files in the sandbox is a SQLite database"
        raise EvidenceMissing(msg)
    main = max(found, key=lambda file: len(file.content))
    for file in files:
        if file.path in (main.path, *(main.path + side for side in SIDE_FILES)):
            (folder / Path(file.path).name).write_bytes(file.content)
    return folder / Path(main.path).name


def cost_of(path: Path, sql: str, values: Values | None = None) -> Cost:
    """Run a query once on a connection of its own and count (sqlite3_stmt_status, sqlite3_db_status)."""
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        plan = " / ".join(str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values))
        database.release_memory()
        read_before = database.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)[0]
        counted, rows = _counted(database, sql, values)
        pages = database.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)[0] - read_before
    finally:
        database.close()
    return Cost(rows=rows, page_reads=pages, plan=plan, **{name: int(counted[key]) for name, key in COUNTERS.items()})


def _counted(database: apsw.Connection, sql: str, values: Values | None) -> tuple[Mapping[str, Any], int]:
    counted: list[Mapping[str, Any]] = []

    def count(event: Mapping[str, Any]) -> None:
        counted.append(event["stmt_status"])

    database.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
    try:
        rows = sum(1 for _ in database.execute(sql, values))
    finally:
        database.trace_v2(0)
    return counted[-1], rows
