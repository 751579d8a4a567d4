"""Benchmarks against a base: what they make of a verdict, and which base is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from faults import UsageError
from gate.against import Comparison, comparable, comparisons
from gate.outcomes import Kind, Outcome, Status
from gate.report.answer import answer_of
from gate.report.wording import shift
from gate.rundir import Plan, RunDir
from gate.verdict import Collected, Findings, Measure, Verdict, decide
from tests.testbed.android.apk_samples import Sample, write
from tests.testbed.build.test_app_file import built

PHONE = "virtual-android"
TEST = f"benchmarks/bench_start.py::bench_first_display[cold start-{PHONE}]"
SLOWER = Comparison("worse", shift_percent=10.2, shift_low=8.0, shift_high=12.5, base_median=0.2)
OPEN = Comparison("inconclusive", "the noise of 20 rounds hides a step of 5 %", needed_rounds=80)


def figures(candidate: float = 0.2, again: float = 0.2) -> dict[str, Any]:
    """Rounds as they come from a quiet phone with a base of 0.2 s."""
    wobble = [1 + 0.01 * ((7 * number) % 5 - 2) for number in range(20)]
    base = {"rounds": [0.2 * one for one in wobble], "again": [again * one for one in reversed(wobble)]}
    data = [candidate * one for one in wobble[3:] + wobble[:3]]
    stats = {"median": candidate, "min": min(data), "max": max(data), "rounds": 20, "data": data}
    name = TEST.split("::")[1]
    return {
        "name": name,
        "fullname": TEST,
        "stats": stats,
        "extra_info": {"phone": PHONE, "base": base, "start": "COLD"},
    }


def verdict_of(against: Comparison | None, status: Status = Status.HELD) -> Verdict:
    outcome = Outcome(TEST, Kind.BENCHMARK, (), PHONE, status, "", (), datetime(2026, 1, 1, tzinfo=UTC), 1.0)
    found = Findings(
        phones=(PHONE,),
        collected=(Collected(TEST, Kind.BENCHMARK, (), PHONE, selected=True),),
        outcomes=(outcome,),
        figures=((TEST, figures()),),
        comparisons=((TEST, against),) if against else (),
    )
    return decide(found, ())


@pytest.mark.parametrize(
    ("against", "measure", "code", "headline"),
    [
        (None, Measure.MEASURED, 0, "HELD - every benchmark was measured"),
        (Comparison("same"), Measure.SAME, 0, "HELD - every benchmark was measured"),
        (Comparison("better"), Measure.BETTER, 0, "HELD - every benchmark was measured"),
        (SLOWER, Measure.WORSE, 1, "WORSE - than the base: bench_first_display[cold start]"),
        (OPEN, Measure.INCONCLUSIVE, 3, "INCONCLUSIVE - against the base: bench_first_display[cold start]"),
    ],
)
def test_what_is_worse_fails_the_run_and_what_is_open_blocks_it(
    against: Comparison | None, measure: Measure, code: int, headline: str
) -> None:
    verdict = verdict_of(against)

    assert [one.verdict for one in verdict.benchmarks] == [measure]
    assert (verdict.exit, verdict.headline) == (code, headline)


def test_an_open_benchmark_says_why_and_how_many_rounds_it_takes() -> None:
    reason = verdict_of(OPEN).benchmarks[0].reason

    assert reason == "the noise of 20 rounds hides a step of 5 %; it would take 80 rounds of each build"


def test_a_benchmark_that_failed_is_blocked_whatever_was_compared() -> None:
    verdict = verdict_of(SLOWER, Status.BLOCKED)

    assert (verdict.benchmarks[0].verdict, verdict.exit) == (Measure.BLOCKED, 3)


def test_the_rounds_of_the_base_are_no_condition() -> None:
    assert verdict_of(SLOWER).benchmarks[0].conditions == (("start", "COLD"),)


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir.create(tmp_path, Plan(("pocketgate",), (PHONE,)))


def test_a_run_without_a_base_compares_nothing(run: RunDir) -> None:
    alone = figures()
    del alone["extra_info"]["base"]

    assert comparisons(run, {TEST: alone}) == {}


@pytest.mark.parametrize(("candidate", "verdict"), [(0.2, "same"), (0.22, "worse"), (0.18, "better")])
def test_rounds_in_turns_are_compared_with_a_self_check(candidate: float, verdict: str, run: RunDir) -> None:
    found = comparisons(run, {TEST: figures(candidate)})[TEST]

    assert (found.verdict, found.self_check) == (verdict, "the same build against itself: same")


def test_the_settings_of_the_run_say_which_step_is_promised(run: RunDir, tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text("[steps]\n'bench_first_display[cold start]' = 40.0\n")
    plan = json.loads(run.plan.read_text()) | {"bench_settings": str(settings)}
    run.plan.write_text(json.dumps(plan))

    found = comparisons(run, {TEST: figures(0.22)})[TEST]

    assert (found.verdict, found.step_percent) == ("same", 40.0)


def test_the_report_says_what_decided_where_no_claim_did() -> None:
    def said(measure: str, code: int) -> str:
        return answer_of(
            {"claims": [], "benchmarks": [{"verdict": measure}], "unchecked": [], "phones": [], "exit": code}
        ).word

    assert (said("worse", 1), said("inconclusive", 3), said("blocked", 3)) == ("WORSE", "INCONCLUSIVE", "BLOCKED")


def test_a_shift_is_told_with_its_interval() -> None:
    row = {"shift_percent": 10.24, "shift_low": 8.0, "shift_high": 12.5}

    assert shift(row) == "+10.2 % (+8.0 to +12.5)"
    assert (shift(None), shift(row | {"shift_low": None})) == ("-", "+10.2 %")


@pytest.fixture(scope="module")
def apk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    return built(home, home / "out")


def test_a_base_of_the_same_app_can_be_compared(apk: Path) -> None:
    assert comparable({"android": apk}, {"android": apk}, (PHONE,), ()) == {"android": apk}


def test_a_base_that_no_benchmark_could_use_is_refused(apk: Path) -> None:
    with pytest.raises(UsageError, match="leave out --claim"):
        comparable({"android": apk}, {}, (PHONE,), ("C08",))
    with pytest.raises(UsageError, match="the run has no such phone"):
        comparable({"android": apk}, {}, ("virtual-ios",), ())


def test_another_app_is_no_base(apk: Path, tmp_path: Path) -> None:
    other = write(Sample(), tmp_path)

    with pytest.raises(
        UsageError, match=r"its package is com\.example\.sample, that of --app is test\..*not the same app"
    ):
        comparable({"android": other}, {"android": apk}, (PHONE,), ())
