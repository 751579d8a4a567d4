"""The description of the Web API: it names what there is, and generated requests meet nothing else."""

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests

from benchmarks.bars.api import session, sweep, within_reach
from tests.testbed.cloud.cloud_visitor import API, Cloud, tokens_for

HOST = "online2.superoffice.test"
BASE = API.removesuffix("/v1")
# what differs in kind; `python -m benchmarks.bars.api` goes through all of it
EACH_SORT = (
    *("/Appointment/{id}", "/Sale", "/Document/{id}/Content", "/Preference/{section}/{key}/{level}"),
    *("/Agents/Pocket/GetMyCallerIDs", "/Agents/Pocket/SetPushNotificationTagsForDevice"),
)


@pytest.fixture
def description(client: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{BASE}/openapi.json").json()
    return told


@pytest.fixture
def signed_in(cloud: Cloud) -> Iterator[requests.Session]:
    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    with session(HOST, cloud.ready["ca"], {"Host": HOST, "Authorization": f"Bearer {token}"}) as made:
        yield made


def place_of(cloud: Cloud) -> str:
    return f"https://127.0.0.1:{cloud.ready['port']}/Cust10001/api/v1"


def place_in(path: str) -> str:
    place = path.replace("{id}", "1").replace("{name}", "category").replace("{level}", "Group")
    return place.replace("{section}", "DiaryView").replace("{key}", "DefaultAlarmTime")


def some(description: dict[str, Any], *paths: str) -> dict[str, Any]:
    chosen = copy.deepcopy(within_reach(description))
    chosen["paths"] = {path: chosen["paths"][path] for path in paths}
    return chosen


def test_every_path_and_method_is_described_and_nothing_else(ada: httpx.Client, description: dict[str, Any]) -> None:
    listed = ada.get(API).json()

    told = {path: {method.upper() for method in methods} for path, methods in description["paths"].items()}
    assert {address.removeprefix(API): set(methods) for address, methods in listed.items()} == told
    for path, methods in told.items():
        allowed = set(ada.request("TRACE", f"{API}{place_in(path)}").headers["allow"].split(", ")) - {"HEAD"}
        assert (path, allowed) == (path, methods)


def test_the_version_is_told_to_everybody_and_the_paths_only_to_users(client: httpx.Client, ada: httpx.Client) -> None:
    block = client.get(BASE).json()

    assert (block["v1"], block["Version"], block["ServicesCurrent"]) == (API, "v1", "Services88")
    assert client.get(API).status_code == 401
    assert ada.get(API).json()[f"{API}/Contact/{{id}}"]["GET"]
    assert client.get(f"{BASE.replace('10001', '99999')}").status_code == 404


def test_generated_requests_meet_no_fault_and_nothing_undescribed(
    cloud: Cloud, signed_in: requests.Session, description: dict[str, Any]
) -> None:
    tally = sweep(some(description, *EACH_SORT), place_of(cloud), signed_in, examples=3)

    assert tally.faults == {}
    assert tally.requests >= 2 * tally.operations
    assert {200, 204, 400} <= set(tally.statuses)


def test_nothing_but_the_version_is_told_without_a_token(client: httpx.Client, description: dict[str, Any]) -> None:
    told = {
        (method, path): client.request(method.upper(), f"{API}{place_in(path)}").status_code
        for path, methods in description["paths"].items()
        for method in methods
    }

    assert set(told.values()) == {401}


def test_a_status_that_is_not_described_is_found(
    cloud: Cloud, signed_in: requests.Session, description: dict[str, Any]
) -> None:
    short = some(description, "/Selection")
    del short["paths"]["/Selection"]["post"]["responses"]["403"]

    tally = sweep(short, place_of(cloud), signed_in, examples=3)

    assert [fault.split(" ")[-1] for fault in tally.faults] == ["403"]


def test_a_fault_of_the_server_and_a_broken_body_are_found(
    cloud: Cloud, signed_in: requests.Session, description: dict[str, Any]
) -> None:
    chosen = some(description, "/MDOList", "/TimeZone/base")
    cloud.admin.post("/faults", json={"kind": "status", "host": HOST, "path": "*/MDOList", "status": 500})
    cloud.admin.post("/faults", json={"kind": "reply", "host": HOST, "path": "*/base", "body": "{}", "headers": JSON})

    tally = sweep(chosen, place_of(cloud), signed_in, examples=3)

    assert set(tally.faults) == {"GET /MDOList 500", "GET /TimeZone/base 200"}


JSON = {"Content-Type": "application/json"}
