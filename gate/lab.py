"""The lab of a run: all processes that stand in for phones, tenant and network, started together and ended together."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from drivers.tools import adb_path
from faults import BenchFault, UsageError
from gate import programs
from gate.app_build import AppBuild
from gate.deaths import Death
from gate.roster import Roster, reap
from gate.rundir import RUN, RunDir, read_object, write_object
from gate.service import Answer
from gate.supervise import Supervisor

VIRTUAL_ANDROID = "virtual-android"
CAPABILITIES = ("root", "settable_clock", "camera")


@dataclass(frozen=True, slots=True)
class Order:
    """What a lab shall offer; without an app the reference app is built."""

    run: RunDir
    phones: tuple[str, ...] = (VIRTUAL_ANDROID,)
    app: Path | None = None


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab: the endpoints that lab.json holds, and the event that one of its processes died."""

    endpoints: dict[str, Any]
    supervisor: Supervisor

    @property
    def died(self) -> threading.Event:
        return self.supervisor.died

    @property
    def death(self) -> Death | None:
        return self.supervisor.death


@contextmanager
def running_lab(order: Order) -> Iterator[Lab]:
    """Start all, write lab.json, and end all afterwards, whatever happens; first ends what a killed run left.

    Raises BenchFault when a process does not become ready, with its name and the end of its log.
    """
    reap()
    with ExitStack() as stack:
        stack.enter_context(terminable())
        roster = Roster.open(f"{order.run.id}-{os.getpid()}")
        stack.callback(roster.close)
        supervisor = stack.enter_context(Supervisor(order.run.logs, order.run.deaths, roster))
        endpoints = _start(order, roster.folder, supervisor)
        stack.callback(_keep_unmodelled, order.run, endpoints)
        write_object(order.run.lab, endpoints)
        yield Lab(endpoints, supervisor)


def phones_of(names: Sequence[str]) -> tuple[str, ...]:
    """The phones that were asked for, each once; raises UsageError for a name that stands for none."""
    for name in names:
        if name != VIRTUAL_ANDROID:
            msg = f"--phone {name}: no such phone; the one that can be used is {VIRTUAL_ANDROID}"
            raise UsageError(msg)
    return tuple(dict.fromkeys(names)) or (VIRTUAL_ANDROID,)


@contextmanager
def lab_of_this_run(config: pytest.Config) -> Iterator[dict[str, Any]]:
    """The endpoints for a pytest session: those of the run that started it, else a lab of its own for as long."""
    if "POCKETGATE_LAB" in os.environ:
        with _at_home_in(read_endpoints(Path(os.environ["POCKETGATE_LAB"]))) as endpoints:
            yield endpoints
        return
    app = config.getoption("app")
    order = Order(config.stash[RUN], phones_of(config.getoption("phone")), Path(app) if app else None)
    with running_lab(order) as lab, _at_home_in(lab.endpoints) as endpoints:
        yield endpoints


@contextmanager
def _at_home_in(endpoints: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Use a lab from this process: the adb that it starts shares the lab's private HOME (keys, console token)."""
    kept = os.environ.get("HOME")
    os.environ["HOME"] = str(endpoints["adb"]["home"])
    try:
        yield endpoints
    finally:
        if kept is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = kept


def read_endpoints(path: Path) -> dict[str, Any]:
    """What lab.json says; raises BenchFault where a run promised a lab that is not there."""
    endpoints = read_object(path)
    if not endpoints:
        msg = f"{path}: no lab is described there; its run may have ended"
        raise BenchFault(msg)
    return endpoints


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM unwind the stack as SIGINT does, so that everything is ended on the way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)


def _start(order: Order, scratch: Path, supervisor: Supervisor) -> dict[str, Any]:
    if order.app is not None:
        return _start_processes(order, scratch, supervisor, order.app.resolve)
    with AppBuild(order.run.path / "apps", order.run.logs / "build.log") as building:
        return _start_processes(order, scratch, supervisor, building.path)


def _start_processes(order: Order, scratch: Path, supervisor: Supervisor, app: Callable[[], Path]) -> dict[str, Any]:
    """What needs nothing of another starts side by side; each answer is awaited where it is first needed."""
    home, adb_port, appium_port = scratch / "home", programs.free_port(), programs.free_port()
    home.mkdir()
    traffic = order.run.path / "traffic"
    traffic.mkdir()
    cloud = supervisor.start(programs.cloud(scratch / "cloud"))
    adb = supervisor.start(programs.adb_server(adb_port, home, order.run.logs))
    appium = supervisor.start(programs.appium(appium_port, adb_port, home))
    tenant = supervisor.ready(cloud)
    recorder = supervisor.start(programs.recorder(traffic, tenant))
    supervisor.ready(adb)
    phones = [supervisor.start(programs.android_phone(name, home, adb_port, tenant)) for name in order.phones]
    answers = [supervisor.ready(phone) for phone in phones]
    recorder_answer = supervisor.ready(recorder)
    supervisor.ready(appium)
    return {
        "run_dir": str(order.run.path),
        "phones": [_phone(name, answer) for name, answer in zip(order.phones, answers, strict=True)],
        "adb": {"path": str(adb_path()), "server_port": adb_port, "home": str(home)},
        "appium": f"http://127.0.0.1:{appium_port}",
        "recorder": recorder_answer,
        "cloud": tenant,
        "apps": {"android": str(app())},
        "started_at": datetime.now(UTC).isoformat(),
    }


def _phone(name: str, answer: Answer) -> dict[str, Any]:
    return {
        "name": name,
        "platform": "android",
        "serial": answer["serial"],
        "capabilities": list(CAPABILITIES),
        "unmodelled": answer.get("unmodelled"),
    }


def _keep_unmodelled(run: RunDir, endpoints: dict[str, Any]) -> None:
    """What a virtual phone was asked and does not model: a reader of a blocked claim looks there first."""
    for phone in endpoints["phones"]:
        log = Path(phone["unmodelled"] or "")
        if log.is_file():
            shutil.copy(log, run.logs / f"{phone['name']}-unmodelled.log")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
