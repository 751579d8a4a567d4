"""Locust's side of `strain`: a greenlet a process, and reports from the workers to whoever writes the figures."""

import os
import time
from pathlib import Path
from typing import Any, Final

import gevent  # type: ignore[import-untyped]
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from benchmarks.load.strain import EVERY, FILE_VARIABLE, Strain, write_strains

OWN: Final = Strain()
OTHERS: Final[dict[str, Strain]] = {}


def _watch() -> None:
    """A look after each pause, which takes longer when the loop has other things to do."""
    while True:
        began, worked = time.monotonic(), time.process_time()
        gevent.sleep(EVERY)
        took = time.monotonic() - began
        OWN.look(took - EVERY, (time.process_time() - worked) / took)


def _begin(environment: Environment, **_: Any) -> None:  # noqa: ANN401 -- Locust's
    if not isinstance(environment.runner, MasterRunner):
        gevent.spawn(_watch)


def _tell(client_id: str, data: dict[str, Any]) -> None:  # noqa: ARG001 -- Locust's
    data["strain"] = OWN.as_json()


def _hear(client_id: str, data: dict[str, Any]) -> None:
    if "strain" in data:
        OTHERS[client_id] = Strain.of(data["strain"])


def _write(environment: Environment, **_: Any) -> None:  # noqa: ANN401 -- Locust's
    """By the process that writes the figures; a worker has no such file."""
    file = os.environ.get(FILE_VARIABLE)
    if file and not isinstance(environment.runner, WorkerRunner):
        write_strains(Path(file), OTHERS.values() if isinstance(environment.runner, MasterRunner) else [OWN])


for _event, _listener in (
    (events.test_start, _begin),
    (events.report_to_master, _tell),
    (events.worker_report, _hear),
    (events.quitting, _write),
):
    _event.add_listener(_listener)  # type: ignore[no-untyped-call]
