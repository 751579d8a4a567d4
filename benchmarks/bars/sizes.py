"""`python -m benchmarks.bars.sizes`: what queries cost over 1k to 1M rows, with their index and without it.

A database of the app's kind is grown to each size twice: as it is, and with the index of names dropped, as a careless
build would. The twin must be *same* and the one that starts scanning *worse*, by exact counts alone. Prints a table
with time, memory and plan; exit 0: so it is at every size, 1: not.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import apsw

from benchmarks.bench_queries import Query
from benchmarks.database import Cost, cost_of
from benchmarks.deciding import against_base
from benchmarks.decision import Change
from benchmarks.growth import grown
from benchmarks.settings import read_settings

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUERIES = (
    Query("by name", "SELECT id FROM contact WHERE name = :name", {"name": "name 7"}),
    Query("first names", "SELECT name FROM contact ORDER BY name LIMIT 25", {}),
    Query("one record", "SELECT * FROM contact WHERE id = :id", {"id": 7}),
)
HIT = {"by name", "first names"}  # by the missing index


@dataclass(frozen=True, slots=True)
class Found:
    """A query at one size: what it cost with the index and without, and what is said of the twin and of the other.

    `seconds` of the one without.
    """

    rows: int
    query: str
    seconds: float
    indexed: Cost
    scanning: Cost
    twin: Change
    other: Change

    @property
    def met(self) -> bool:
        return self.twin is Change.SAME and self.other is (Change.WORSE if self.query in HIT else Change.SAME)


def found_at(folder: Path, rows: int) -> Iterator[Found]:
    """Each query at one size."""
    pulled = _pulled(folder)
    base, twin, bare = (grown(pulled, folder / name / "app.db", rows) for name in ("base", "twin", "bare"))
    database = apsw.Connection(str(bare))
    database.execute("DROP INDEX contact_name")
    database.close()
    for query in QUERIES:
        costs = [cost_of(path, query.sql, query.values) for path in (base, twin)]
        began = time.perf_counter()
        costs.append(cost_of(bare, query.sql, query.values))
        seconds = time.perf_counter() - began
        judged = [_verdict(query, costs[0], one) for one in costs[1:]]
        yield Found(rows, query.name, seconds, costs[0], costs[2], *judged)


def _pulled(folder: Path) -> Path:
    """As it comes from a phone: few rows, and the index that the app makes."""
    path = folder / "pulled.db"
    path.unlink(missing_ok=True)
    database = apsw.Connection(str(path))
    database.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, name TEXT, city TEXT, updatedDate TEXT)")
    rows = [(number, f"name {number}", f"city {number % 9}", "2026-01-01") for number in range(1, 301)]
    database.executemany("INSERT INTO contact VALUES (?, ?, ?, ?)", rows)
    database.execute("CREATE INDEX contact_name ON contact (name)")
    database.close()
    return path


def _verdict(query: Query, base: Cost, candidate: Cost) -> Change:
    told: Mapping[str, object] = {"counts": asdict(candidate), "base": {"counts": asdict(base)}}
    row = {"name": query.name, "extra_info": told, "stats": {"data": [1.0]}}
    return against_base({query.name: row}, read_settings())[query.name].decision.verdict


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.sizes", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    options = parser.parse_args(words)
    say, met = sys.stdout.write, True
    say(
        "| rows | query | ms without index | steps without index | steps with it "
        "| the twin is | without index it is | right | plan without index |\n"
    )
    say("|---|---|---|---|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            began = time.perf_counter()
            for one in found_at(Path(folder), rows):
                met &= one.met
                steps = f"{one.scanning.vm_steps:,} | {one.indexed.vm_steps:,}"
                said = f"{one.twin.value} | {one.other.value} | {'yes' if one.met else 'NO'}"
                say(f"| {rows:,} | {one.query} | {1000 * one.seconds:.1f} | {steps} | {said} | {one.scanning.plan} |\n")
            sys.stderr.write(f"{rows:,} rows: {time.perf_counter() - began:.1f} s\n")
    sys.stderr.write(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
