"""For `benchmarks.bars.pocket`: a first synchronisation of many rows, and cold starts with very many in the cache."""

import re

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.phone import Phone, Start
from drivers.tenant import Account, ReferenceTenant
from scenarios.screens import Menu, Settings

FINISHED = re.compile(r"sync finished rows=(\d+) seconds=(\d+\.\d+)")
MANY, VERY_MANY = 12_500, 125_000  # rows of the tenant; the app keeps about four in five of them
SYNCS, STARTS = 3, 10
LIMIT = 400.0  # seconds for the largest synchronisation on a busy machine


@pytest.mark.benchmark(group="bar")
@pytest.mark.timeout(900)
def bench_large_cache(signed_in: Phone, tenant: ReferenceTenant, ada: Account, benchmark: BenchmarkFixture) -> None:
    """Rates by the app's own mark in the log; starts as the phone reports them."""
    tenant.resize(ada.tenants[0], MANY)
    rates = [fetch_all(signed_in) for _ in range(SYNCS)]
    tenant.resize(ada.tenants[0], VERY_MANY)
    largest = fetch_all(signed_in)
    starts: list[float] = []

    def start() -> None:
        starts.append(signed_in.start_app(Start.COLD, full_display_within=0).initial_display)

    benchmark.pedantic(start, rounds=STARTS, iterations=1, warmup_rounds=1)

    benchmark.extra_info |= {"first_syncs": rates, "largest": largest, "starts": starts[1:]}
    assert len(starts) == STARTS + 1


def fetch_all(phone: Phone) -> tuple[int, float]:
    """Rows and seconds of a synchronisation into an empty cache."""
    mark = phone.mark_log()
    phone.tap(Menu.SETTINGS)
    phone.tap(Settings.REFRESH_ALL)
    found = phone.await_log(FINISHED, mark, LIMIT)
    return int(found[1]), float(found[2])
