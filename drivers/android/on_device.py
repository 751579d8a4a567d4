"""Queries timed on the phone by its own `sqlite3`, which emulators have (sqlite.org/cli.html)."""

import re
from pathlib import Path

from drivers.adb import Adb, CommandFailed
from faults import CapabilityMissing, EvidenceMissing

PLACE = "/data/local/tmp/pocketgate-query.db"
RUN_TIME = re.compile(r"^Run Time: real (\d+\.\d+) user (\d+\.\d+) sys (\d+\.\d+)", re.MULTILINE)


def time_query(adb: Adb, database: Path, sql: str, rounds: int) -> tuple[float, ...]:
    """Raises CapabilityMissing where the phone has no sqlite3, EvidenceMissing where it timed fewer rounds."""
    try:
        adb.shell("which", "sqlite3")
    except CommandFailed as absent:
        msg = f"{adb.serial} has no sqlite3 of its own; the query can be timed on this machine only"
        raise CapabilityMissing(msg) from absent
    adb.push(database, PLACE)
    try:
        said = adb.shell("sqlite3", "-cmd", "'.timer on'", PLACE, _quoted(f"{sql};" * rounds), seconds=120)
    finally:
        adb.shell("rm", "-f", PLACE)
    # older shells tell the real time in whole milliseconds only, and that of the processor in microseconds
    timed = tuple(max(float(real), float(user) + float(system)) for real, user, system in RUN_TIME.findall(said))
    if len(timed) != rounds:
        msg = f"{adb.serial}: sqlite3 timed {len(timed)} of {rounds} rounds of {sql}"
        raise EvidenceMissing(msg)
    return timed


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
