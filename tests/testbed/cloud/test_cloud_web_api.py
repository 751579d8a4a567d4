"""The tenant's Web API, as the app uses it."""

from datetime import datetime, timedelta

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud

RESOURCES = {"Contact": 300, "Person": 500, "Appointment": 400, "Sale": 300, "Project": 60}


def everything(app: httpx.Client, resource: str, **query: str) -> list[dict[str, object]]:
    """All pages, by the links that the pages themselves give."""
    rows, link = [], str(httpx.URL(f"{API}/{resource}", params={"$top": "500", **query}))
    while link:
        page = app.get(link).raise_for_status().json()
        rows += page["value"]
        link = page["odata.nextLink"]
    return rows


def markers_of(cloud: Cloud, email: str) -> dict[tuple[str, str], str]:
    listed = cloud.admin.get("/markers", params={"email": email, "tenant": "Cust10001"}).json()
    return {(each["entity"], str(each["id"])): each["marker"] for each in listed}


def assert_documented_error(response: httpx.Response, status: int) -> None:
    body = response.json()
    assert (response.status_code, body["Error"]) == (status, True)
    assert set(body) == {"Error", "ErrorType", "ErrorMessage", "ErrorSource"}


def test_the_lists_hold_exactly_what_the_user_may_see(cloud: Cloud, ada: httpx.Client) -> None:
    rows = [row for resource in RESOURCES for row in everything(ada, resource)]
    expected = markers_of(cloud, "ada@nordlys.test")

    seen = {(row["EntityName"], row["PrimaryKey"]): str(row.values()) for row in rows}
    assert seen.keys() == expected.keys()
    assert [place for place, marker in expected.items() if marker not in seen[place]] == []


def test_ada_and_bob_each_have_records_of_their_own(cloud: Cloud, ada: httpx.Client, bob: httpx.Client) -> None:
    of_ada, of_bob = markers_of(cloud, "ada@nordlys.test"), markers_of(cloud, "bob@nordlys.test")
    only_bob = {place: marker for place, marker in of_bob.items() if place not in of_ada}

    received = "".join(ada.get(f"{API}/{resource}?$top=9999").text for resource in RESOURCES)
    of_his = "".join(bob.get(f"{API}/{resource}?$top=9999").text for resource in RESOURCES)

    assert min(len(only_bob), len(of_ada.keys() - of_bob.keys())) > 50
    assert [marker for marker in only_bob.values() if marker in received] == []
    assert all(marker in of_his for marker in only_bob.values())


def test_a_record_that_is_not_theirs_is_not_there(cloud: Cloud, ada: httpx.Client, bob: httpx.Client) -> None:
    of_ada = markers_of(cloud, "ada@nordlys.test")
    number = next(n for (entity, n) in markers_of(cloud, "bob@nordlys.test") if (entity, n) not in of_ada)

    assert_documented_error(ada.get(f"{API}/Appointment/{number}"), 404)
    assert_documented_error(ada.patch(f"{API}/Appointment/{number}", json={"Description": "x"}), 404)
    assert bob.get(f"{API}/Appointment/{number}").status_code == 200


def test_markers_are_unique(cloud: Cloud) -> None:
    people = (("ada@nordlys.test", "Cust10001"), ("bob@nordlys.test", "Cust10001"), ("cid@fjordtech.test", "Cust20002"))
    found = {
        (tenant, each["entity"], each["id"]): each["marker"]
        for email, tenant in people
        for each in cloud.admin.get("/markers", params={"email": email, "tenant": tenant}).json()
    }

    assert len(set(found.values())) == len(found) > 2000


def test_pages_follow_one_another_without_gap_or_overlap(ada: httpx.Client) -> None:
    first = ada.get(f"{API}/Contact", params={"$top": "7", "$select": "name"}).json()
    second = ada.get(first["odata.nextLink"]).json()
    both = ada.get(f"{API}/Contact", params={"$top": "14", "$select": "name"}).json()

    assert first["value"] + second["value"] == both["value"]
    assert set(first["value"][0]) == {"PrimaryKey", "EntityName", "name"}


def test_the_last_page_has_no_next(ada: httpx.Client) -> None:
    rows = everything(ada, "Sale")

    exact = ada.get(f"{API}/Sale", params={"$top": str(len(rows))}).json()

    assert exact["odata.nextLink"] is None
    assert ada.get(f"{API}/Sale", params={"$skip": str(len(rows))}).json()["value"] == []


def test_the_delta_filter_gives_what_changed_later(ada: httpx.Client) -> None:
    rows = everything(ada, "Person")
    limit = sorted(str(row["updatedDate"]) for row in rows)[len(rows) // 2]

    later = everything(ada, "Person", **{"$filter": f"updatedDate afterTime '{limit}'", "$top": "50"})

    assert later == [row for row in rows if row["updatedDate"] > limit]
    assert 0 < len(later) < len(rows)


def test_a_changed_record_shows_in_the_delta(ada: httpx.Client) -> None:
    newest = max(str(row["updatedDate"]) for row in everything(ada, "Contact"))

    changed = ada.patch(f"{API}/Contact/1", json={"Name": "Nytt Navn AS"}).json()

    delta = everything(ada, "Contact", **{"$filter": f"updatedDate afterTime '{newest}'"})
    assert [(row["PrimaryKey"], row["name"]) for row in delta] == [("1", "Nytt Navn AS")]
    assert delta[0]["updatedDate"] == changed["UpdatedDate"]


def test_a_filter_in_another_zone_means_the_same_moment(ada: httpx.Client) -> None:
    limit = sorted(str(row["updatedDate"]) for row in everything(ada, "Sale"))[100]
    elsewhere = (datetime.fromisoformat(limit) + timedelta(hours=2)).isoformat(timespec="milliseconds") + "+02:00"

    here = everything(ada, "Sale", **{"$filter": f"updatedDate afterTime '{limit}'"})

    assert here == everything(ada, "Sale", **{"$filter": f"updatedDate afterTime '{elsewhere}'"})


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "updatedDate afterTime 'yesterday'"},
        {"$filter": "updatedDate afterTime '0001-01-01T00:00:00+10:00'"},
        {"$filter": "updatedDate afterTime '2020-01-01' or 1=1"},
        {"$select": "name,secret"},
        {"$top": "0"},
        {"$top": "-1"},
        {"$top": "many"},
        {"$skip": "9" * 30},
        {"$select": ""},
        {"$orderBy": "secret"},
        {"$orderBy": "name sideways"},
        {"$orderBy": "name,name desc"},
        {"$mode": "Complete"},
        {"$entities": "contact"},
        {"$filter": "name"},
        {"$filter": "name contains"},
        {"$filter": "name contains 'x"},
        {"$filter": "name contains x"},
        {"$filter": "name like 'x'"},
        {"$filter": "secret is 'x'"},
        {"$filter": "contactId eq 'x'"},
        {"$filter": "contactId between (1)"},
        {"$filter": "contactId oneOf ()"},
        {"$filter": "category contains 'x'"},
        {"$filter": "(contactId eq 1"},
        {"$filter": "contactId eq 1)"},
        {"$filter": "contactId eq 1 or"},
        {"$filter": "contactId eq 1 xor contactId eq 2"},
        {"$filter": "updatedDate before '2020-13-01'"},
        {"$filter": "(" * 40 + "contactId eq 1" + ")" * 40},
        {"$filter": " or ".join(["contactId eq 1"] * 61)},
    ],
)
def test_what_is_not_understood_is_refused_not_ignored(ada: httpx.Client, query: dict[str, str]) -> None:
    assert_documented_error(ada.get(f"{API}/Contact", params=query), 400)


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_alone_carries_its_rights(ada: httpx.Client, resource: str) -> None:
    record = ada.get(f"{API}/{resource}/1").json()

    assert record[f"{resource}Id"] == 1
    assert record["TableRight"]["Mask"] == "FULL"


def test_an_unchanged_record_is_not_sent_again(ada: httpx.Client) -> None:
    modified = ada.get(f"{API}/Contact/1").headers["last-modified"]

    assert ada.get(f"{API}/Contact/1", headers={"If-Modified-Since": modified}).status_code == 304
    assert ada.get(f"{API}/Contact/1", headers={"If-Modified-Since": "not a date"}).status_code == 200


def test_a_record_changed_meanwhile_is_not_overwritten(ada: httpx.Client) -> None:
    before = ada.get(f"{API}/Contact/1").headers["last-modified"]
    ada.patch(f"{API}/Contact/1", json={"Name": "First"})

    late = ada.patch(f"{API}/Contact/1", json={"Name": "Second"}, headers={"If-Unmodified-Since": before})

    assert_documented_error(late, 412)
    assert ada.get(f"{API}/Contact/1").json()["Name"] == "First"


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"ContactId": 2}},
        {"json": {"Name": 7}},
        {"json": {"Name": "x" * 501}},
        {"json": [{"op": "replace"}]},
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}},
        {"content": b'{"Name": "\\ud800"}', "headers": {"content-type": "application/json"}},
        {"json": {"Name": ""}},
        {"json": {"Name": None}},
        {"json": {"Category": {"Id": 99}}},
        {"json": {"Category": 1}},
        {"json": {"Phones": [{"Value": "1"}, {"Value": "2"}]}},
        {"json": {"Unheard": "x"}},
        {"json": {"TableRight": {"Mask": "None"}}},
        {"json": {"UpdatedDate": "2026-01-01T00:00:00"}},
    ],
)
def test_a_faulty_change_is_refused(ada: httpx.Client, options: dict[str, object]) -> None:
    assert_documented_error(ada.patch(f"{API}/Contact/1", **options), 400)


@pytest.mark.parametrize("number", ["99999", "999999999"])
def test_a_record_that_never_was_is_not_found(ada: httpx.Client, number: str) -> None:
    assert_documented_error(ada.get(f"{API}/Contact/{number}"), 404)


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "1'--"])
def test_an_id_that_is_no_number_is_refused(ada: httpx.Client, number: str) -> None:
    assert_documented_error(ada.get(f"{API}/Contact/{number}"), 400)


def test_unknown_places_and_methods_are_refused_in_the_same_words(ada: httpx.Client) -> None:
    assert_documented_error(ada.get(f"{API}/Invoice"), 404)
    assert_documented_error(ada.get(f"{API}/Contact/"), 404)
    assert_documented_error(ada.post(f"{API}/Contact/1", json={}), 405)
    assert set(ada.post(f"{API}/Contact/1", json={}).headers["allow"].split(", ")) == {
        *("GET", "HEAD", "PUT", "PATCH", "DELETE"),
    }


def test_lists_are_compressed_for_those_who_ask(ada: httpx.Client) -> None:
    assert ada.get(f"{API}/Contact").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in ada.get(f"{API}/Contact", headers={"Accept-Encoding": "identity"}).headers


def test_preferences_have_their_documented_defaults(ada: httpx.Client) -> None:
    found = {key: ada.get(f"{API}/Preference/PocketTasks/{key}").json() for key in ("AutoLogoutTime", "Unheard")}

    assert (found["AutoLogoutTime"]["RawValue"], found["AutoLogoutTime"]["Level"]) == ("0", "HardDefault")
    assert (found["Unheard"]["RawValue"], found["Unheard"]["Level"]) == ("", "Undefined")


def test_a_preference_set_by_the_admin_reaches_everybody(cloud: Cloud, ada: httpx.Client, bob: httpx.Client) -> None:
    cloud.admin.put("/tenants/Cust10001/preferences/PocketTasks/AutoLogoutTime", json={"value": "1"})

    startup = [
        app.post(f"{API}/Agents/Pocket/GetPocketStartupData", json={"Tables": ["contact"]}).json() for app in (ada, bob)
    ]

    for data in startup:
        values = {each["Specification"]["Key"]: each["RawValue"] for each in data["PocketPreferences"]}
        assert values == {"AutoLogoutTime": "1", "DisableAutoLogin": "NO", "EnableCRMScript": "YES"}
        assert data["TableRights"] == ["FULL"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"Tables": 1}', b'{"Unheard": 1}'])
def test_a_malformed_agent_call_is_refused(ada: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = ada.post(f"{API}/Agents/Pocket/GetPocketStartupData", content=body, headers=headers)

    assert_documented_error(answer, 400)


def test_a_full_sync_takes_about_a_second(cloud: Cloud, ada: httpx.Client) -> None:
    busy = cloud.busy
    rows = sum(len(everything(ada, resource)) for resource in RESOURCES)

    assert rows > 1200
    assert cloud.busy - busy < 1.5


@pytest.mark.parametrize("order", [{}, {"$orderBy": "category desc,department"}, {"$orderBy": "name"}])
def test_a_walk_meets_each_record_once_while_others_come_and_go(ada: httpx.Client, order: dict[str, str]) -> None:
    there = {row["PrimaryKey"] for row in everything(ada, "Contact")}
    link, seen, gone = str(httpx.URL(f"{API}/Contact", params={"$top": "20", **order})), [], set()
    while link:
        page = ada.get(link).raise_for_status().json()
        seen += [row["PrimaryKey"] for row in page["value"]]
        link = page["odata.nextLink"]
        for number in seen[-20:-10]:
            gone.add(number)
            ada.delete(f"{API}/Contact/{number}").raise_for_status()
        ada.post(f"{API}/Contact", json={"Name": "Aa"}).raise_for_status()

    assert len(gone) > 50
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.mark.parametrize(
    "token", ["", "x", "W10", "WzEsMl0", "W251bGxd", "W3RydWVd", "WyJcdWQ4MDAiXQ", "WzFlOTldCg", "W1tb" * 9000]
)
def test_a_place_to_go_on_from_that_is_none_is_refused(ada: httpx.Client, token: str) -> None:
    assert_documented_error(ada.get(f"{API}/Contact", params={"$skiptoken": token}), 400)


def test_activities_of_three_kinds_are_walked_without_gap_or_overlap(ada: httpx.Client) -> None:
    of_one = [each for number in range(1, 6) for each in [f"Contact/{number}/Activities"]]
    for path in of_one:
        if ada.get(f"{API}/{path}").status_code == 200:
            whole = everything(ada, path)
            assert everything(ada, path, **{"$top": "1"}) == whole
            assert everything(ada, path, **{"$top": "2", "$orderBy": "date desc"}) == sorted(
                sorted(whole, key=lambda row: (int(row["PrimaryKey"]), row["recordType"])),
                key=lambda row: row["date"],
                reverse=True,
            )


def test_letters_beyond_ascii_have_upper_and_lower_case(ada: httpx.Client) -> None:
    made = ada.post(f"{API}/Contact", json={"Name": "Ørjan Ås & Sønn"}).json()["ContactId"]

    for condition in ("name contains 'ÅS'", "name is 'ØRJAN ås & SØNN'", "name begins 'ør'", "name ends 'SØNN'"):
        assert [row["contactId"] for row in everything(ada, "Contact", **{"$filter": condition})] == [made]
    assert made not in {row["contactId"] for row in everything(ada, "Contact", **{"$filter": "name notContains 'ås'"})}


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br, gzip; q=0.000", "identity"])
def test_gzip_is_not_sent_to_who_refuses_it(ada: httpx.Client, accepted: str) -> None:
    answer = ada.get(f"{API}/Contact", headers={"Accept-Encoding": accepted})

    assert "content-encoding" not in answer.headers
    assert (
        ada.get(f"{API}/Contact", headers={"Accept-Encoding": "br, gzip;q=0.5"}).headers["content-encoding"] == "gzip"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "Agents/Pocket/GetMyCallerIDs"), ("PUT", "Preference/DiaryView/DefaultAlarmTime"), ("POST", "Sale")],
)
def test_a_body_that_says_it_is_something_else_is_refused(ada: httpx.Client, method: str, path: str) -> None:
    answer = ada.request(method, f"{API}/{path}", content="{}", headers={"Content-Type": "text/plain"})

    assert_documented_error(answer, 415)
