"""What the app's own questions to its own database cost, over the data that it keeps and over much more."""

import re
import time
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import apsw
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.blocks import Build, Measured
from benchmarks.builds import Builds
from benchmarks.clock import PhoneClock
from benchmarks.database import Values, cost_of, pulled_database
from benchmarks.growth import grown
from benchmarks.settings import read_settings
from benchmarks.tell import tell
from drivers.phone import Phone
from faults import CapabilityMissing, UsageError

LONGEST = 0.5  # seconds that all rounds of one query may take together
FEWEST = 3
SECONDS = "seconds"
PARAMETER = re.compile(r":([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Query:
    name: str
    sql: str
    values: Values

    def __str__(self) -> str:
        return self.name


def queries_in(file: Path) -> tuple[Query, ...]:
    """Raises UsageError for a file that does not say what queries.toml says."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["query"]
        return tuple(Query(str(row["name"]), str(row["sql"]), dict(row.get("values", {}))) for row in rows)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as trouble:
        msg = f"{file}: cannot be read as queries, each a [[query]] with name, sql and values: {trouble!r}"
        raise UsageError(msg) from trouble


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    settings = read_settings(metafunc.config.getoption("bench_settings"))
    if "data" in metafunc.fixturenames:
        sizes = settings.query.rows
        metafunc.parametrize("data", sizes, ids=lambda rows: f"{rows:,} rows", indirect=True, scope="module")
    if "query" in metafunc.fixturenames:
        metafunc.parametrize("query", queries_in(settings.query_file), ids=str)


@pytest.fixture(scope="module")
def pulled(signed_in: Phone, builds: Builds, tmp_path_factory: pytest.TempPathFactory) -> dict[Build, Path]:
    """The database of each build as it filled it itself."""
    found = {}
    for build in builds.turns:
        builds.put_on_with_state(build)
        found[build] = pulled_database(signed_in.storage(), tmp_path_factory.mktemp("pulled"))
    return found


@pytest.fixture(scope="module")
def data(
    request: pytest.FixtureRequest, pulled: dict[Build, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[Build, Path]:
    folder = tmp_path_factory.mktemp("grown")
    return {build: grown(path, folder / build.value / "app.db", request.param) for build, path in pulled.items()}


@pytest.fixture(scope="module")
def conditions(builds: Builds) -> Mapping[str, str]:
    return builds.conditions()


@pytest.mark.benchmark(group="query")
def bench_query(
    data: dict[Build, Path],
    query: Query,
    builds: Builds,
    conditions: Mapping[str, str],
    benchmark: BenchmarkFixture,
) -> None:
    """Wall time on this machine, and the counts that do not depend on it, which alone decide."""
    costs = {build: asdict(cost_of(path, query.sql, query.values)) for build, path in data.items()}
    benchmark.extra_info |= {"unit": "s", "clock": "host", **conditions, "counts": costs[Build.CANDIDATE]}
    if Build.BASE in costs:
        benchmark.extra_info["base"] = {"counts": costs[Build.BASE]}
    database = apsw.Connection(str(data[Build.CANDIDATE]), flags=apsw.SQLITE_OPEN_READONLY)

    benchmark.pedantic(
        lambda: list(database.execute(query.sql, query.values)),
        rounds=_rounds(database, query, builds.settings.query.rounds),
        iterations=1,
        warmup_rounds=1,
    )

    database.close()
    assert costs[Build.CANDIDATE]["plan"]


def _rounds(database: apsw.Connection, query: Query, wanted: int) -> int:
    """As many as fit into a while, after one that tells how long they take."""
    began = time.perf_counter()
    list(database.execute(query.sql, query.values))
    return max(FEWEST, min(wanted, int(LONGEST / max(time.perf_counter() - began, 1e-6))))


@pytest.mark.benchmark(group="query on the phone")
def bench_query_on_the_phone(  # noqa: PLR0913, PLR0917 -- fixtures
    pulled: dict[Build, Path],
    query: Query,
    signed_in: Phone,
    builds: Builds,
    conditions: Mapping[str, str],
    phone_clock: PhoneClock,
    benchmark: BenchmarkFixture,
) -> None:
    """By the phone's own sqlite3, where it has one, over the app's own data."""
    rounds = builds.settings.query.rounds
    try:
        seconds = signed_in.time_query(pulled[Build.CANDIDATE], literal(query), rounds + 1)[1:]
    except CapabilityMissing as missing:
        pytest.skip(str(missing))
    measured = Measured({Build.CANDIDATE: [{SECONDS: one} for one in seconds]})

    tell(benchmark, phone_clock, measured, SECONDS, clock="phone", **conditions)


def literal(query: Query) -> str:
    """The query with its values written into it: sqlite3's command line binds none."""
    return PARAMETER.sub(lambda found: _literal(query.values[found[1]]), query.sql)


def _literal(value: str | float | None) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
