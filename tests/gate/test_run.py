"""Whole runs over a tiny project and a lab of stand-in processes."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from faults import BenchFault
from gate.lab import Lab, Order
from gate.roster import Roster
from gate.run import Bench, run_gate
from gate.rundir import Plan, write_object
from gate.service import Program
from gate.supervise import Supervisor
from gate.verdict import Verdict
from tests.gate.project import Project

PLAN = Plan(("pocketgate", "run"), ("virtual-android",))
PAIR = ("virtual-android", "virtual-android-2")
OPTIONS = ("-p", "gate.plugin", "-p", "no:cacheprovider")
SERVER = "import signal; print('{}', flush=True); signal.pause()"
HELD = "@pytest.mark.claim('C01')\ndef test_it():\n    pass\n"
KILL = "import json\n    os.kill(json.load(open(os.environ['POCKETGATE_LAB']))['pid'], signal.SIGKILL)"

type StandInLab = Callable[[Order], AbstractContextManager[Lab]]


@pytest.fixture(autouse=True)
def _no_other_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POCKETGATE_RUN", "POCKETGATE_LAB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def lab(scratch: Path) -> StandInLab:
    """One process that does nothing, supervised as the real ones are."""

    @contextmanager
    def make(order: Order) -> Iterator[Lab]:
        roster = Roster.open("stand-in", scratch)
        with Supervisor(order.run.logs, order.run.deaths, roster) as supervisor:
            service = supervisor.start(Program("recorder", (sys.executable, "-c", SERVER)))
            supervisor.ready(service)
            endpoints = {"pid": service.pid, "lanes": [], "apps": {}}
            write_object(order.run.lab, endpoints)
            yield Lab(endpoints, supervisor)
        roster.close()

    return make


def judged(project: Project, lab: StandInLab, plan: Plan = PLAN) -> Verdict:
    return run_gate(plan, project.run, Bench(project.root, lab, OPTIONS))


def test_a_run_in_which_all_held_is_exit_0(tmp_path: Path, lab: StandInLab) -> None:
    bench = "def bench_it(benchmark):\n    benchmark.pedantic(lambda: None, rounds=3)\n"
    project = Project.make(tmp_path, HELD, bench)

    verdict = judged(project, lab)

    assert (verdict.exit, verdict.troubles, verdict.deaths) == (0, (), ())
    assert [(one.name, one.rounds) for one in verdict.benchmarks] == [("bench_it", 3)]
    assert project.run.junit.exists()
    assert project.run.report.exists()
    assert "test_it" in (project.run.logs / "suites.log").read_text()


def test_single_claims_are_judged_without_benchmarks(tmp_path: Path, lab: StandInLab) -> None:
    project = Project.make(tmp_path, HELD + HELD.replace("C01", "C02").replace("test_it", "test_other"))
    plan = Plan(PLAN.command, PLAN.phones, claims=("C02",))
    write_object(project.run.plan, plan.as_json())

    verdict = judged(project, lab, plan)

    assert ([one.id for one in verdict.claims], verdict.exit) == (["C02"], 0)
    assert not (project.run.logs / "benchmarks.log").exists()


def test_checks_run_on_all_phones_at_once_and_benchmarks_on_one_after_the_other(
    tmp_path: Path, lab: StandInLab
) -> None:
    fixture = "@pytest.fixture(scope='session')\ndef lane(request):\n    return request.param\n"
    meet = f"""
    import time, pathlib
    place = pathlib.Path({str(tmp_path)!r})
    (place / lane).touch()
    until = time.monotonic() + 20
    while not all((place / name).exists() for name in {PAIR!r}) and time.monotonic() < until:
        time.sleep(0.01)
    assert time.monotonic() < until, "alone"
"""
    check = f"@pytest.mark.claim('C01')\ndef test_they_meet(lane):{meet}"
    bench = "def bench_it(lane, benchmark):\n    benchmark.pedantic(lambda: None, rounds=3)\n"
    project = Project.make(tmp_path, fixture + check, fixture + bench)
    plan = Plan(PLAN.command, PAIR)
    write_object(project.run.plan, plan.as_json())

    verdict = judged(project, lab, plan)

    assert (verdict.exit, verdict.troubles) == (0, ())
    assert [(one.id, one.phone) for one in verdict.claims] == [("C01", name) for name in PAIR]
    assert [(one.name, one.phone) for one in verdict.benchmarks] == [("bench_it", name) for name in PAIR]


def test_a_death_blocks_what_had_not_ended_and_leaves_nothing_running(tmp_path: Path, lab: StandInLab) -> None:
    text = f"@pytest.mark.claim('C02')\ndef test_it_dies():\n    {KILL}\n    signal.pause()\n"
    project = Project.make(tmp_path, HELD + text)

    verdict = judged_soon(project, lab)

    assert [(one.id, one.status.value) for one in verdict.claims] == [("C01", "held"), ("C02", "blocked")]
    assert "recorder died (SIGKILL)" in verdict.claims[1].reason
    assert (verdict.exit, [one.process for one in verdict.deaths]) == (3, ["recorder"])
    assert not (project.run.logs / "benchmarks.log").exists()


def judged_soon(project: Project, lab: StandInLab) -> Verdict:
    """With little patience for pytest after a death."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gate.stage.AFTER_DEATH", 0.5)
        return judged(project, lab)


@pytest.mark.parametrize(
    ("suites", "trouble"),
    [
        ("", "pytest suites found nothing to run"),
        ("import no_such_module\n", "pytest suites was interrupted: a module could not be read"),
        ("def test_unmarked():\n    pass\n", "pytest suites was started wrongly, or a check is marked wrongly"),
        (HELD + "    os.kill(os.getpid(), signal.SIGSEGV)\n", "pytest suites died (SIGSEGV)"),
    ],
)
def test_pytest_that_did_not_do_its_work_blocks_the_run(
    tmp_path: Path, lab: StandInLab, suites: str, trouble: str
) -> None:
    verdict = judged(Project.make(tmp_path, suites), lab)

    assert verdict.exit == 3
    assert any(one.startswith(trouble) for one in verdict.troubles), verdict.troubles


def test_a_lab_that_does_not_start_blocks_the_run_with_its_words(tmp_path: Path) -> None:
    @contextmanager
    def broken(_order: Order) -> Iterator[Lab]:
        msg = "cloud was not ready within 30 s"
        raise BenchFault(msg)
        yield  # makes it a context manager

    verdict = judged(Project.make(tmp_path, HELD), broken)

    assert verdict.exit == 3
    assert verdict.troubles[0] == "the lab did not start: cloud was not ready within 30 s"


def test_an_interrupt_ends_everything_and_is_no_pass(tmp_path: Path, lab: StandInLab) -> None:
    stop = f"os.kill({os.getpid()}, signal.SIGINT)"
    wait = f"@pytest.mark.claim('C02')\ndef test_it_waits():\n    {stop}\n    signal.pause()\n"
    project = Project.make(tmp_path, HELD + wait)
    before = set(psutil.Process().children(recursive=True))  # a lab of other tests may live in the same worker

    verdict = judged(project, lab)

    left = set(psutil.Process().children(recursive=True)) - before
    assert verdict.exit == 3
    assert verdict.troubles[0].startswith("interrupted at ")
    assert [(one.id, one.status.value) for one in verdict.claims] == [("C01", "held"), ("C02", "blocked")]
    assert [one for one in left if one.is_running()] == []


def test_no_thread_is_left_behind(tmp_path: Path, lab: StandInLab) -> None:
    before = set(threading.enumerate())

    judged(Project.make(tmp_path, HELD), lab)

    left = set(threading.enumerate()) - before
    assert [one.name for one in left if one.name.startswith(("log of", "watch "))] == []
