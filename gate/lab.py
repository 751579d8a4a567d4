"""The lab of a run: all processes that stand in for phones, tenant and network, started together and ended together."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from drivers.android.avd import Avd, free_ports
from drivers.tools import adb_path
from faults import BenchFault, UsageError
from gate import programs
from gate.app_build import AppBuild
from gate.config import PhoneEntry, controls_of
from gate.deaths import Death
from gate.phones import DEFAULT, model_of
from gate.roster import Roster, reap
from gate.rundir import PLAN, RUN, RunDir, read_object, write_object
from gate.service import Answer, Program
from gate.supervise import Supervisor


@dataclass(frozen=True, slots=True)
class Order:
    """What a lab shall offer; the reference app is built for a platform that no app was given for."""

    run: RunDir
    phones: tuple[str, ...] = DEFAULT
    apps: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the phones stand on: a private HOME, adb's port and usbmuxd's socket."""

    home: Path
    adb_port: int
    usbmuxd: Path


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
        order.run.lab.touch(mode=0o600)  # the phones' control tokens and the tenants' stand there
        write_object(order.run.lab, endpoints)
        yield Lab(endpoints, supervisor)


@contextmanager
def lab_of_this_run(config: pytest.Config) -> Iterator[dict[str, Any]]:
    """The endpoints for a pytest session: those of the run that started it, else a lab of its own for as long."""
    if "POCKETGATE_LAB" in os.environ:
        with _at_home_in(with_pins(read_endpoints(Path(os.environ["POCKETGATE_LAB"])))) as endpoints:
            yield endpoints
        return
    plan = config.stash[PLAN]
    order = Order(config.stash[RUN], plan.phones, plan.apps)
    with lab_for(order) as endpoints:
        yield endpoints


@contextmanager
def lab_for(order: Order) -> Iterator[dict[str, Any]]:
    """The endpoints of a lab that lives as long, for use from this process."""
    with running_lab(order) as lab, _at_home_in(with_pins(lab.endpoints)) as endpoints:
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


def with_pins(endpoints: dict[str, Any]) -> dict[str, Any]:
    """The same, for whoever drives the phones: what opens their screens stands in no file of a run."""
    lanes = [
        {**lane, "phone": {**lane["phone"], "pin": model_of(lane["phone"]["name"]).pin}} for lane in endpoints["lanes"]
    ]
    return {**endpoints, "lanes": lanes}


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
    """What needs nothing of another starts side by side; each answer is awaited where it is first needed."""
    with ExitStack() as stack:
        wanted = dict.fromkeys(model_of(name).platform for name in order.phones)
        builds = {
            platform: stack.enter_context(AppBuild(platform, order.run.path / "apps", order.run.logs / "build.log"))
            for platform in wanted
            if platform not in order.apps
        }
        shared, lanes = _start_processes(order, scratch, supervisor)
        apps = {**order.apps, **{platform: build.path() for platform, build in builds.items()}}
    return {
        "run_dir": str(order.run.path),
        **shared,
        "lanes": lanes,
        "apps": {platform: str(path.resolve()) for platform, path in apps.items()},
        "started_at": datetime.now(UTC).isoformat(),
    }


def _start_processes(
    order: Order, scratch: Path, supervisor: Supervisor
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What all phones share, and a lane for each: its own tenant and recorder, so that none disturbs another."""
    own = tuple(model_of(name).real for name in order.phones)
    ground = Ground(scratch / "home", programs.free_port(), plugged_in(order.phones) or scratch / "usbmuxd")
    ground.home.mkdir()
    appium_port = programs.free_port()
    clouds = {name: supervisor.start(programs.cloud(name, scratch / f"cloud-{name}")) for name in order.phones}
    hubs = [supervisor.start(program) for program in _hubs(order, ground)]
    simulators = any(entry and entry.simulator for entry in own)
    appium = supervisor.start(
        programs.appium(appium_port, ground.adb_port, ground.usbmuxd, ground.home, simulators=simulators)
    )
    tenants = {name: supervisor.ready(cloud) for name, cloud in clouds.items()}
    recorders = {
        name: supervisor.start(programs.recorder(name, order.run.traffic / name, tenants[name], _place(name)))
        for name in order.phones
    }
    for hub in hubs:
        supervisor.ready(hub)
    commands = {
        name: _phone_program(name, order.run, ground, tenants[name], lambda name: supervisor.ready(recorders[name]))
        for name in order.phones
    }
    phones = {name: supervisor.start(program) for name, program in commands.items() if program}
    lanes = [
        {
            "phone": _phone(name, supervisor.ready(phones[name]) if name in phones else {}),
            "recorder": supervisor.ready(recorders[name]),
            "cloud": tenants[name],
        }
        for name in order.phones
    ]
    supervisor.ready(appium)
    virtual = [phone for name, phone in phones.items() if model_of(name).real is None]
    shared = {
        "pids": {
            "timed": [one.pid for one in (*clouds.values(), *recorders.values(), *virtual)],
            "looking": [one.pid for one in (*hubs, appium)],
        },
        "adb": {"path": str(adb_path()), "server_port": ground.adb_port, "home": str(ground.home)},
        "usbmuxd": str(ground.usbmuxd),
        "appium": f"http://127.0.0.1:{appium_port}",
    }
    return shared, lanes


def _hubs(order: Order, ground: Ground) -> Iterator[Program]:
    """What phones of a platform are reached through; adb also where there is no Android phone: Appium asks for it."""
    real = any(entry and entry.serial for entry in (model_of(name).real for name in order.phones))
    yield programs.adb_server(ground.adb_port, ground.home, order.run.logs, looks_for_phones=real)
    if any(model_of(name).platform == "ios" for name in order.phones) and plugged_in(order.phones) is None:
        yield programs.usbmuxd(ground.usbmuxd)


def plugged_in(phones: Iterable[str]) -> Path | None:
    """The socket of the usbmuxd that has the real iPhones among these, None without any; raises UsageError for two."""
    models = [model for model in map(model_of, phones) if model.platform == "ios"]
    sockets = {None if model.real is None or model.real.simulator else model.real.usbmuxd for model in models}
    if len(sockets - {None}) > 1 or (sockets - {None} and any(model.real is None for model in models)):
        names = " and ".join(model.name for model in models)
        msg = f"--phone: {names} are reached through different usbmuxd, and Appium knows one; run them one by one"
        raise UsageError(msg)
    return next(iter(sockets - {None}), None)


def _place(name: str) -> tuple[object, ...]:
    """Where the recorder of a phone is that a person has pointed at it; the authority stays, for it is trusted once."""
    entry = model_of(name).real
    if entry is None or entry.proxy is None:
        return ()
    address, _, port = entry.proxy.rpartition(":")
    authority = state_folder() / "authorities" / name
    authority.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ("--listen-host", address, "--listen-port", port, "--authority", authority)


def _phone_program(
    name: str, run: RunDir, ground: Ground, tenant: Answer, recorder_of: Callable[[str], Answer]
) -> Program | None:
    """None for a phone that is there already."""
    model = model_of(name)
    if model.real is not None and model.real.avd is not None:
        capture, proxy_port = run.traffic / name / "phone.pcap", recorder_of(name)["proxy_port"]
        start = Avd(model.real.avd, free_ports(), capture, proxy_port, model.real.window)
        return programs.emulator(name, start, ground.home, ground.adb_port)
    if model.real is not None:
        return None
    if model.platform == "ios":
        return programs.iphone(name, ground.home, ground.usbmuxd, tenant)
    return programs.android_phone(name, ground.home, ground.adb_port, tenant, model.build)


def _phone(name: str, answer: Answer) -> dict[str, Any]:
    model = model_of(name)
    capabilities = None if model.capabilities is None else list(model.capabilities)
    row: dict[str, Any] = {"name": name, "platform": model.platform, "capabilities": capabilities}
    row |= {"controls": dict(told)} if (told := controls_of(model.platform)) else {}
    row |= {"chromedriver": found} if (found := model.build.chromedriver) else {}
    return {**row, **(_real(model.real) if model.real else {}), **answer}


def _real(entry: PhoneEntry) -> dict[str, Any]:
    """Where a real phone is, and where it is written down what is to be put back on it; not its PIN."""
    left_out = {"name", "platform", "capabilities", "avd", "window", "pin"}
    told = entry.model_dump(mode="json", exclude=left_out, exclude_defaults=True)
    if entry.proxy is not None:  # where this machine is in a capture of the phone's packets
        told.setdefault("gateway", entry.proxy.rpartition(":")[0])
    return {**told, "kept": str(state_folder() / "phones")}


def state_folder() -> Path:
    """What outlives runs on this machine (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "pocketgate"


def _keep_unmodelled(run: RunDir, endpoints: dict[str, Any]) -> None:
    """What a virtual phone was asked and does not model: a reader of a blocked claim looks there first."""
    for phone in (lane["phone"] for lane in endpoints["lanes"]):
        log = Path(phone.get("unmodelled") or "")
        if log.is_file():
            shutil.copy(log, run.logs / f"{phone['name']}-unmodelled.log")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
