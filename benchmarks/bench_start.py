"""How long a person waits until the app shows something, and until it shows all they came for."""

from dataclasses import dataclass

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.blocks import Build, Measured, Round, Uncounted, measure
from benchmarks.builds import LONGEST, Builds
from benchmarks.clock import PhoneClock
from benchmarks.tell import tell
from drivers.phone import Phone, Start
from faults import CapabilityMissing, EvidenceMissing

pytestmark = pytest.mark.timeout(LONGEST)
FIRST, FULL = "first display", "full display"


@dataclass(slots=True)
class StartRounds:
    """Starts of one kind; `patience` in seconds for the full display, none once the app proved never to tell it."""

    builds: Builds
    phone: Phone
    mode: Start
    patience: float
    _build: Build = Build.CANDIDATE

    def begin(self, build: Build) -> None:
        self._build = build
        self.builds.put_on_with_state(build)
        if self.mode is not Start.COLD:
            self.phone.launch_cold()

    def take(self) -> Round:
        if self.mode is Start.COLD:
            self.builds.restore(self._build)
        started = self.phone.start_app(self.mode, self.patience)
        if started.kind is not self.mode:
            kind = started.kind.value if started.kind else "of no kind that the phone names"
            raise Uncounted(f"the start was {kind}, not {self.mode.value}")
        if started.full_display is None:
            self.patience = 0.0
            return {FIRST: started.initial_display}
        return {FIRST: started.initial_display, FULL: started.full_display}


def named(mode: Start) -> str:
    return f"{mode.value.lower()} start"


@dataclass(frozen=True, slots=True)
class TimedStarts:
    measured: Measured
    block: int
    facts: dict[str, str]


@pytest.fixture(scope="module", params=tuple(Start), ids=named)
def starts(request: pytest.FixtureRequest, builds: Builds) -> TimedStarts:
    """The rounds of one kind of start, from which both benchmarks take their figure."""
    mode: Start = request.param
    settings = builds.settings.start
    names = {FIRST: f"bench_first_display[{named(mode)}]", FULL: f"bench_full_display[{named(mode)}]"}
    rounds = StartRounds(builds, builds.phone, mode, settings.full_display_seconds)
    try:
        measured = measure(builds.schedule(settings.rounds), rounds.begin, rounds.take, builds.decided(names))
    except CapabilityMissing as missing:
        pytest.skip(str(missing))
    facts = {"clock": "phone", "start": mode.value, "disk": builds.disk, **builds.conditions()}
    return TimedStarts(measured, builds.settings.base.block, facts)


@pytest.mark.benchmark(group="start")
def bench_first_display(starts: TimedStarts, phone_clock: PhoneClock, benchmark: BenchmarkFixture) -> None:
    """Start request to first frame as `am start -W` reports it, after one dropped round (caches of the phone)."""
    tell(benchmark, phone_clock, starts.measured, FIRST, starts.block, **starts.facts)


@pytest.mark.benchmark(group="start")
def bench_full_display(starts: TimedStarts, phone_clock: PhoneClock, benchmark: BenchmarkFixture) -> None:
    """Start request to the moment the app says that its content is there (`Activity.reportFullyDrawn`)."""
    if FULL not in starts.measured.figures():
        pytest.skip("the app does not say when all is shown (Activity.reportFullyDrawn)")
    if not starts.measured.of(Build.CANDIDATE, FULL):
        msg = "the app said only in some rounds when all is shown (Activity.reportFullyDrawn)"
        raise EvidenceMissing(msg)

    tell(benchmark, phone_clock, starts.measured, FULL, starts.block, **starts.facts)
