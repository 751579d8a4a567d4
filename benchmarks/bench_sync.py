"""How fast the records arrive on the phone: all of them, and those that changed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.blocks import Build, Measured, Round, measure
from benchmarks.builds import LONGEST, Builds
from benchmarks.clock import PhoneClock
from benchmarks.networks import NETWORKS
from benchmarks.settings import read_settings
from benchmarks.syncs import BYTES, REPEATED, REQUESTS, ROWS, SECONDS, Wire, catch_up, mark_of, round_of, waterfall
from benchmarks.tell import tell
from drivers.phone import Phone
from drivers.tenant import Account, Tenant
from faults import CapabilityMissing
from scenarios.sign_in import SYNC_LIMIT, refresh_all
from traffic.control import RecorderControl
from traffic.exchanges import Recording

pytestmark = pytest.mark.timeout(LONGEST)
SLOWEST = 600.0  # seconds that a sync may take on the slowest network


@dataclass(frozen=True, slots=True)
class SyncCase:
    """`changed` is the percentage of records that changed since the last sync, None for a phone that has none yet."""

    network: str
    changed: float | None

    def __str__(self) -> str:
        what = "first sync" if self.changed is None else f"{self.changed:g} % changed"
        return what if NETWORKS[self.network] is None else f"{what} on {self.network}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sync_case" in metafunc.fixturenames:
        settings = read_settings(metafunc.config.getoption("bench_settings")).sync
        cases = [SyncCase(network, one) for network in settings.networks for one in (None, *settings.changed_percent)]
        metafunc.parametrize("sync_case", cases, ids=str, indirect=True, scope="module")


@dataclass(slots=True)
class SyncRounds:
    """Syncs of one kind; each finds on the phone what the one before it brought."""

    builds: Builds
    phone: Phone
    case: SyncCase
    change: Callable[[float], object]
    wire: Wire
    finished: re.Pattern[str]
    asked_before: set[str] = field(default_factory=set)
    drawn: list[dict[str, str | float | int]] = field(default_factory=list)
    _build: Build = Build.CANDIDATE

    def begin(self, build: Build) -> None:
        self._build = build
        self.builds.put_on_with_state(build)
        catch_up(self.phone, self.finished)

    def take(self) -> Round:
        if self.case.changed:
            self.change(self.case.changed)
        mark, began = self.phone.mark_log(), self.wire.mark()
        self._synchronise()
        found = self.phone.await_log(self.finished, mark, SLOWEST if NETWORKS[self.case.network] else SYNC_LIMIT)
        seen = self.wire.between(began, self.wire.mark())
        if self._build is Build.CANDIDATE:
            self.drawn = waterfall(seen)
        return round_of(mark_of(found), seen, self.asked_before)

    def _synchronise(self) -> None:
        """A phone that has nothing yet fetches all; coming back to the app fetches what changed."""
        if self.case.changed is None:
            refresh_all(self.phone)
        else:
            self.phone.go_home()
            self.phone.launch()


@pytest.fixture(scope="module")
def wire(recorder: RecorderControl, recording: Recording) -> Wire:
    return Wire(recorder, recording)


@pytest.fixture(scope="module")
def sync_case(request: pytest.FixtureRequest, signed_in: Phone) -> Iterator[SyncCase]:
    case: SyncCase = request.param
    profile = NETWORKS[case.network]
    if profile is not None:
        try:
            signed_in.shape_network(profile)
        except CapabilityMissing as missing:
            pytest.skip(str(missing))
    yield case
    if profile is not None:
        signed_in.shape_network(None)


@dataclass(frozen=True, slots=True)
class TimedSyncs:
    """`drawn` are the requests of the candidate's last round."""

    measured: Measured
    drawn: list[dict[str, str | float | int]]


@pytest.fixture(scope="module")
def syncs(sync_case: SyncCase, builds: Builds, tenant: Tenant, ada: Account, wire: Wire) -> TimedSyncs:
    settings = builds.settings.sync
    rounds = SyncRounds(
        builds=builds,
        phone=builds.phone,
        case=sync_case,
        change=lambda percent: tenant.touch(ada.tenants[0], percent),
        wire=wire,
        finished=re.compile(settings.finished),
    )
    measured = measure(
        builds.schedule(settings.rounds),
        rounds.begin,
        rounds.take,
        builds.decided({SECONDS: f"bench_sync[{sync_case}]"}),
    )
    return TimedSyncs(measured, rounds.drawn)


@pytest.mark.benchmark(group="sync")
def bench_sync(
    syncs: TimedSyncs, sync_case: SyncCase, builds: Builds, phone_clock: PhoneClock, benchmark: BenchmarkFixture
) -> None:
    """From the app's first question to its last row in SQLite, by its own mark in the log."""
    facts = facts_of(syncs.measured, Build.CANDIDATE)
    benchmark.extra_info["waterfall"] = syncs.drawn
    tell(
        benchmark,
        phone_clock,
        syncs.measured,
        SECONDS,
        builds.settings.base.block,
        clock="app",
        network=sync_case.network,
        **facts,
        **builds.conditions(),
    )

    assert facts["rows"] > 0 or not sync_case.changed


def facts_of(syncs: Measured, build: Build) -> dict[str, float]:
    """Medians over the rounds; what is given by row is left out where nothing was to be fetched."""
    rows, seconds = median(syncs.of(build, ROWS)), median(syncs.of(build, SECONDS))
    requests, sent = median(syncs.of(build, REQUESTS)), median(syncs.of(build, BYTES))
    facts = {"rows": rows, "requests": requests, "bytes": sent, "repeated_gets": median(syncs.of(build, REPEATED))}
    if rows:
        facts |= {
            "rows_per_second": round(rows / seconds, 1),
            "bytes_per_row": round(sent / rows, 1),
            "requests_per_1000_rows": round(1000 * requests / rows, 2),
        }
    return facts
