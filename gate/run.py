"""`pocketgate run`: a lab, pytest over suites and benchmarks, and a verdict whatever happens."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from faults import BenchFault, SetupError
from gate.conclusion import conclude
from gate.deaths import read_deaths
from gate.lab import Lab, Order, running_lab
from gate.programs import ROOT
from gate.rundir import Plan, RunDir, append_line
from gate.stage import Stage, run_together
from gate.verdict import Verdict

type LabMaker = Callable[[Order], AbstractContextManager[Lab]]

BENCHMARKS = "benchmarks"
QUIET = ("--no-header", "-v")
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the suites lie and how a lab is made; the defaults are the product's, tests bring their own."""

    root: Path = ROOT
    lab: LabMaker = running_lab
    options: tuple[str, ...] = ()
    stages: tuple[str, ...] = ("suites", BENCHMARKS)


def run_gate(plan: Plan, run: RunDir, bench: Bench | None = None) -> Verdict:
    """Look at all that was asked for and judge it; whatever keeps us from looking ends as blocked, not as an error."""
    bench = bench or Bench()
    try:
        with bench.lab(Order(run, plan.phones, plan.apps)) as lab:
            _run_stages(plan, run, bench, lab)
    except (BenchFault, SetupError) as fault:
        if not read_deaths(run.deaths):
            append_line(run.troubles, {"text": f"the lab did not start: {fault}"})
    except KeyboardInterrupt:
        append_line(run.troubles, {"text": f"{INTERRUPTED} at {datetime.now(UTC):%H:%M:%S} UTC"})
    return conclude(run)


def _run_stages(plan: Plan, run: RunDir, bench: Bench, lab: Lab) -> None:
    """Benchmarks only on a lab that is whole, and only when nobody asked for single claims."""
    for name in ("suites",) if plan.claims else bench.stages:
        if lab.died.is_set():
            return
        for trouble in run_together(_stages(name, plan, run, bench), lab.supervisor):
            append_line(run.troubles, {"text": trouble})


def _stages(name: str, plan: Plan, run: RunDir, bench: Bench) -> tuple[Stage, ...]:
    """Checks run on all phones side by side; what is timed runs on one after the other, so that none slows another."""
    together = name == BENCHMARKS or len(plan.phones) == 1
    groups = {name: plan.phones} if together else {f"{name}-{phone}": (phone,) for phone in plan.phones}
    claims = tuple(word for claim in plan.claims for word in ("--claim", claim))
    return tuple(
        Stage(
            title,
            bench.root,
            (
                *(name, *(word for phone in phones for word in ("--phone", phone)), *claims),
                *(_timing(plan) if name == BENCHMARKS else ()),
                *(*QUIET, *bench.options),
            ),
            {"POCKETGATE_RUN": str(run.path), "POCKETGATE_LAB": str(run.lab)},
        )
        for title, phones in groups.items()
    )


def _timing(plan: Plan) -> tuple[str, ...]:
    """What only benchmarks want to know."""
    settings = () if plan.bench_settings is None else ("--bench-settings", str(plan.bench_settings))
    return (*(word for base in plan.bases.values() for word in ("--base", str(base))), *settings)
