"""verdict.json, as docs/verdict.md promises it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gate.conclusion import conclude
from gate.deaths import Death, append_death
from gate.outcomes import Kind, Outcome, Status, append_outcome
from gate.programs import ROOT
from gate.rundir import RunDir, append_line, write_object

PHONE = "virtual-android"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHAPE: dict[str, Any] = {
    "schema": int,
    "run": {"id": str, "started": str, "ended": str, "command": [str]},
    "headline": str,
    "builds": [{"platform": str, "file": str, "sha256": str, "package": str, "version": str}],
    "phones": [{"name": str, "platform": str, "serial": str, "capabilities": [str]}],
    "claims": [
        {
            "id": str,
            "phone": str,
            "status": str,
            "reason": str,
            "evidence": [str],
            "attempts": [{"test": str, "status": str, "reason": str, "started": str | None, "seconds": float}],
        }
    ],
    "benchmarks": [
        {
            "name": str,
            "phone": str,
            "verdict": str,
            "reason": str,
            "unit": str | None,
            "median": float | None,
            "low": float | None,
            "high": float | None,
            "rounds": int,
            "conditions": dict,
            "against": dict | None,
        }
    ],
    "deaths": [{"process": str, "pid": int, "at": str, "words": str}],
    "troubles": [str],
    "unchecked": [str],
    "history": dict | None,
    "exit": int,
}


def misfits(value: object, shape: Any, place: str = "verdict") -> list[str]:  # noqa: ANN401 -- a shape is data
    """Where a value has another shape than promised."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or set(value) - {"signal", "exit"} != set(shape) - {"exit"}:
            return [f"{place}: {value}"]
        return [one for key in shape for one in misfits(value[key], shape[key], f"{place}.{key}")]
    if isinstance(shape, list):
        rows = value if isinstance(value, list) else [value]
        return [one for row in rows for one in misfits(row, shape[0], f"{place}[]")]
    return [] if isinstance(value, shape) else [f"{place}: {value!r}"]


@pytest.fixture
def full(run: RunDir) -> RunDir:
    """A run with something of everything."""
    check = {"test": "suites/test_a.py::test_it", "kind": "check", "claims": ["C08"], "phone": PHONE, "selected": True}
    lost = check | {"test": "suites/test_a.py::test_lost", "claims": ["C12"]}
    bench = check | {"test": "benchmarks/bench_a.py::bench_it", "kind": "benchmark", "claims": []}
    for row in (check, lost, bench, bench | {"test": "benchmarks/bench_a.py::bench_lost"}):
        append_line(run.collected, row)
    append_outcome(run.outcomes, outcome(check["test"], Kind.CHECK, ("C08",)))
    append_outcome(run.outcomes, outcome(bench["test"], Kind.BENCHMARK, ()))
    append_line(run.troubles, {"text": "something"})
    append_death(run.deaths, Death("recorder", 7, NOON + timedelta(minutes=1), -9))
    stats = {"median": 0.5, "min": 0.4, "max": 0.6, "rounds": 3}
    figures = {"fullname": bench["test"], "stats": stats, "extra_info": {"unit": "ms", "clock": "phone"}}
    write_object(run.benchmarks, {"benchmarks": [figures]})
    phone = {
        "name": PHONE,
        "platform": "android",
        "serial": "emulator-5554",
        "capabilities": ["root"],
        "unmodelled": None,
    }
    write_object(run.lab, {"lanes": [{"phone": phone}], "apps": {}})
    return run


def outcome(test: str, kind: Kind, claims: tuple[str, ...]) -> Outcome:
    return Outcome(test, kind, claims, PHONE, Status.HELD, "", ("a note",), NOON, 1.5)


def saved(run: RunDir) -> dict[str, Any]:
    conclude(run)
    found: dict[str, Any] = json.loads(run.verdict.read_text())
    return found


def test_the_verdict_has_the_promised_shape(full: RunDir) -> None:
    assert misfits(saved(full), SHAPE) == []


def test_the_documented_example_has_that_shape_too() -> None:
    page = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert misfits(json.loads(example), SHAPE) == []


def test_a_verdict_of_another_shape_is_noticed(full: RunDir) -> None:
    verdict = saved(full)
    verdict["claims"][0]["status"] = None
    del verdict["benchmarks"][0]["unit"]

    assert len(misfits(verdict, SHAPE)) == 2


def test_it_says_what_was_found(full: RunDir) -> None:
    verdict = saved(full)

    assert [(one["id"], one["status"]) for one in verdict["claims"]] == [("C08", "held"), ("C12", "blocked")]
    assert verdict["claims"][0]["evidence"] == ["a note"]
    assert [(one["name"], one["verdict"], one["unit"]) for one in verdict["benchmarks"]] == [
        ("bench_it", "measured", "ms"),
        ("bench_lost", "blocked", None),
    ]
    assert verdict["deaths"][0]["signal"] == "SIGKILL"
    assert (verdict["troubles"], verdict["exit"]) == (["something"], 3)
    assert "C01" in verdict["unchecked"]


def test_a_run_that_left_nothing_at_all_is_blocked(tmp_path: Path) -> None:
    verdict = saved(RunDir(tmp_path))

    assert (verdict["exit"], verdict["claims"]) == (3, [])


def test_figures_that_were_cut_off_count_for_nothing(full: RunDir) -> None:
    full.benchmarks.write_text('{"benchmarks": [{"fullname": "benchm')

    assert saved(full)["benchmarks"][0]["reason"] == "it ended, but left no figures"


def test_an_outcome_that_was_cut_off_counts_for_nothing(full: RunDir) -> None:
    whole = full.outcomes.read_text()
    full.outcomes.write_text(whole[: whole.index("\n") - 20])

    assert [one["status"] for one in saved(full)["claims"]] == ["blocked", "blocked"]


def test_an_app_file_that_is_gone_is_a_trouble(full: RunDir) -> None:
    write_object(full.lab, {"lanes": [], "apps": {"android": "/nowhere/app.apk"}})

    verdict = saved(full)

    assert verdict["builds"] == []
    assert any("/nowhere/app.apk: no such file" in one for one in verdict["troubles"])


def test_a_secret_in_clear_is_a_trouble_in_all_papers_and_no_pass(run: RunDir) -> None:
    seed = "JBSWY3DPEHPK3PXP"
    check = {"test": "suites/test_a.py::test_it", "kind": "check", "claims": ["C08"], "phone": PHONE, "selected": True}
    append_line(run.collected, check)
    append_outcome(run.outcomes, outcome(check["test"], Kind.CHECK, ("C08",)))
    run.traffic.mkdir()
    append_line(run.named, {"kind": "totp_seed", "value": seed})
    clean = conclude(run)
    append_line(run.named, {"kind": "totp_seed", "value": seed})
    (run.path / "benchmarks.json").write_text(json.dumps({"machine": seed, "benchmarks": []}))

    leaking = conclude(run)

    assert (clean.exit, clean.troubles) == (0, ())
    assert leaking.exit == 3
    assert leaking.troubles[0].startswith("benchmarks.json: a totp seed stands in it in clear")
    for paper in (run.verdict, run.junit, run.findings, run.report):
        assert "benchmarks.json: a totp seed" in paper.read_text()
        assert seed not in paper.read_text()


def test_what_the_tenants_named_is_forgotten_with_the_verdict(run: RunDir) -> None:
    run.traffic.mkdir()
    append_line(run.named, {"kind": "totp_seed", "value": "JBSWY3DPEHPK3PXP"})

    conclude(run)

    assert not run.named.exists()
