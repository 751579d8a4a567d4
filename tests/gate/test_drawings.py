"""What a run measured goes into its report as pictures, and into the history."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from gate.conclusion import conclude
from gate.history.of_run import history_of
from gate.history.store import open_store
from gate.outcomes import Kind, Outcome, Status, append_outcome
from gate.report.drawings import drawings
from gate.rundir import Plan, RunDir, append_line, write_object

PHONE = "virtual-android"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WATERFALL = [{"label": "GET /api", "begun": 0.0, "seconds": 0.1, "kind": "list", "size": 900}]
BENCHMARKS: dict[str, dict[str, Any]] = {
    "bench_first_display[cold start]": {"start": "COLD"},
    "bench_first_display[hot start]": {"start": "HOT"},
    "bench_sync[full]": {"network": "ideal", "waterfall": WATERFALL},
    "bench_query[1,000 rows-by name]": {"counts": {"vm_steps": 100, "page_reads": 3}},
    "bench_query[10,000 rows-by name]": {"counts": {"vm_steps": 1000, "page_reads": 4}},
}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Which build it was; reading a real one is tested elsewhere."""
    build = {"platform": "android", "file": "a.apk", "sha256": "ab" * 32, "package": "test.a", "version": "1.7"}
    monkeypatch.setattr("gate.conclusion._builds", lambda _: [build])
    return build


@pytest.fixture
def timed(run: RunDir, app: dict[str, str]) -> RunDir:  # noqa: ARG001 -- the build
    return measured(run)


def measured(run: RunDir, benchmarks: dict[str, dict[str, Any]] = BENCHMARKS) -> RunDir:
    rows = []
    for name, extra in benchmarks.items():
        test = f"benchmarks/bench_a.py::{name}"
        append_line(run.collected, {"test": test, "kind": "benchmark", "claims": [], "phone": PHONE, "selected": True})
        append_outcome(run.outcomes, Outcome(test, Kind.BENCHMARK, (), PHONE, Status.HELD, "", (), NOON, 1.5))
        stats = {"median": 0.5, "min": 0.4, "max": 0.6, "rounds": 3, "data": [0.4, 0.5, 0.6]}
        rows.append(
            {"name": name, "fullname": test, "stats": stats, "extra_info": {"unit": "s", "phone": PHONE} | extra}
        )
    write_object(run.benchmarks, {"benchmarks": rows, "datetime": NOON.isoformat()})
    return run


def test_the_report_shows_what_was_measured_and_keeps_it_as_png(timed: RunDir) -> None:
    conclude(timed)

    page = html.fromstring(timed.report.read_text().encode())
    shown = page.xpath("//figure[@class='drawing']//svg/@aria-label")
    assert shown == [
        "First display: each round of this build",
        "Sync: each round of this build",
        "Sync: full: requests of the last round",
        "Time of each query by rows in the database",
        "Steps of SQLite's machine of each query by rows in the database",
        "Pages read of each query by rows in the database",
    ]
    files = [timed.report.parent / name for name in page.xpath("//figure[@class='drawing']//a/@href")]
    assert len(files) == len(shown)
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_the_figures_go_into_the_history_with_their_build(timed: RunDir) -> None:
    conclude(timed)

    told = json.loads(timed.verdict.read_text())["history"]
    with open_store(history_of(timed).url) as store:
        entries = list(store.entries())
    assert (told["added"], told["trouble"]) == (len(BENCHMARKS), None)
    assert {one.series.benchmark for one in entries} == set(BENCHMARKS)
    assert {(one.build, one.version, one.series.phone) for one in entries} == {("ab" * 32, "1.7", PHONE)}
    assert {one.series.condition for one in entries} == {"start=COLD", "start=HOT", "network=ideal", ""}


def test_several_runs_make_a_trend_in_the_report(run: RunDir, app: dict[str, str]) -> None:  # noqa: ARG001 -- the build
    for _ in range(5):
        last = measured(RunDir.create(run.path.parent, Plan(("pocketgate", "run"), (PHONE,))), {"bench_start": {}})
        conclude(last)

    page = html.fromstring(last.report.read_text().encode())
    assert page.xpath("//figure[@class='drawing']//svg[contains(@aria-label, 'steady over 5 results')]")


def test_a_history_in_trouble_is_told_and_changes_no_verdict(timed: RunDir) -> None:
    history = history_of(timed)
    assert history.file is not None
    history.file.write_text("no database " * 100)

    verdict = conclude(timed)

    told = json.loads(timed.verdict.read_text())["history"]
    assert verdict.exit == 0
    assert "not a database" in told["trouble"]
    assert len(list(history.beside.glob("*.json"))) == 1
    assert "The history did not take these figures" in timed.report.read_text()


def test_a_run_that_timed_nothing_has_no_pictures_and_no_history(run: RunDir) -> None:
    conclude(run)

    verdict = json.loads(run.verdict.read_text())
    assert verdict["history"] is None
    assert drawings(verdict, run) == []
    assert not (run.path.parent / "history.sqlite").exists()


def test_a_benchmark_that_was_blocked_is_not_remembered(timed: RunDir) -> None:
    test = "benchmarks/bench_a.py::bench_sync[full]"
    append_outcome(timed.outcomes, Outcome(test, Kind.BENCHMARK, (), PHONE, Status.BLOCKED, "no", (), NOON, 1.5))
    lines = timed.outcomes.read_text().splitlines(keepends=True)
    timed.outcomes.write_text("".join([*lines[:2], *lines[3:]]))

    conclude(timed)

    assert json.loads(timed.verdict.read_text())["history"]["added"] == len(BENCHMARKS) - 1
