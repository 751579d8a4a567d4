"""How long the app's own questions to its own database take."""

import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import apsw
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.database import cost_of, pulled_database
from drivers.phone import Phone

QUERIES = tomllib.loads(Path(__file__).with_name("queries.toml").read_text(encoding="utf-8"))["query"]
ROUNDS = 200


@pytest.fixture(scope="module")
def database(signed_in: Phone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    signed_in.stop_app()
    connection = apsw.Connection(str(pulled_database(signed_in.storage(), tmp_path_factory.mktemp("pulled"))))
    yield connection
    connection.close()


@pytest.mark.benchmark(group="query")
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: str(query["name"]))
def bench_query(database: apsw.Connection, query: dict[str, str], benchmark: BenchmarkFixture, phone: Phone) -> None:
    """Wall time on this machine, and the counts that do not depend on it."""
    cost = cost_of(database, query["sql"])
    benchmark.extra_info |= {"unit": "s", "clock": "host", "phone": phone.name, **asdict(cost)}

    benchmark.pedantic(lambda: list(database.execute(query["sql"])), rounds=ROUNDS, iterations=1, warmup_rounds=5)

    assert cost.rows > 0
