from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.pocket.lab import Cloud, handheld, pocket, running_cloud
from tests.testbed.runtime.handheld import App, Handheld


@pytest.fixture(scope="session")
def one_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def cloud(one_cloud: Cloud) -> Cloud:
    one_cloud.reset()
    return one_cloud


@pytest.fixture
def phone(cloud: Cloud, tmp_path: Path) -> Iterator[Handheld]:
    with handheld(cloud, tmp_path / "phone") as phone:
        yield phone


@pytest.fixture
def app(phone: Handheld) -> App:
    return pocket(phone)
