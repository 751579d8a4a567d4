import sqlite3
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from benchmarks.bench_queries import Query, literal, queries_in
from benchmarks.database import cost_of, pulled_database
from benchmarks.settings import QUERIES
from drivers.phone import StoredFile
from faults import EvidenceMissing, UsageError

BY_NAME = "SELECT id FROM contact WHERE name = :name"
ORDERED = "SELECT id FROM contact ORDER BY name LIMIT 5"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "app.db"
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO contact (name) VALUES (?)", [(f"name {number}",) for number in range(100)])
    connection.close()
    return file


def add_index(database: Path) -> None:
    connection = apsw.Connection(str(database))
    connection.execute("CREATE INDEX contact_name ON contact (name)")
    connection.close()


def test_a_query_that_reads_a_whole_table_is_told_by_its_steps(database: Path) -> None:
    cost = cost_of(database, BY_NAME, {"name": "name 7"})

    assert (cost.rows, cost.full_scan_steps, cost.plan) == (1, 99, "SCAN contact")


def test_an_index_takes_the_scan_away(database: Path) -> None:
    before = cost_of(database, BY_NAME, {"name": "name 7"})

    add_index(database)
    after = cost_of(database, BY_NAME, {"name": "name 7"})

    assert (after.rows, after.full_scan_steps) == (1, 0)
    assert after.vm_steps < before.vm_steps
    assert after.plan.startswith("SEARCH contact USING COVERING INDEX contact_name")


def test_a_sort_is_counted_until_an_index_brings_the_order(database: Path) -> None:
    before = cost_of(database, ORDERED)
    add_index(database)

    assert (before.sorts, cost_of(database, ORDERED).sorts) == (1, 0)
    assert "USE TEMP B-TREE FOR ORDER BY" in before.plan


def test_the_counts_are_the_same_each_time_and_leave_no_trace(database: Path) -> None:
    before = database.read_bytes()

    costs = {cost_of(database, BY_NAME, {"name": "name 7"}) for _ in range(10)}

    assert len(costs) == 1
    assert next(iter(costs)).page_reads > 0
    assert database.read_bytes() == before


def test_a_query_of_a_table_that_is_not_there_is_an_error_and_no_cost(database: Path) -> None:
    with pytest.raises(apsw.SQLError, match="no such table: sale"):
        cost_of(database, "SELECT id FROM sale")


def test_every_timed_query_has_a_name_of_its_own() -> None:
    names = [query.name for query in queries_in(QUERIES)]

    assert len(set(names)) == len(names) > 0


def test_a_query_can_be_written_with_its_values_in_it() -> None:
    query = Query("x", "SELECT :text, :number, :nothing", {"text": "it's", "number": 3, "nothing": None})

    assert literal(query) == "SELECT 'it''s', 3, NULL"


@pytest.mark.parametrize("text", ["[[query]]\nname = 'x'\n", "[query", "a = 1"])
def test_a_list_of_queries_that_is_none_is_refused_with_its_name(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)

    with pytest.raises(UsageError, match=r"mine\.toml: cannot be read as queries"):
        queries_in(file)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[tuple[StoredFile, ...]]:
    """An app that runs: two rows in its database, and a third that so far only the write-ahead log holds."""
    home = tmp_path / "sandbox"
    home.mkdir()
    connection = sqlite3.connect(home / "pocket.db", isolation_level=None)
    for statement in (
        "CREATE TABLE contact (name TEXT)",
        "INSERT INTO contact VALUES ('one'), ('two')",
        "PRAGMA journal_mode = WAL",
        "INSERT INTO contact VALUES ('three')",
    ):
        connection.execute(statement)
    yield tuple(StoredFile(f"databases/{path.name}", path.read_bytes()) for path in sorted(home.iterdir()))
    connection.close()


def names_in(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM contact")]
    connection.close()
    return names


def test_rows_that_only_the_write_ahead_log_holds_are_pulled_too(
    sandbox: tuple[StoredFile, ...], tmp_path: Path
) -> None:
    pulled = pulled_database((*sandbox, StoredFile("files/notes.txt", b"x" * 99_999)), tmp_path)

    assert pulled == tmp_path / "pocket.db"
    assert names_in(pulled) == ["one", "two", "three"]


def test_without_the_log_its_rows_would_be_missing(sandbox: tuple[StoredFile, ...], tmp_path: Path) -> None:
    only_the_database = tuple(file for file in sandbox if file.path.endswith(".db"))

    assert names_in(pulled_database(only_the_database, tmp_path)) == ["one", "two"]


def test_the_largest_of_several_databases_is_the_one(sandbox: tuple[StoredFile, ...], tmp_path: Path) -> None:
    small = StoredFile("databases/cookies.db", b"SQLite format 3\x00")

    assert pulled_database((small, *sandbox), tmp_path).name == "pocket.db"
    assert not (tmp_path / "cookies.db").exists()


@pytest.mark.parametrize(
    "files", [(), (StoredFile("databases/pocket.db", b""), StoredFile("databases/pocket.db-wal", b"encrypted"))]
)
def test_a_sandbox_without_a_database_is_no_measurement(files: tuple[StoredFile, ...], tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match=f"^none of the {len(files)} files in the sandbox is a SQLite database"):
        pulled_database(files, tmp_path)
