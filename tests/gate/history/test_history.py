import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from gate.history import store
from gate.history.history import History
from gate.history.store import open_store
from tests.gate.history.samples import START, entry


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.at(str(tmp_path / "history.sqlite"), tmp_path)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.1)


@pytest.fixture
def locked(history: History, impatient: None) -> Iterator[sqlite3.Connection]:  # noqa: ARG001 -- waits a short while
    history.remember([entry(0)])
    assert history.file is not None
    with closing(sqlite3.connect(history.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def remembered(history: History) -> list[str]:
    with open_store(history.url) as opened:
        return [one.run for one in opened.entries()]


def test_what_is_added_can_be_read_again(history: History) -> None:
    found = history.remember([entry(0), entry(1)])

    with open_store(history.url) as opened:
        assert list(opened.entries()) == [entry(0), entry(1)]
        assert [one.median for one in opened.series()[START]] == [0.1, 0.1]
    assert (found.added, found.merged, found.trouble) == (2, 0, None)


def test_the_same_result_is_remembered_once(history: History) -> None:
    history.remember([entry(0)])

    assert history.remember([entry(0), entry(0), entry(1)]).added == 1


def test_a_build_can_be_asked_for_by_checksum_or_version(history: History) -> None:
    history.remember([entry(0), entry(1)])

    with open_store(history.url) as opened:
        assert list(opened.entries("1.1")) == list(opened.entries(entry(1).build)) == [entry(1)]


def test_a_locked_history_loses_nothing(history: History, locked: sqlite3.Connection) -> None:
    found = history.remember([entry(1)])
    locked.execute("ROLLBACK")

    assert found.added == 0
    assert "locked" in (found.trouble or "")
    assert str(history.beside) in (found.trouble or "")
    merged = history.remember([entry(2)])
    assert (merged.added, merged.merged, merged.trouble) == (1, 1, None)
    assert remembered(history) == ["run-0", "run-1", "run-2"]
    assert list(history.beside.iterdir()) == []


def test_a_corrupt_history_is_left_as_it_is_and_set_aside_by_the_next_run(history: History) -> None:
    assert history.file is not None
    history.file.write_text("no database, but perhaps somebody's only copy" * 50)

    found = history.remember([entry(0)])
    assert "not a database" in (found.trouble or "")
    assert history.file.read_text().startswith("no database")

    again = history.remember([entry(1)])
    assert (again.added, again.merged) == (1, 1)
    assert "set aside" in (again.trouble or "")
    assert remembered(history) == ["run-0", "run-1"]
    (aside,) = history.file.parent.glob("history.sqlite.broken-*")
    assert aside.read_text().startswith("no database")


def test_a_history_that_is_mended_in_between_takes_what_was_kept(history: History) -> None:
    assert history.file is not None
    history.remember([entry(0)])
    good = history.file.read_bytes()
    history.file.write_bytes(b"garbage" * 100)
    history.remember([entry(1)])
    history.file.write_bytes(good)

    assert history.remember([entry(2)]).merged == 1
    assert remembered(history) == ["run-0", "run-1", "run-2"]


def test_damage_inside_is_noticed_before_anything_is_written_into_it(history: History) -> None:
    assert history.file is not None
    history.remember([entry(number) for number in range(300)])
    content = bytearray(history.file.read_bytes())
    content[8192:16384] = bytes(8192)
    history.file.write_bytes(content)

    assert "malformed" in (history.remember([entry(301)]).trouble or "")
    assert len(list(history.beside.glob("*.json"))) == 1


def test_a_folder_in_the_place_of_the_file_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").mkdir()
    history = History.at(str(tmp_path / "history.sqlite"), tmp_path)

    assert "unable to open" in (history.remember([entry(0)]).trouble or "")
    assert len(list(history.beside.glob("*.json"))) == 1


def test_a_kept_file_that_somebody_changed_is_named_and_stays(history: History) -> None:
    history.beside.mkdir()
    (history.beside / "a.json").write_text("{")

    found = history.remember([entry(0)])

    assert found.added == 1
    assert "a.json cannot be read" in (found.trouble or "")
    assert (history.beside / "a.json").read_text() == "{"


def test_what_a_database_elsewhere_cannot_take_is_kept_with_the_runs(tmp_path: Path) -> None:
    history = History.at("postgresql+nodriver://nobody:secret@127.0.0.1/x", tmp_path)

    found = history.remember([entry(0)])

    assert "no history there" in (found.trouble or "")
    assert "secret" not in f"{found.history} {found.trouble}"
    assert len(list((tmp_path / "history.kept").glob("*.json"))) == 1


def test_what_is_no_url_loses_nothing_either(tmp_path: Path) -> None:
    history = History.at("://", tmp_path)

    assert "no history there" in (history.remember([entry(0)]).trouble or "")
    assert len(list((tmp_path / "history.kept").glob("*.json"))) == 1


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "away").write_text("a file where the folder would have to be")
    history = History.at(str(tmp_path / "away" / "history.sqlite"), tmp_path / "runs")

    found = history.remember([entry(0)])

    assert "1 results are kept in " in (found.trouble or "")
    (tmp_path / "away").unlink()
    (tmp_path / "away").mkdir()
    assert history.remember([entry(1)]).merged == 1
    assert remembered(history) == ["run-0", "run-1"]


def test_where_nothing_can_be_kept_the_report_says_where_the_figures_still_are(tmp_path: Path) -> None:
    (tmp_path / "away").write_text("no folder")
    history = History.at(str(tmp_path / "away" / "history.sqlite"), tmp_path / "away")

    assert "import the run's benchmarks.json later" in (history.remember([entry(0)]).trouble or "")


def test_a_full_disk_loses_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own limit of pages fails with SQLITE_FULL, as a full disk does."""
    history.remember([entry(0)])
    with monkeypatch.context() as full:
        full.setattr(store, "_migrate", limited)
        found = history.remember([entry(number, seconds=0.1) for number in range(1, 2000)])

    assert "full" in (found.trouble or "")
    assert history.remember([]).merged == 1999
    assert len(remembered(history)) == 2000


def limited(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")
