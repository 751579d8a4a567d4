"""The command line: exit codes and JSON are promises to scripts; see docs."""

import json
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from jinja2 import UndefinedError
from typer.exceptions import TyperException

from drivers.app_file import apps_of
from faults import BenchFault, SetupError, UsageError
from gate.claims import refuse_unknown_claims
from gate.coverage import checks
from gate.doctor import examine
from gate.endpoints import described_lab
from gate.lab import Order, running_lab
from gate.ledger import LEDGER
from gate.phones import MODELS, phones_of, several
from gate.programs import ROOT, app_build
from gate.proof import known_defects
from gate.proof import prove as prove_defects
from gate.report import write_report
from gate.run import INTERRUPTED, Bench, run_gate
from gate.rundir import Plan, RunDir, read_object, write_object
from gate.summary import described, show_diagnoses, show_proof, show_summary, terminal
from gate.verdict import BLOCKED, Verdict

USAGE = 2
CTRL_C = 130  # what typer makes of KeyboardInterrupt

app = typer.Typer(
    help="Decides whether a build of a mobile app may ship.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
testbed = typer.Typer(help="The stand-ins for phones, tenant and network, for use by hand.", no_args_is_help=True)
app.add_typer(testbed, name="testbed")

PhoneOption = Annotated[list[str] | None, typer.Option("--phone", metavar="NAME", help="A phone; may be repeated.")]
AppOption = Annotated[
    list[Path] | None,
    typer.Option("--app", metavar="FILE", help="App file, one a platform; default: the reference app."),
]
ClaimOption = Annotated[
    list[str] | None,
    typer.Option("--claim", metavar="C08", help="Only this claim, and no benchmarks; may be repeated."),
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the folder of the run is made.")]


@app.command()
def run(
    phone: PhoneOption = None, app_file: AppOption = None, claim: ClaimOption = None, out: OutOption = Path("artifacts")
) -> None:
    """Judge an app. Exit 0: every claim held; 1: one is broken; 2: wrong usage; 3: not all could be looked at."""
    claims = tuple(dict.fromkeys(claim or ()))
    refuse_unknown_claims(claims, LEDGER)
    plan = Plan(("pocketgate", *sys.argv[1:]), phones_of(phone or []), apps_of(app_file or []), claims)
    folder = RunDir.create(out, plan)
    verdict = run_gate(plan, folder)
    show_summary(verdict, folder, terminal())
    raise typer.Exit(verdict.exit)


@app.command()
def prove(
    defect: Annotated[
        list[str] | None, typer.Option("--defect", metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    phone: PhoneOption = None,
    claim: ClaimOption = None,
    out: OutOption = Path("artifacts"),
) -> None:
    """Judge each seeded defect and the clean twin; writes proof.json. Exit 0: all caught, no false alarm."""
    defects, phones = known_defects(defect or []), phones_of(phone or [])
    refuse_unknown_claims(claims := tuple(dict.fromkeys(claim or ())), LEDGER)
    out.mkdir(parents=True, exist_ok=True)

    def judge(apps: Mapping[str, Path]) -> Verdict:
        plan = Plan(("pocketgate", *sys.argv[1:]), phones, apps, claims)
        verdict = run_gate(plan, RunDir.create(out, plan), Bench(stages=("suites",)))
        if any(trouble.startswith(INTERRUPTED) for trouble in verdict.troubles):
            raise KeyboardInterrupt
        return verdict

    with tempfile.TemporaryDirectory() as apps:
        proof = prove_defects(defects, phones, Path(apps), judge)
    write_object(out / "proof.json", proof.as_json())
    show_proof(proof, terminal())
    typer.echo(out / "proof.json")
    raise typer.Exit(proof.exit)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, or artifacts/latest.")],
) -> None:
    """Build the report of a run anew from its verdict.json and its evidence."""
    run_dir = RunDir(folder.resolve())
    if not run_dir.verdict.is_file():
        msg = f"{folder}: no verdict.json there; give the folder of a run, for example artifacts/latest"
        raise UsageError(msg)
    try:
        write_report(read_object(run_dir.verdict), run_dir)
    except (ValueError, KeyError, UndefinedError) as error:
        msg = f"{run_dir.verdict} is no verdict of pocketgate ({error})"
        raise UsageError(msg) from error
    typer.echo(run_dir.report)


@app.command()
def claims(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[C12]...", help="Default: all that have a check.")] = None,
) -> None:
    """Show claims by their numbers: text, standards, the checks that decide them, the defects that prove these."""
    refuse_unknown_claims(ids or [], LEDGER)
    decided, defects = checks(), known_defects()
    for claim in LEDGER:
        if claim.id in (ids or decided):
            typer.echo(described(claim, decided.get(claim.id, ()), [one for one in defects if one.claim == claim.id]))


@app.command()
def doctor() -> None:
    """Say what this machine lacks, with the command that mends it. Exit 0: nothing; 3: something."""
    found = examine()
    show_diagnoses(found, terminal())
    raise typer.Exit(BLOCKED if any(one.mend for one in found) else 0)


@testbed.command()
def build(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    defect: Annotated[str | None, typer.Option("--defect", metavar="NAME", help="A seeded defect to build in.")] = None,
    platform: Annotated[
        list[str] | None, typer.Option("--platform", metavar="NAME", help="Default: all of them.")
    ] = None,
) -> None:
    """Build the reference app and print the path of its file; `pocketgate testbed defects` lists the defects."""
    out.mkdir(parents=True, exist_ok=True)
    for one in platform or [model.platform for model in MODELS]:
        done = subprocess.run(app_build(one, out.resolve(), defect), cwd=ROOT, check=False)
        if done.returncode != 0:
            raise typer.Exit(done.returncode)


@testbed.command("defects")
def list_defects() -> None:
    """List the seeded defects: name, the claim each one breaks, and what the defective app does."""
    for one in known_defects():
        typer.echo(f"{one.name:32} {one.claim:4} {one.what}")


@testbed.command()
def up(
    android: Annotated[int, typer.Option("--android", min=0, max=8, metavar="N", help="How many phones.")] = 1,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when all is ready.")] = False,
    app_file: AppOption = None,
    out: OutOption = Path("artifacts"),
) -> None:
    """Start all stand-ins, print where they are, and run until Ctrl-C."""
    names = several("virtual-android", android)
    if not names:
        raise UsageError("no phone was asked for; give --android N")
    apps = apps_of(app_file or [])
    folder = RunDir.create(out, Plan(("pocketgate", *sys.argv[1:]), names, apps))
    with running_lab(Order(folder, names, apps)) as lab:
        typer.echo(json.dumps(described_lab(lab.endpoints), indent=None if as_json else 2))
        try:
            lab.died.wait()
        except KeyboardInterrupt:
            return
        raise BenchFault(lab.death.words if lab.death else "the lab died")


def main() -> None:
    """Entry point; whoever types something wrong gets one line and exit 2, not a stack trace.

    A fault of pocketgate itself shows its stack trace and is exit 3: Python's own 1 would say that a claim is broken.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        _die(error.format_message(), USAGE)
    except UsageError as error:
        _die(error, USAGE)
    except (BenchFault, SetupError) as error:
        _die(error, BLOCKED)
    except Exception:  # noqa: BLE001 -- nothing that is unforeseen may pass for a verdict
        traceback.print_exc()
        _die("a fault of pocketgate itself, shown above: nothing is decided", BLOCKED)
    if code == CTRL_C:
        _die("interrupted", BLOCKED)
    sys.exit(code or 0)


def _die(error: object, code: int) -> None:
    typer.echo(f"pocketgate: {error}", err=True)
    sys.exit(code)
