"""The command line: exit codes and JSON are promises to scripts; see docs."""

import errno
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
from gate.apps import apps_for
from gate.claims import refuse_unknown_claims
from gate.config import use_config
from gate.coverage import checks
from gate.doctor import examine
from gate.endpoints import described_lab
from gate.lab import Order, running_lab
from gate.ledger import LEDGER
from gate.phones import MODELS, VIRTUAL_ANDROID, VIRTUAL_IOS, phones_for, phones_of, several
from gate.programs import ROOT, app_build
from gate.proof import known_defects
from gate.proof import prove as prove_defects
from gate.report import write_report
from gate.rundir import Plan, RunDir, made, read_object, write_object
from gate.summary import described, show_diagnoses, show_proof, show_summary, terminal
from gate.verdict import BLOCKED, Verdict

USAGE = 2
MENDED_ELSEWHERE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
"""A disk that is full or may not be written: for whoever owns the machine."""
CTRL_C = 130  # what typer makes of KeyboardInterrupt

app = typer.Typer(
    help="Decides whether a build of a mobile app may ship.\n\nExit codes: 0 yes, 1 no, 2 typed wrong, 3 not decided.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
testbed = typer.Typer(help="The stand-ins for phones, tenant and network, for use by hand.", no_args_is_help=True)
app.add_typer(testbed, name="testbed")

PhoneOption = Annotated[
    list[str] | None,
    typer.Option(
        "--phone",
        metavar="NAME",
        help="virtual-android, virtual-ios, a serial, avd:NAME or a name of --config; may be repeated.",
    ),
]
AppOption = Annotated[
    list[Path] | None,
    typer.Option("--app", metavar="FILE", help="App file, one a platform; default: the reference app on both."),
]
ClaimOption = Annotated[
    list[str] | None,
    typer.Option("--claim", metavar="C08", help="Only this claim, and no benchmarks; may be repeated."),
]
BaseOption = Annotated[
    list[Path] | None,
    typer.Option("--base", metavar="FILE", help="App file that benchmarks are compared with, one a platform."),
]
BenchSettingsOption = Annotated[
    Path | None,
    typer.Option("--bench-settings", metavar="FILE", help="What is timed and how often, see benchmarks/settings.toml."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The lab's phones, app and controls (TOML); `pocketgate init` writes one."
    ),
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the folder of the run is made.")]


@app.command()
def run(  # noqa: PLR0913 -- one parameter an option
    *,
    phone: PhoneOption = None,
    app_file: AppOption = None,
    claim: ClaimOption = None,
    out: OutOption = Path("artifacts"),
    base: BaseOption = None,
    bench_settings: BenchSettingsOption = None,
    config: ConfigOption = None,
) -> None:
    """Judge an app. Exit 0: all held, nothing worse; 1: one broken or worse; 2: wrong usage; 3: not all decided."""
    from benchmarks.settings import read_settings  # noqa: PLC0415 -- what drives phones takes long to load
    from gate.against import comparable  # noqa: PLC0415 -- see above
    from gate.run import run_gate  # noqa: PLC0415 -- see above

    use_config(config)
    claims = tuple(dict.fromkeys(claim or ()))
    refuse_unknown_claims(claims, LEDGER)
    apps = apps_for(app_file or [], phone or [])
    phones = phones_for(phone or [], apps)
    bases = comparable(apps_of(base or []), apps, phones, claims)
    if bench_settings is not None:
        read_settings(bench_settings)
        bench_settings = bench_settings.resolve()
    plan = Plan(("pocketgate", *sys.argv[1:]), phones, apps, claims, bases, bench_settings)
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
    from gate.run import INTERRUPTED, Bench, run_gate  # noqa: PLC0415 -- what drives phones takes long to load

    defects, phones = known_defects(defect or []), phones_of(phone or [])
    refuse_unknown_claims(claims := tuple(dict.fromkeys(claim or ())), LEDGER)
    made(out)

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
    """Build the report of a run anew."""
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
    ids: Annotated[list[str] | None, typer.Argument(metavar="C12", help="Default: all that have a check.")] = None,
) -> None:
    """Show claims by their numbers.

    Their text, the standards behind it, the checks that decide them, the defects that prove these.
    """
    refuse_unknown_claims(ids or [], LEDGER)
    decided, defects = checks(), known_defects()
    for claim in LEDGER:
        if claim.id in (ids or decided):
            typer.echo(described(claim, decided.get(claim.id, ()), [one for one in defects if one.claim == claim.id]))


@app.command()
def audit(
    capture: Annotated[Path, typer.Argument(metavar="CAPTURE", help="A .har, .mitm or .pcap(ng) file.")],
    *,
    secrets: Annotated[
        Path | None, typer.Option("--secrets", metavar="FILE", help="Known secrets: JSON, or kind,value,allowed hosts.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Where each kind may go, instead of policy.toml."),
    ] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a capture from elsewhere. Exit 0: all promises held; 1: one is broken; 3: not all could be judged."""
    from gate.audit import audited, show_audit, write_audit_sarif  # noqa: PLC0415 -- readers of captures take long to load

    found = audited(capture, secrets, policy)
    if sarif is not None:
        write_audit_sarif(found, sarif)
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        show_audit(found, terminal())
    raise typer.Exit(found.exit)


@app.command("compare")
def compare_files(
    base: Annotated[Path, typer.Argument(metavar="BASE.json", help="pytest-benchmark's file of the base build.")],
    candidate: Annotated[Path, typer.Argument(metavar="CANDIDATE.json", help="That of the build to be judged.")],
    *,
    step: Annotated[float, typer.Option(metavar="PERCENT", help="The change that has to be seen.")] = 5.0,
    across_machines: Annotated[bool, typer.Option("--across-machines", help="The files' machines may differ.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two benchmark files. Exit 0: nothing is worse; 1: something is; 3: something is inconclusive."""
    from gate import comparison  # noqa: PLC0415 -- scipy takes longer to load than the other commands take to start

    found = comparison.compare_files(base, candidate, step, across_machines=across_machines)
    if as_json:
        typer.echo(json.dumps(comparison.as_json(found)))
    else:
        comparison.show_comparison(found, terminal())
    raise typer.Exit(comparison.exit_of(found))


@app.command()
def load(  # noqa: PLR0913 -- one parameter an option
    *,
    users: Annotated[int, typer.Option("--users", min=1, metavar="N", help="Simulated phones.")] = 100,
    rate: Annotated[float, typer.Option("--rate", min=0.1, metavar="N", help="New ones a second.")] = 10.0,
    time: Annotated[str, typer.Option("--time", metavar="90s|10m", help="How long.")] = "60s",
    workers: Annotated[int, typer.Option("--workers", min=1, metavar="K", help="Processes that share them.")] = 1,
    master: Annotated[int, typer.Option("--master", metavar="PORT", help="Wait here for workers elsewhere.")] = 0,
    worker: Annotated[str, typer.Option("--worker", metavar="HOST:PORT", help="Join that master.")] = "",
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Whom to call (JSON); default: a reference cloud of its own."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="For CSV and HTML.")] = Path("artifacts/load"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Load a tenant. Exit 0: every answer good; 1: some failed; 2: wrong usage; 3: not the load that was asked for."""
    from benchmarks.load.drive import Load  # noqa: PLC0415 -- only here
    from gate.load import load as run_load  # noqa: PLC0415 -- only here
    from gate.load import show_load  # noqa: PLC0415 -- only here

    found = run_load(Load(users, rate, time, workers, master, worker), config, out)
    if found is None:
        return
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        show_load(found, out, terminal())
    raise typer.Exit(found.exit)


@app.command()
def trend(  # noqa: PLR0913 -- each is an option that people type
    history: Annotated[
        str, typer.Option("--history", metavar="URL", envvar="POCKETGATE_HISTORY", help="A file or a database's URL.")
    ] = "artifacts/history.sqlite",
    benchmark: Annotated[str | None, typer.Option("--benchmark", metavar="NAME", help="Only those named so.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where trend.html is written.")] = None,
    *,
    png: Annotated[bool, typer.Option("--png", help="Write the pictures as PNG as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    files: Annotated[
        list[Path] | None, typer.Option("--import", metavar="FILE", help="Add a file of another tool first.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write pytest-benchmark's JSON of --build.")
    ] = None,
    build: Annotated[str | None, typer.Option("--build", metavar="NAME", help="Of --import and --export.")] = None,
) -> None:
    """Show what became slower or faster, and since which build. Exit 0: read; 2: no history; 3: not readable."""
    from gate.history.command import Asked, run_trend  # noqa: PLC0415 -- scipy, SQLAlchemy and matplotlib take seconds

    run_trend(Asked(history, benchmark, out, tuple(files or ()), export, build, png=png), terminal(), as_json=as_json)


@app.command()
def doctor() -> None:
    """Say what this machine lacks, with the command that mends it. Exit 0: nothing; 3: something."""
    found = examine()
    show_diagnoses(found, terminal())
    raise typer.Exit(BLOCKED if any(one.mend and one.needed for one in found) else 0)


@app.command()
def init(
    app_file: Annotated[
        list[Path] | None,
        typer.Option("--app", metavar="FILE", help="The app to be judged, an .apk or an .ipa; one a platform."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; never over one.")] = Path(
        "pocketgate.toml"
    ),
) -> None:
    """Write a configuration for a real app.

    With what can be read of the app, the phones that are plugged in, and the choices that are left, for --config.
    """
    from gate.first_config import write_first_config  # noqa: PLC0415 -- only here

    typer.echo(write_first_config(app_file or [], out))


@app.command()
def inspect(  # noqa: PLR0913 -- one parameter an option
    *,
    phone: Annotated[str, typer.Option("--phone", metavar="NAME", help="The phone, as for run.")],
    app_file: Annotated[
        Path | None,
        typer.Option(
            "--app", metavar="FILE", help="The app's file; default: --config's, on virtual phones the reference app."
        ),
    ] = None,
    config: ConfigOption = None,
    tap: Annotated[
        list[str] | None,
        typer.Option(
            "--tap",
            metavar="NAME",
            help="Tap this first: a name, STRATEGY=VALUE, or `question`: say yes to the system.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="For NAME.png and NAME.json.")] = Path(
        "artifacts/inspect"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is on a phone's screen and how to find it again. Exit 0: shown; 2: wrong usage; 3: not to be seen."""
    from gate.inspection import inspect as look  # noqa: PLC0415 -- what drives phones takes long to load
    from gate.inspection_words import show_inspection  # noqa: PLC0415 -- see above

    use_config(config)
    found = look(phone, app_file, tap or [], out)
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        show_inspection(found, terminal())


@testbed.command()
def build(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the files.")],
    defect: Annotated[
        str | None, typer.Option("--defect", metavar="NAME", help="A defect to build in; `testbed defects` lists them.")
    ] = None,
    platform: Annotated[
        list[str] | None, typer.Option("--platform", metavar="NAME", help="Default: all of them.")
    ] = None,
) -> None:
    """Build the reference app and print its path."""
    made(out)
    platforms = [model.platform for model in MODELS]
    if strange := next((one for one in platform or () if one not in platforms), None):
        msg = f"--platform {strange}: give {' or '.join(platforms)}"
        raise UsageError(msg)
    known_defects([defect] if defect else [])
    for one in platform or platforms:
        done = subprocess.run(app_build(one, out.resolve(), defect), cwd=ROOT, check=False)
        if done.returncode != 0:
            raise typer.Exit(done.returncode)


@testbed.command("defects")
def list_defects() -> None:
    """List the seeded defects.

    The name of each, the claim it breaks, and what the defective app does.
    """
    for one in known_defects():
        typer.echo(f"{one.name:32} {one.claim:4} {one.what}")


@testbed.command()
def up(  # noqa: PLR0913 -- one parameter an option
    android: Annotated[
        int | None, typer.Option("--android", min=0, max=8, metavar="N", help="How many Android phones; default: 1.")
    ] = None,
    ios: Annotated[int, typer.Option("--ios", min=0, max=8, metavar="N", help="How many iPhones.")] = 0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when all is ready.")] = False,
    phone: PhoneOption = None,
    app_file: AppOption = None,
    out: OutOption = Path("artifacts"),
) -> None:
    """Start all stand-ins, print where they are, and run until Ctrl-C."""
    asked = phones_of(phone) if phone else ()
    how_many = android if android is not None else 0 if asked else 1
    names = tuple(dict.fromkeys((*asked, *several(VIRTUAL_ANDROID, how_many), *several(VIRTUAL_IOS, ios))))
    if not names:
        raise UsageError("no phone was asked for; give --android N or --ios N")
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
    except OSError as error:
        if error.errno in MENDED_ELSEWHERE:
            _die(f"{error.filename or 'a file'}: {error.strerror}; make room for it and begin again", BLOCKED)
        _confess()
    except Exception:  # noqa: BLE001 -- nothing that is unforeseen may pass for a verdict
        _confess()
    if code == CTRL_C:
        _die("interrupted", BLOCKED)
    sys.exit(code or 0)


def _confess() -> None:
    traceback.print_exc()
    _die("a fault of pocketgate itself, shown above: nothing is decided", BLOCKED)


def _die(error: object, code: int) -> None:
    typer.echo(f"pocketgate: {error}", err=True)
    sys.exit(code)
