"""pytest's side of the gate: options, the rules of marking, and the referee that writes down each outcome."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from benchmarks.settings import read_settings
from drivers.app_file import apps_of
from faults import UsageError
from gate.against import comparable
from gate.apps import apps_for
from gate.claims import refuse_unknown_claims, unknown_claims
from gate.conclusion import conclude
from gate.ledger import LEDGER
from gate.outcomes import Kind
from gate.phones import DEFAULT, phones_for
from gate.referee import LANE, Referee, claims_of
from gate.rundir import PLAN, RUN, Plan, RunDir

FOLDERS = {"suites": Kind.CHECK, "benchmarks": Kind.BENCHMARK}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pocketgate")
    group.addoption(
        "--phone", action="append", default=[], metavar="NAME", help=f"phone to use (default {' and '.join(DEFAULT)})"
    )
    group.addoption(
        "--app",
        action="append",
        default=[],
        metavar="FILE",
        help="app file to judge (default: the reference app)",
    )
    group.addoption(
        "--base", action="append", default=[], metavar="FILE", help="app file that benchmarks are compared with"
    )
    group.addoption("--bench-settings", default=None, metavar="FILE", type=Path, help="what is timed and how often")
    group.addoption("--claim", action="append", default=[], metavar="C08", help="only the checks of this claim")


@pytest.hookimpl(tryfirst=True)  # pytest-benchmark reads its options in its own pytest_configure
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "claim(*ids): the claims of the security description that this check decides")
    try:
        refuse_unknown_claims(config.getoption("claim"), LEDGER)
        plan = config.stash[PLAN] = _plan_of(config)
        run = _run_of(config, plan)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    if run is None:
        return
    config.stash[RUN] = run
    config.pluginmanager.register(Referee(run, kind_of, plan.phones[0]), "pocketgate-referee")
    if Kind.BENCHMARK in _kinds_asked_for(config) and config.getoption("benchmark_json", None) is None:
        config.option.benchmark_json = str(run.benchmarks)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What needs a phone runs once on each."""
    if LANE in metafunc.fixturenames and kind_of(metafunc.definition) is not None:
        metafunc.parametrize(LANE, metafunc.config.stash[PLAN].phones, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A check must say what it decides; `--claim` keeps the checks of these claims."""
    wrong = [words for item in items for words in _marking_errors(item)]
    if wrong:
        raise pytest.UsageError("\n".join(wrong))
    chosen = set(config.getoption("claim"))
    if not chosen:
        return
    left = [item for item in items if chosen.isdisjoint(claims_of(item))]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """A session that nobody else will judge (plain `pytest suites`) judges itself."""
    _save_nothing_where_nothing_was_timed(session.config)
    yield
    run = session.config.stash.get(RUN, None)
    if run is None or "POCKETGATE_RUN" in os.environ:
        return
    verdict = conclude(run)
    session.exitstatus = verdict.exit
    session.config.get_terminal_writer().line(f"{verdict.headline}: {run.report}")


def _save_nothing_where_nothing_was_timed(config: pytest.Config) -> None:
    """pytest-benchmark warns then, in the last hook, where a warning that is an error ends the runner itself.

    It has no option for that (pytest_benchmark/session.py, handle_saving); the verdict says why nothing was timed.
    """
    timing = getattr(config, "_benchmarksession", None)
    if timing is not None and not timing.benchmarks:
        timing.json = None


def kind_of(item: pytest.Item) -> Kind | None:
    """What a test is by the folder it lies in; None for pocketgate's own tests."""
    place = item.path.relative_to(item.config.rootpath) if item.path.is_relative_to(item.config.rootpath) else item.path
    return FOLDERS.get(place.parts[0])


def _marking_errors(item: pytest.Item) -> Sequence[str]:
    if kind_of(item) is not Kind.CHECK:
        return ()
    claims = claims_of(item)
    if not claims:
        return (f"{item.nodeid}: decides no claim; mark it, for example @claim('C08')",)
    return [
        f"{item.nodeid}: {one} is no claim of the ledger (C01-C66, O1-O18)" for one in unknown_claims(claims, LEDGER)
    ]


def _plan_of(config: pytest.Config) -> Plan:
    """Raises UsageError for a phone that there is not, a file that is no app, or a base of nothing that is judged."""
    apps = apps_for([Path(file) for file in config.getoption("app")], config.getoption("phone"))
    command = ("pytest", *map(str, config.invocation_params.args))
    read_settings(config.getoption("bench_settings"))
    phones, claims = phones_for(config.getoption("phone"), apps), tuple(config.getoption("claim"))
    bases = comparable(apps_of([Path(file) for file in config.getoption("base")]), apps, phones, claims)
    return Plan(command, phones, apps, claims, bases, config.getoption("bench_settings"))


def _run_of(config: pytest.Config, plan: Plan) -> RunDir | None:
    """The run that started this session, or a new one where suites or benchmarks are run by hand; else None."""
    if "POCKETGATE_RUN" in os.environ:
        return RunDir(Path(os.environ["POCKETGATE_RUN"]))
    if config.option.collectonly or not _kinds_asked_for(config):
        return None
    if hasattr(config, "workerinput"):
        raise UsageError("phones are not shared out by -n: `pocketgate run` drives several side by side")
    return RunDir.create(config.rootpath / "artifacts", plan)


def _kinds_asked_for(config: pytest.Config) -> set[Kind]:
    paths = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return {kind for path in paths for name, kind in FOLDERS.items() if path.is_relative_to(config.rootpath / name)}
