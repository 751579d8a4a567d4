"""How long a person waits until the app shows something."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.clock import PhoneClock
from drivers.phone import Phone, Start
from faults import BenchFault

ROUNDS = 20


@pytest.mark.benchmark(group="start")
def bench_cold_start(signed_in: Phone, phone_clock: PhoneClock, benchmark: BenchmarkFixture) -> None:
    """Start request to first frame as `am start -W` reports it; the first round is dropped (caches of the phone)."""

    def launch() -> None:
        started = signed_in.launch_cold()
        if started.state is not Start.COLD:
            msg = f"{signed_in.name}: the start was {started.state.value}, not COLD; it cannot be counted"
            raise BenchFault(msg)
        phone_clock.count(started.seconds)

    benchmark.extra_info |= {"unit": "s", "clock": "phone", "start": Start.COLD.value, "phone": signed_in.name}

    benchmark.pedantic(launch, rounds=ROUNDS, iterations=1, warmup_rounds=1)

    assert benchmark.stats.stats.data == pytest.approx(phone_clock.reported[-ROUNDS:])
