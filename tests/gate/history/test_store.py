"""The history in both databases, from each schema that there ever was, and under several writers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from gate.history.history import History
from gate.history.store import MIGRATIONS, NEWEST, RESULT, VERSIONS, open_store
from tests.gate.history.databases import missing, postgres
from tests.gate.history.samples import START, entry

SCHEMAS = [step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
WRITER = """
import sys
from pathlib import Path
from gate.history.history import History
from tests.gate.history.samples import entry
first = int(sys.argv[2])
print(History.at(sys.argv[1], Path(sys.argv[3])).remember([entry(first + one) for one in range(50)]).trouble)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if lacks := missing():
        pytest.skip(lacks)
    with postgres(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.sqlite'}"
    found: str = request.getfixturevalue("server")
    engine = sa.create_engine(found)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS result, alembic_version")
    engine.dispose()
    return found


def runs_in(url: str) -> list[str]:
    with open_store(url) as store:
        return [one.run for one in store.entries()]


def test_each_database_gives_back_what_it_took(url: str, tmp_path: Path) -> None:
    history = History.at(url, tmp_path)

    assert history.remember([entry(1), entry(0), entry(0)]).added == 2
    assert history.remember([entry(1), entry(2)]).added == 1
    with open_store(url) as store:
        assert list(store.entries()) == [entry(0), entry(1), entry(2)]
        assert [point.build for point in store.series()[START]] == [entry(number).build for number in range(3)]
        assert store.series("no such") == {}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_history_of_each_older_schema_is_brought_up_to_date_with_all_it_holds(schema: str, url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
        columns = {one["name"] for one in sa.inspect(connection).get_columns("result")}
        old = entry(0)
        row = {**old.as_json(), "measured": old.measured, "median": old.median, "rounds": "[0.1, 0.101, 0.099]"}
        connection.execute(RESULT.insert(), {name: value for name, value in row.items() if name in columns})
    engine.dispose()

    with open_store(url) as store:
        assert [one.run for one in store.entries()] == ["run-0"]
        assert store.add([entry(1)]) == 1


def test_the_store_knows_the_newest_schema() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


def test_a_history_of_a_newer_pocketgate_is_left_alone_and_loses_nothing(url: str, tmp_path: Path) -> None:
    History.at(url, tmp_path).remember([entry(0)])
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.update(VERSIONS).values(version_num="9999"))

    found = History.at(url, tmp_path).remember([entry(1)])

    assert "written by a newer pocketgate" in (found.trouble or "")
    with engine.begin() as connection:
        connection.execute(sa.update(VERSIONS).values(version_num=NEWEST))
    engine.dispose()
    assert History.at(url, tmp_path).remember([entry(2)]).merged == 1
    assert runs_in(url) == ["run-0", "run-1", "run-2"]


def test_runs_that_end_at_the_same_time_lose_nothing(url: str, tmp_path: Path) -> None:
    """Whoever is locked out keeps its results beside the history, and the next run merges them."""
    place = url.removeprefix("sqlite:///")
    writers = [
        subprocess.Popen(
            (sys.executable, "-c", WRITER, place, str(100 * number), str(tmp_path)),
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            stdout=subprocess.PIPE,
        )
        for number in range(2)
    ]
    for one in writers:
        one.communicate(timeout=60)
    History.at(place, tmp_path).remember([entry(999)])

    assert [one.returncode for one in writers] == [0, 0]
    assert sorted(runs_in(url)) == [*sorted(f"run-{100 * k + one}" for k in range(2) for one in range(50)), "run-999"]
