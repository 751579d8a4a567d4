"""A run folder, and a supervisor of tiny stand-in processes."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate.roster import Roster
from gate.rundir import Plan, RunDir
from gate.service import Program
from gate.supervise import Supervisor

READY = "print('{\"port\": 7}', flush=True); "
WAIT = "import signal; signal.pause()"


@pytest.fixture(autouse=True)
def outside_xdist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions started by these tests are no workers: pytest-benchmark measures nothing where this is set."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir.create(tmp_path / "artifacts", Plan(("pocketgate", "run"), ("virtual-android",)))


@pytest.fixture
def supervisor(run: RunDir, scratch: Path) -> Iterator[Supervisor]:
    roster = Roster.open("a-run", scratch)
    with Supervisor(run.logs, run.deaths, roster) as supervisor:
        yield supervisor
    roster.close()


@pytest.fixture
def stand_in() -> Callable[..., Program]:
    """A Python one-liner in the place of a server."""

    def make(name: str, code: str = READY + WAIT, limit: float = 20.0) -> Program:
        return Program(name, (sys.executable, "-I", "-S", "-c", code), limit=limit)

    return make
