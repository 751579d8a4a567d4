"""One iPhone of a lab, driven through Appium as in a run; its faults are switched by the lab's own channel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from drivers.app_file import AppFile, read_app_file
from drivers.ios.phone import IosPhone
from drivers.ios.provision import provisioned_ios
from drivers.tenant import ReferenceTenant, Tenant
from gate.lab import Order, running_lab
from gate.rundir import Plan, RunDir
from traffic.exchanges import Recording

PHONE = "virtual-ios"

type Deceive = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    run = RunDir.create(tmp_path_factory.mktemp("ios-lab"), Plan(("pytest",), (PHONE,)))
    with running_lab(Order(run, (PHONE,))) as lab:
        yield lab.endpoints


@pytest.fixture(scope="session")
def lane(lab: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = lab["lanes"][0]
    return row


@pytest.fixture(scope="session")
def app(lab: dict[str, Any]) -> AppFile:
    return read_app_file(Path(lab["apps"]["ios"]))


@pytest.fixture(scope="session")
def recording(lane: dict[str, Any]) -> Recording:
    """Of this lane: the composition root's would be kept for the tests of other phones."""
    return Recording(Path(lane["recorder"]["events"]))


@pytest.fixture(scope="session")
def tenant(lane: dict[str, Any]) -> Iterator[Tenant]:
    cloud = lane["cloud"]
    tenant = ReferenceTenant(cloud["admin"], cloud["admin_token"], cloud["port"], Path(cloud["ca"]), cloud["domain"])
    yield tenant
    tenant.close()


@pytest.fixture(scope="session")
def phone(lab: dict[str, Any], lane: dict[str, Any], app: AppFile) -> Iterator[IosPhone]:
    with provisioned_ios(lane["phone"], lab, app, lane["recorder"]) as phone:
        yield phone


@pytest.fixture
def deceive(lane: dict[str, Any]) -> Deceive:
    """A phone that has this fault for a while."""
    row = lane["phone"]
    headers = {"Authorization": f"Bearer {row['control_token']}"}

    @contextmanager
    def deceiving(fault: str) -> Iterator[None]:
        def switch(*, on: bool) -> None:
            told = httpx.put(f"{row['control']}/faults/{fault}", json={"on": on}, headers=headers)
            assert told.status_code == 200, told.text

        switch(on=True)
        try:
            yield
        finally:
            switch(on=False)

    return deceiving
