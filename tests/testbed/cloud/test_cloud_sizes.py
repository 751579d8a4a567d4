"""Tenants of any size: how they are made, what a reset does to them, how fast they answer."""

from pathlib import Path

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud, running, tokens_for
from tests.testbed.cloud.test_cloud_process import cloud_with
from tests.testbed.cloud.test_cloud_web_api import everything

ROWS = "/tenants/Cust10001/rows"
ALL = "contact,person,appointment,sale,project,document,selection,content"


def home_of(cloud: Cloud) -> Path:
    return Path(cloud.ready["ca"]).parent


@pytest.mark.parametrize("rows", [100, 5000])
def test_a_tenant_has_as_many_rows_as_wanted_each_with_a_marker(cloud: Cloud, rows: int) -> None:
    made = cloud.admin.post(ROWS, json={"rows": rows}).json()["rows"]

    asked = {"tenant": "Cust10001", "entity": ALL}
    markers = {
        each["marker"]: each
        for who in ("ada", "bob")
        for each in cloud.admin.get("/markers", params={**asked, "email": f"{who}@nordlys.test"}).json()
    }
    assert sum(made.values()) == rows
    # a third of the private fifth is dot's, whom nobody asked
    assert rows * 0.9 < len(markers) <= rows + made["document"]
    assert len({(each["entity"], each["id"]) for each in markers.values()}) == len(markers)


def test_a_reset_brings_the_usual_size_back_and_drops_changes(cloud: Cloud, ada: httpx.Client) -> None:
    usual = everything(ada, "Contact")
    cloud.admin.post(ROWS, json={"rows": 2000})
    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    larger = len(everything(ada, "Contact"))
    ada.patch(f"{API}/Contact/1", json={"Name": "x"}, headers=headers)

    cloud.admin.post("/reset")

    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    with cloud.client(headers={"Authorization": f"Bearer {token}"}) as again:
        assert everything(again, "Contact") == usual
    assert larger > len(usual)


def test_the_same_size_is_the_same_tenant(cloud: Cloud, ada: httpx.Client) -> None:
    cloud.admin.post(ROWS, json={"rows": 300})
    first = everything(ada, "Person")
    ada.delete(f"{API}/Person/1")
    cloud.admin.post(ROWS, json={"rows": 300})

    assert everything(ada, "Person") == first


def test_a_reset_of_a_big_tenant_copies_none_of_it(cloud: Cloud) -> None:
    cloud.admin.post(ROWS, json={"rows": 30_000})
    files = sum(file.stat().st_size for file in home_of(cloud).glob("records/Cust10001-30000-*"))
    state = sum(file.stat().st_size for file in home_of(cloud).glob("state.db*"))

    busy = cloud.busy
    cloud.admin.post("/reset")

    assert files > 10 * state
    assert cloud.busy - busy < 1


def test_touched_records_are_the_delta_of_a_big_tenant(cloud: Cloud, ada: httpx.Client) -> None:
    cloud.admin.post(ROWS, json={"rows": 20_000})
    before = max(
        str(row["updatedDate"]) for row in everything(ada, "Sale", **{"$orderBy": "updatedDate desc", "$top": "1000"})
    )

    changed = cloud.admin.post("/tenants/Cust10001/touch", json={"percent": 2}).json()["changed"]

    delta = everything(ada, "Sale", **{"$filter": f"updatedDate afterTime '{before}'"})
    assert 0.01 < changed / 20_000 < 0.03
    assert 0 < len(delta) < changed


@pytest.mark.parametrize("rows", [99, 1_000_001, "many", True, None])
def test_sizes_beyond_the_limits_are_refused(cloud: Cloud, rows: object) -> None:
    assert cloud.admin.post(ROWS, json={"rows": rows}).status_code == 400


def test_a_home_remembers_its_size_and_its_changes(tmp_path: Path) -> None:
    with running(tmp_path, "--rows", "400") as first:
        token = tokens_for(first, "ada@nordlys.test")["access_token"]
        with first.client(headers={"Authorization": f"Bearer {token}"}) as app:
            first.admin.post(ROWS, json={"rows": 700})
            app.patch(f"{API}/Contact/1", json={"Name": "Kept AS"}).raise_for_status()
            contacts = everything(app, "Contact")
        first.process.kill()
    with running(tmp_path, "--rows", "400") as second, second.client() as app:
        app.headers["Authorization"] = f"Bearer {token}"

        assert everything(app, "Contact") == contacts
        assert app.get(f"{API}/Contact/1").json()["Name"] == "Kept AS"


def test_a_size_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    ended = cloud_with("--home", str(tmp_path / "home"), "--rows", "7")

    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
