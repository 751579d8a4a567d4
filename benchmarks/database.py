"""The app's SQLite database as it was pulled from the phone, opened for measuring."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from drivers.phone import StoredFile
from faults import EvidenceMissing

HEADER = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html, section 1.3
SIDE_FILES = ("-wal", "-shm")
COUNTERS = ("SQLITE_STMTSTATUS_VM_STEP", "SQLITE_STMTSTATUS_FULLSCAN_STEP", "SQLITE_STMTSTATUS_SORT")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a query costs: exact counts, the same on any machine, and its plan."""

    rows: int
    vm_steps: int
    full_scan_steps: int
    sorts: int
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


def cost_of(database: apsw.Connection, sql: str) -> Cost:
    """Run a query once and count (sqlite3_stmt_status)."""
    counted: list[Mapping[str, Any]] = []

    def count(event: Mapping[str, Any]) -> None:
        counted.append(event["stmt_status"])

    database.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
    try:
        rows = len(list(database.execute(sql)))
    finally:
        database.trace_v2(0)
    plan = " / ".join(str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {sql}"))
    steps, scans, sorts = (int(counted[-1][name]) for name in COUNTERS)
    return Cost(rows, steps, scans, sorts, plan)
