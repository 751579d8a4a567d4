from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from benchmarks.database import Cost, cost_of
from benchmarks.growth import grown
from faults import EvidenceMissing

NEWEST = "SELECT max(updatedDate) FROM contact"
PARTNERS = "SELECT count(*) FROM sale JOIN contact ON contact.id = sale.contactId"


@pytest.fixture
def pulled(tmp_path: Path) -> Path:
    """40 companies and 10 sales, as an app might keep them."""
    file = tmp_path / "pocket.db"
    database = apsw.Connection(str(file))
    database.execute(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);"
        "CREATE TABLE contact (id INTEGER PRIMARY KEY, name TEXT UNIQUE, updatedDate TEXT);"
        "CREATE TABLE sale (id INTEGER PRIMARY KEY, contactId INTEGER);"
        "CREATE INDEX newest ON contact (updatedDate);"
        "INSERT INTO meta VALUES ('tenant', 'Cust10001')"
    )
    rows = [(number, f"name {number}", f"2026-01-{number % 28 + 1:02}") for number in range(1, 41)]
    database.executemany("INSERT INTO contact VALUES (?, ?, ?)", rows)
    database.executemany("INSERT INTO sale VALUES (?, ?)", [(number, 4 * number) for number in range(1, 11)])
    database.close()
    return file


def ask(file: Path, sql: str) -> list[tuple[object, ...]]:
    database = apsw.Connection(str(file))
    found = [tuple(row) for row in database.execute(sql)]
    database.close()
    return found


@pytest.mark.parametrize(("rows", "companies", "sales"), [(1000, 800, 200), (20, 16, 4), (5, 4, 1)])
def test_every_table_grows_or_shrinks_by_its_share(
    rows: int, companies: int, sales: int, pulled: Path, tmp_path: Path
) -> None:
    file = grown(pulled, tmp_path / "grown" / "app.db", rows)

    assert ask(file, "SELECT count(*) FROM contact") == [(companies,)]
    assert ask(file, "SELECT count(*) FROM sale") == [(sales,)]
    assert ask(file, "SELECT count(*) FROM meta") == [(1,)]


def test_schema_and_indexes_stay_as_they_were_pulled(pulled: Path, tmp_path: Path) -> None:
    file = grown(pulled, tmp_path / "grown" / "app.db", 1000)

    schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    assert ask(file, schema) == ask(pulled, schema)
    assert ask(file, "PRAGMA integrity_check") == [("ok",)]


def test_copies_find_their_own_partners(pulled: Path, tmp_path: Path) -> None:
    file = grown(pulled, tmp_path / "grown" / "app.db", 500)

    assert ask(file, PARTNERS) == [(100,)]
    assert ask(file, "SELECT count(DISTINCT contactId) FROM sale") == [(100,)]


def test_the_costs_are_the_same_each_time_it_is_grown(pulled: Path, tmp_path: Path) -> None:
    costs = {cost_of(grown(pulled, tmp_path / str(one) / "app.db", 5000), NEWEST) for one in range(3)}

    assert len(costs) == 1


def test_an_index_that_is_gone_shows_in_the_counts(pulled: Path, tmp_path: Path) -> None:
    before = cost_of(grown(pulled, tmp_path / "with" / "app.db", 5000), NEWEST)
    ask(pulled, "DROP INDEX newest")
    after = cost_of(grown(pulled, tmp_path / "without" / "app.db", 5000), NEWEST)

    assert (before.full_scan_steps, after.full_scan_steps) == (0, 3999)
    assert after.page_reads > before.page_reads > 0
    assert replace(before, plan="") != Cost(1, 0, 0, 0, 0, 0, "")


def test_a_database_without_rows_cannot_be_grown(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    ask(empty, "CREATE TABLE contact (id INTEGER PRIMARY KEY)")

    with pytest.raises(EvidenceMissing, match=r"empty\.db: no table has rows with an integer key"):
        grown(empty, tmp_path / "grown" / "app.db", 100)
