"""`pocketgate load`: simulated phones against a tenant, or against a reference cloud that is started for it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.load.drive import Load, drive
from benchmarks.load.summary import LoadSummary
from benchmarks.load.target import Login, Target
from faults import UsageError
from gate.lab import terminable
from gate.programs import cloud
from gate.roster import Roster, reap
from gate.service import Answer
from gate.supervise import Supervisor

CLIENT, REDIRECT = "pocket-mobile", "test.superoffice.pocket:/signed-in"


def load(wanted: Load, config: Path | None, out: Path) -> LoadSummary | None:
    """Drive the load and keep Locust's CSV and HTML in `out`; None for a worker."""
    if wanted.worker and config is None:
        raise UsageError("--worker: give the --config that the master has, so that the phones know whom to call")
    out.mkdir(parents=True, exist_ok=True)
    if config is not None:
        Target.read(config)
        return drive(wanted, config.resolve(), out.resolve())
    with _reference_cloud(out) as target:
        file = out.resolve() / "target.json"
        target.write(file)
        return drive(wanted, file, out.resolve())


@contextmanager
def _reference_cloud(out: Path) -> Iterator[Target]:
    reap()
    with ExitStack() as stack:
        stack.enter_context(terminable())
        roster = Roster.open(f"load-{os.getpid()}")
        stack.callback(roster.close)
        supervisor = stack.enter_context(Supervisor(out, out / "deaths.jsonl", roster))
        yield target_of(supervisor.ready(supervisor.start(cloud("load", roster.folder / "cloud"))))


def target_of(answer: Answer) -> Target:
    """A reference cloud by its ready line: every person who signs in by a password, in each of their tenants."""
    headers = {"Authorization": f"Bearer {answer['admin_token']}"}
    rows = httpx.get(f"{answer['admin']}/accounts", headers=headers, trust_env=False).raise_for_status().json()
    return Target(
        super_id=f"https://{answer['services']['superid']}",
        central=f"https://{answer['services']['central']}",
        client_id=CLIENT,
        redirect_uri=REDIRECT,
        logins=tuple(
            Login(row["email"], row["password"], tenant)
            for row in rows
            if "@" in row["email"] and not row["identity_provider"] and not row["second_factor"]
            for tenant in row["tenants"]
        ),
        domain=answer["domain"],
        port=answer["port"],
        ca=answer["ca"],
    )


def show_load(found: LoadSummary, out: Path, console: Console) -> None:
    """One row a kind of request, then the faults by kind."""
    table = Table("request", "n", "failed", "p50 ms", "p95 ms", "p99 ms", "per s", box=None, pad_edge=False)
    for row in (*found.rows, found.total):
        figures = (f"{one:g}" for one in (row.median, row.p95, row.p99))
        table.add_row(row.name, str(row.requests), str(row.failures), *figures, f"{row.per_second:.1f}")
    console.print(table)
    console.print(f"{found.signed_in} of {found.users} phones finished their sign-in", highlight=False)
    for fault in found.faults:
        console.print(f"{fault.times} times {fault.name}: {fault.kind}", markup=False, highlight=False)
    for doubt in found.doubts:
        console.print(f"inconclusive: {doubt}", style="yellow", markup=False, highlight=False)
    console.print(str(out / "load.html"), soft_wrap=True, highlight=False, markup=False)
