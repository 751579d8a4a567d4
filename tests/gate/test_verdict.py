"""The rules by which outcomes become a verdict, as a table and one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.deaths import Death
from gate.outcomes import Judgement, Kind, Outcome, Status, after_deaths
from gate.verdict import Collected, Findings, Measure, Verdict, decide

PHONE = "virtual-android"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEDGER = ("C01", "C02", "C03")
HELD, BROKEN, BLOCKED, NOT = Status.HELD, Status.BROKEN, Status.BLOCKED, Status.NOT_APPLICABLE


def check(claim: str, test: str = "test_it", *, selected: bool = True) -> Collected:
    return Collected(f"suites/test_{claim}.py::{test}", Kind.CHECK, (claim,), PHONE, selected)


def outcome(row: Collected, status: Status, reason: str = "", at: datetime = NOON) -> Outcome:
    return Outcome(row.test, row.kind, row.claims, PHONE, status, reason, (), at, 1.0)


def verdict_of(*statuses: Status, **changes: object) -> Verdict:
    """Of one claim with a check for each status."""
    rows = tuple(check("C01", f"test_{number}") for number in range(len(statuses)))
    outcomes = tuple(outcome(row, status, status.value) for row, status in zip(rows, statuses, strict=True))
    found = Findings(phones=(PHONE,), collected=rows, outcomes=outcomes)
    return decide(replace(found, **changes), LEDGER)


@pytest.mark.parametrize(
    ("statuses", "decisive", "code"),
    [
        ([HELD], HELD, 0),
        ([HELD, NOT], HELD, 0),
        ([BROKEN], BROKEN, 1),
        ([HELD, BROKEN], BROKEN, 1),
        ([BLOCKED, BROKEN], BROKEN, 1),
        ([BLOCKED], BLOCKED, 3),
        ([HELD, BLOCKED], BLOCKED, 3),
        ([NOT, BLOCKED, HELD], BLOCKED, 3),
        ([NOT], NOT, 3),
    ],
)
def test_the_worst_of_several_checks_decides(statuses: list[Status], decisive: Status, code: int) -> None:
    verdict = verdict_of(*statuses)

    assert [(one.status, one.reason) for one in verdict.claims] == [(decisive, decisive.value)]
    assert verdict.exit == code


def test_a_run_without_any_outcome_is_blocked() -> None:
    verdict = decide(Findings(phones=(PHONE,)), LEDGER)

    assert (verdict.exit, verdict.claims) == (3, ())
    assert verdict.troubles == ("nothing was looked at: no check and no benchmark ran",)


def test_a_claim_that_was_asked_for_and_has_no_check_is_blocked() -> None:
    verdict = verdict_of(HELD, chosen=("C01", "C03"))

    assert [(one.id, one.status, one.reason) for one in verdict.claims] == [
        ("C01", HELD, "held"),
        ("C03", BLOCKED, "no check ran"),
    ]
    assert verdict.exit == 3


def test_a_check_that_never_ended_blocks_its_claim() -> None:
    verdict = verdict_of(HELD, collected=(check("C01", "test_0"), check("C01", "test_lost")))

    assert [(one.status, one.reason) for one in verdict.claims] == [(BLOCKED, "the check did not run to its end")]
    assert verdict.exit == 3


def test_a_check_of_two_claims_decides_both_unless_only_one_was_asked_for() -> None:
    row = replace(check("C01"), claims=("C01", "C02"))
    found = Findings(phones=(PHONE,), collected=(row,), outcomes=(outcome(row, HELD),))

    assert [one.id for one in decide(found, LEDGER).claims] == ["C01", "C02"]
    assert [one.id for one in decide(replace(found, chosen=("C02",)), LEDGER).claims] == ["C02"]


def test_claims_without_a_check_are_listed_and_a_check_that_was_left_out_still_counts_as_one() -> None:
    verdict = verdict_of(HELD, collected=(check("C01", "test_0"), check("C02", selected=False)))

    assert verdict.unchecked == ("C03",)
    assert [one.id for one in verdict.claims] == ["C01"]


def death(seconds: float) -> Death:
    return Death("recorder", 7, NOON + timedelta(seconds=seconds), -9)


@pytest.mark.parametrize(
    ("status", "seconds", "decisive", "code"),
    [
        (HELD, 5, HELD, 3),
        (BROKEN, 5, BROKEN, 1),
        (HELD, 0.5, BLOCKED, 3),
        (BROKEN, 0.5, BLOCKED, 3),
        (NOT, 0.5, BLOCKED, 3),
    ],
)
def test_what_ended_after_a_death_counts_for_nothing(
    status: Status, seconds: float, decisive: Status, code: int
) -> None:
    verdict = verdict_of(status, deaths=(death(seconds),))

    assert (verdict.claims[0].status, verdict.exit) == (decisive, code)


def test_a_death_is_said_once() -> None:
    death = Death("phone", 7, NOON, -9)

    found = after_deaths(Judgement(Status.BLOCKED, f"setup: {death.words}"), (death,))

    assert found == Judgement(Status.BLOCKED, death.words)


def test_a_check_that_a_death_kept_from_its_end_says_so() -> None:
    verdict = verdict_of(collected=(check("C01"),), deaths=(death(0),))

    assert verdict.claims[0].reason == "the check did not run to its end: recorder died (SIGKILL) at 12:00:00 UTC"


def test_trouble_around_the_checks_blocks_a_run_in_which_all_held() -> None:
    assert verdict_of(HELD, troubles=("pytest suites died (SIGSEGV)",)).exit == 3


BENCH = Collected("benchmarks/bench_start.py::bench_cold_start", Kind.BENCHMARK, (), PHONE, selected=True)
FIGURES = {
    "stats": {"median": 0.5, "min": 0.4, "max": 0.9, "rounds": 20},
    "extra_info": {"unit": "s", "clock": "phone"},
}


@pytest.mark.parametrize(
    ("status", "figures", "measure", "reason", "code"),
    [
        (HELD, FIGURES, Measure.MEASURED, "", 0),
        (HELD, None, Measure.BLOCKED, "it ended, but left no figures", 3),
        (HELD, {"stats": {"rounds": 0}}, Measure.BLOCKED, "it ended, but left no figures", 3),
        (BLOCKED, FIGURES, Measure.BLOCKED, "why", 3),
        (NOT, None, Measure.NOT_APPLICABLE, "why", 3),
        (None, FIGURES, Measure.BLOCKED, "it did not run to its end", 3),
    ],
)
def test_a_benchmark_counts_only_with_figures(
    status: Status | None, figures: dict[str, object] | None, measure: Measure, reason: str, code: int
) -> None:
    outcomes = () if status is None else (outcome(BENCH, status, "" if status is HELD else "why"),)
    named = () if figures is None else ((BENCH.test, figures),)

    verdict = decide(Findings((PHONE,), collected=(BENCH,), outcomes=outcomes, figures=named), LEDGER)

    assert [(one.verdict, one.reason) for one in verdict.benchmarks] == [(measure, reason)]
    assert verdict.exit == code


def test_a_measured_benchmark_keeps_its_unit_and_its_conditions() -> None:
    found = Findings((PHONE,), collected=(BENCH,), outcomes=(outcome(BENCH, HELD),), figures=((BENCH.test, FIGURES),))

    (one,) = decide(found, LEDGER).benchmarks

    assert (one.name, one.median, one.low, one.high, one.unit) == ("bench_cold_start", 0.5, 0.4, 0.9, "s")
    assert (one.rounds, one.conditions) == (20, (("clock", "phone"),))


@pytest.mark.parametrize(
    ("statuses", "headline"),
    [
        ([HELD], "HELD - 1 claim: C01"),
        ([BROKEN], "BROKEN - 1 claim: C01"),
        ([BLOCKED], "BLOCKED - could not decide 1 claim: C01"),
        ([NOT], "BLOCKED - the run did not see all it had to see"),
    ],
)
def test_the_headline_is_the_answer(statuses: list[Status], headline: str) -> None:
    assert verdict_of(*statuses).headline == headline
