"""Records that the lab changes, so that a phone has something to fetch."""

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud


def changed_since(ada: httpx.Client, moment: str) -> set[str]:
    query = {"$filter": f"updatedDate afterTime '{moment}'", "$select": "updatedDate"}
    return {row["PrimaryKey"] for row in ada.get(f"{API}/Contact", params=query).json()["value"]}


def newest(ada: httpx.Client) -> str:
    rows = ada.get(f"{API}/Contact", params={"$select": "updatedDate"}).json()["value"]
    return max(row["updatedDate"] for row in rows)


def touch(cloud: Cloud, percent: object) -> httpx.Response:
    return cloud.admin.post("/tenants/Cust10001/touch", json={"percent": percent})


def test_so_many_of_a_hundred_are_changed_and_a_smaller_share_is_part_of_a_larger(
    cloud: Cloud, ada: httpx.Client
) -> None:
    before = newest(ada)
    ten = touch(cloud, 10).json()["changed"]
    tenth, between = changed_since(ada, before), newest(ada)
    one = touch(cloud, 1).json()["changed"]

    assert 7 * one < ten < 16 * one
    assert len(tenth) in range(15, 40)  # of the 300 companies, a fifth of which is not for her to see
    assert changed_since(ada, between) <= tenth


def test_a_changed_record_says_so_itself(cloud: Cloud, ada: httpx.Client) -> None:
    before = newest(ada)
    touch(cloud, 100)

    assert ada.get(f"{API}/Contact/1").json()["UpdatedDate"] > before


def test_nothing_is_changed_by_nothing(cloud: Cloud, ada: httpx.Client) -> None:
    before = newest(ada)

    assert (touch(cloud, 0).json(), changed_since(ada, before)) == ({"changed": 0}, set())


@pytest.mark.parametrize("percent", [-1, 101, "10", None, True])
def test_a_share_that_is_none_is_refused(percent: object, cloud: Cloud) -> None:
    assert touch(cloud, percent).status_code == 400


def test_a_tenant_that_there_is_not_has_nothing_to_change(cloud: Cloud) -> None:
    assert cloud.admin.post("/tenants/Cust99999/touch", json={"percent": 1}).status_code == 404
