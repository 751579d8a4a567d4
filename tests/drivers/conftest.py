"""One lab with two phones: `phone`, driven through Appium as in a run, and `second`, for what would end a session."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.adb import Adb
from drivers.app_file import AppFile
from drivers.tools import adb_path
from gate.lab import Order, running_lab
from gate.rundir import Plan, RunDir

PHONES = ("virtual-android", "virtual-android-2")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The place of the run's lab, so that every fixture of the composition root works here as it does in a run."""
    run = RunDir.create(tmp_path_factory.mktemp("lab"), Plan(("pytest",), PHONES))
    with running_lab(Order(run, PHONES)) as lab, pytest.MonkeyPatch.context() as home:
        home.setenv("HOME", lab.endpoints["adb"]["home"])  # where the emulators' console token is
        yield lab.endpoints


@pytest.fixture(scope="session")
def lane(lab: dict[str, Any]) -> dict[str, Any]:
    """What `phone` stands for here."""
    row: dict[str, Any] = lab["lanes"][0]
    return row


@pytest.fixture(scope="session")
def authority(lane: dict[str, Any]) -> Path:
    """The recorder's certificate."""
    return Path(lane["recorder"]["ca"])


@pytest.fixture(scope="session")
def second(lab: dict[str, Any], app: AppFile) -> Adb:
    """A phone with the app, which was started once, and no Appium."""
    adb = Adb(adb_path(), lab["adb"]["server_port"], lab["lanes"][1]["phone"]["serial"])
    adb.wait_until_there()
    adb.install(app.path)
    adb.shell("am", "start", "-W", "-n", f"{app.package}/{app.activity}")
    adb.shell("am", "force-stop", app.package)
    return adb


@pytest.fixture
def rooted(second: Adb) -> Adb:
    assert second.become_root()
    return second


@pytest.fixture
def unrooted(second: Adb) -> Adb:
    if second.is_root():
        command = [str(second.program), "-H", "127.0.0.1", "-P", str(second.server_port), "-s", second.serial, "unroot"]
        subprocess.run(command, check=True, capture_output=True)
        second.wait_until_there()
    assert not second.is_root()
    return second
