"""One cloud for all tests, back in its seeded state before each."""

from collections.abc import Iterator

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import Browser, Cloud, running, tokens_for


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def cloud(process: Cloud) -> Cloud:
    process.admin.post("/reset").raise_for_status()
    return process


@pytest.fixture
def client(cloud: Cloud) -> Iterator[httpx.Client]:
    with cloud.client() as client:
        yield client


@pytest.fixture
def browser(client: httpx.Client) -> Browser:
    return Browser(client)


@pytest.fixture
def ada(cloud: Cloud) -> Iterator[httpx.Client]:
    """Ada's app, signed in."""
    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    with cloud.client(headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture
def bob(cloud: Cloud) -> Iterator[httpx.Client]:
    token = tokens_for(cloud, "bob@nordlys.test")["access_token"]
    with cloud.client(headers={"Authorization": f"Bearer {token}"}) as client:
        yield client
