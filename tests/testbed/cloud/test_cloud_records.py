"""Records made, changed and deleted over the Web API, and who may do so."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud, tokens_for
from tests.testbed.cloud.test_cloud_web_api import assert_documented_error, everything, markers_of

NEW: dict[str, dict[str, Any]] = {
    "Contact": {"Name": "Ny AS", "Category": {"Id": 2}, "Phones": [{"Value": "+47 22 22 22 22"}]},
    "Person": {"Firstname": "Ny", "Lastname": "Mann", "Contact": {"ContactId": 1}},
    "Appointment": {"StartDate": "2026-03-01T10:00:00", "Description": "Lunch", "Person": {"PersonId": 1}},
    "Sale": {"Heading": "Ny", "Amount": 12.5, "Status": "Sold"},
    "Project": {"Name": "Nytt", "ProjectStatus": {"Id": 1, "Value": "whatever"}},
    "Document": {"Header": "Brev", "Name": "brev.txt"},
}
PATCH = "application/json-patch+json"
# companies that everybody sees
NOBODYS = (1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13)


@pytest.fixture
def seller(cloud: Cloud) -> Iterator[httpx.Client]:
    """Bob with a role that sees no sales and changes appointments alone."""
    cloud.admin.put("/accounts/bob@nordlys.test/role", json={"tenant": "Cust10001", "role": "Field sales"})
    token = tokens_for(cloud, "bob@nordlys.test")["access_token"]
    with cloud.client(headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.mark.parametrize("resource", NEW)
def test_a_new_record_is_there_for_everybody(ada: httpx.Client, bob: httpx.Client, resource: str) -> None:
    made = ada.post(f"{API}/{resource}", json=NEW[resource]).raise_for_status().json()
    number = made[f"{resource}Id"]

    found = bob.get(f"{API}/{resource}/{number}").json()
    listed = everything(bob, resource, **{"$filter": f"{resource.lower()}Id eq {number}"})
    assert found == made
    assert [row["PrimaryKey"] for row in listed] == [str(number)]
    assert made["Associate"] == {"AssociateId": 11}


def test_put_replaces_all_that_may_be_set(ada: httpx.Client) -> None:
    before = ada.get(f"{API}/Person/3").json()

    after = ada.put(f"{API}/Person/3", json={**before, "Title": None, "Lastname": "Ny"}).json()

    assert (after["Title"], after["FullName"]) == ("", f"{before['Firstname']} Ny")
    assert after["Contact"] == before["Contact"]
    assert after["CreatedDate"] == before["CreatedDate"]
    assert ada.get(f"{API}/Person/3").json() == after


def test_a_json_patch_is_done_as_a_whole_or_not_at_all(ada: httpx.Client) -> None:
    before = ada.get(f"{API}/Contact/1").json()
    steps = [
        {"op": "test", "path": "/Name", "value": before["Name"]},
        {"op": "replace", "path": "/Name", "value": "Annet AS"},
        {"op": "copy", "from": "/Name", "path": "/Department"},
        {"op": "remove", "path": "/Phones/0"},
        {"op": "add", "path": "/Emails/0", "value": {"Value": "a@b.example"}},
        {"op": "remove", "path": "/Emails/1"},
        {"op": "replace", "path": "/Category/Id", "value": 3},
    ]
    headers = {"Content-Type": PATCH}

    refused = ada.patch(
        f"{API}/Contact/1", json=[*steps, {"op": "test", "path": "/Name", "value": "x"}], headers=headers
    )
    unchanged = ada.get(f"{API}/Contact/1").json()
    done = ada.patch(f"{API}/Contact/1", json=steps, headers=headers).json()

    assert_documented_error(refused, 400)
    assert unchanged == before
    assert (done["Name"], done["Department"], done["Phones"]) == ("Annet AS", "Annet AS", [])
    assert (done["Emails"], done["Category"]) == ([{"Value": "a@b.example"}], {"Id": 3, "Value": "Partner"})


@pytest.mark.parametrize(
    "steps",
    [
        {"op": "add"},
        ["add"],
        [{"op": "jump", "path": "/Name"}],
        [{"op": {}, "path": "/Name", "value": "x"}],
        [{"op": "add", "path": [], "value": "x"}],
        [{"op": "add", "path": "/Name"}],
        [{"op": "add", "path": "Name", "value": 1}],
        [{"op": "add", "path": "/~2", "value": 1}],
        [{"op": "remove", "path": "/Nowhere"}],
        [{"op": "remove", "path": ""}],
        [{"op": "move", "from": "/Category", "path": "/Category/Id"}],
        [{"op": "replace", "path": "/ContactId", "value": 7}],
        [{"op": "test", "path": "/Category/Id", "value": True}],
        [{"op": "add", "path": "", "value": 3}],
        [{"op": "test", "path": "/Name", "value": 1}] * 101,
    ],
)
def test_a_faulty_json_patch_is_refused(ada: httpx.Client, steps: object) -> None:
    answer = ada.patch(f"{API}/Contact/1", json=steps, headers={"Content-Type": PATCH})

    assert_documented_error(answer, 400)


def test_bodies_of_another_kind_are_refused_as_such(ada: httpx.Client) -> None:
    assert_documented_error(ada.patch(f"{API}/Contact/1", data={"Name": "x"}), 415)
    assert_documented_error(ada.post(f"{API}/Contact", data={"Name": "x"}), 415)
    assert_documented_error(ada.put(f"{API}/Contact/1", content=b"<Contact/>"), 415)


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("Contact", {}),
        ("Contact", {"Name": ""}),
        ("Contact", {"Name": "x\0"}),
        ("Contact", {"Name": "x", "Category": {"Id": True}}),
        ("Contact", {"Name": "x", "Category": {"Id": 1, "Value": {}}}),
        ("Person", {"Lastname": "x", "Contact": {"ContactId": 1.5}}),
        ("Person", {"Lastname": "x", "Contact": {"ContactId": "1"}}),
        ("Appointment", {"StartDate": "tomorrow"}),
        ("Appointment", {"StartDate": "0001-01-01T00:00:00+14:00"}),
        ("Appointment", {"StartDate": "2026-01-01", "Completed": "Perhaps"}),
        ("Sale", {"Heading": "x", "Amount": 1e13}),
        ("Sale", {"Heading": "x", "Amount": "1"}),
    ],
)
def test_of_a_faulty_record_nothing_is_kept(ada: httpx.Client, resource: str, body: dict[str, object]) -> None:
    before = everything(ada, resource)

    assert_documented_error(ada.post(f"{API}/{resource}", json=body), 400)
    assert everything(ada, resource) == before


@pytest.mark.parametrize("number", [999_999, 2**31, 2**63, -1])
def test_what_is_not_there_cannot_be_pointed_at(ada: httpx.Client, number: int) -> None:
    before = everything(ada, "Person")

    answer = ada.post(f"{API}/Person", json={"Lastname": "x", "Contact": {"ContactId": number}})

    assert_documented_error(answer, 404)
    assert everything(ada, "Person") == before


def test_a_whole_number_is_one_however_it_is_written(ada: httpx.Client) -> None:
    made = ada.post(f"{API}/Person", json={"Lastname": "x", "Contact": {"ContactId": 1.0}}).json()

    assert ada.get(f"{API}/Person/{made['PersonId']}").json()["Contact"] == {"ContactId": 1}


def test_a_record_of_somebody_else_cannot_be_pointed_at(cloud: Cloud, ada: httpx.Client) -> None:
    of_ada = markers_of(cloud, "ada@nordlys.test")
    hidden = next(int(n) for (kind, n) in markers_of(cloud, "bob@nordlys.test") if (kind, n) not in of_ada)

    answer = ada.post(f"{API}/Sale", json={"Heading": "x", "Contact": {"ContactId": hidden}})

    assert_documented_error(answer, 404)


def test_a_record_that_points_to_what_is_hidden_can_be_changed_all_the_same(ada: httpx.Client) -> None:
    contacts = {row["contactId"] for row in everything(ada, "Contact")}
    row = next(row for row in everything(ada, "Person") if row["contactId"] not in contacts)
    place = f"{API}/Person/{row['personId']}"

    changed = ada.patch(place, json={"Title": "Ny"}).json()

    assert (changed["Title"], changed["Contact"]["ContactId"]) == ("Ny", row["contactId"])
    assert ada.put(place, json=changed).status_code == 200


def test_a_deleted_record_is_gone_and_its_number_is_not_given_again(cloud: Cloud, ada: httpx.Client) -> None:
    made = ada.post(f"{API}/Contact", json={"Name": "mk-short-lived"}).json()["ContactId"]

    deleted = ada.delete(f"{API}/Contact/{made}")
    seeded = ada.delete(f"{API}/Contact/2")

    assert (deleted.status_code, deleted.content, seeded.status_code) == (204, b"", 204)
    for number in (made, 2):
        assert_documented_error(ada.get(f"{API}/Contact/{number}"), 404)
        assert_documented_error(ada.delete(f"{API}/Contact/{number}"), 404)
    assert {str(made), "2"}.isdisjoint({row["PrimaryKey"] for row in everything(ada, "Contact")})
    assert ("contact", "2") not in markers_of(cloud, "ada@nordlys.test")
    assert b"mk-short-lived" not in cloud.state_bytes()
    assert ada.post(f"{API}/Contact", json={"Name": "x"}).json()["ContactId"] > made


def test_a_document_is_emptied_only_on_purpose(ada: httpx.Client) -> None:
    place = f"{API}/Document/1/Content"
    before = ada.get(place).content

    assert_documented_error(ada.put(place), 400)
    assert ada.get(place).content == before
    assert ada.put(place, headers={"Content-Type": "text/plain"}).status_code == 200
    assert ada.get(place).content == b""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nobody_overwrites_what_changed_meanwhile(ada: httpx.Client, method: str) -> None:
    before = ada.get(f"{API}/Contact/1")
    ada.patch(f"{API}/Contact/1", json={"Name": "First"})
    headers = {"If-Unmodified-Since": before.headers["last-modified"]}

    body = {"json": {"Name": "Second"}} if method != "DELETE" else {}
    assert_documented_error(ada.request(method, f"{API}/Contact/1", headers=headers, **body), 412)
    assert ada.get(f"{API}/Contact/1").json()["Name"] == "First"


def test_a_role_decides_what_is_seen_and_what_is_changed(ada: httpx.Client, seller: httpx.Client) -> None:
    made = seller.post(f"{API}/Appointment", json=NEW["Appointment"]).raise_for_status().json()["AppointmentId"]
    contact = seller.get(f"{API}/Contact/1").json()
    bodies = {"PUT": NEW["Contact"], "PATCH": {"Name": "x"}, "DELETE": None, "POST": NEW["Contact"]}

    assert seller.delete(f"{API}/Appointment/{made}").status_code == 204
    assert contact["TableRight"]["Mask"] == "Select, Filtering"
    assert contact["FieldProperties"]["Name"]["FieldRight"]["Mask"] == "Select"
    for method, body in bodies.items():
        place = f"{API}/Contact" if method == "POST" else f"{API}/Contact/1"
        assert_documented_error(seller.request(method, place, json=body), 403)
    assert_documented_error(seller.get(f"{API}/Sale/1"), 404)
    assert everything(seller, "Sale") == seller.get(f"{API}/Contact/1/Sales").json()["value"] == []
    assert ada.get(f"{API}/Contact/1").json()["Name"] == contact["Name"]


def test_activities_leave_out_what_the_role_does_not_show(ada: httpx.Client, seller: httpx.Client) -> None:
    kinds = [
        {
            row["EntityName"]
            for number in NOBODYS
            for row in app.get(f"{API}/Contact/{number}/Activities").json()["value"]
        }
        for app in (ada, seller)
    ]

    assert kinds == [{"appointment", "document", "sale"}, {"appointment", "document"}]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Selection"),
        ("PUT", "Selection/1"),
        ("DELETE", "Selection/1"),
        ("POST", "Selection/1/Members/Add"),
        ("POST", "Sale/1/Stakeholders"),
        ("POST", "Contact/1/Relations"),
        ("POST", "Agents/Quote/SaveQuoteEntity"),
    ],
)
def test_what_mobile_never_writes_is_refused_to_everybody(ada: httpx.Client, method: str, path: str) -> None:
    assert_documented_error(ada.request(method, f"{API}/{path}", json={}), 403)


@pytest.mark.parametrize("relation", ["Persons", "Appointments", "Documents", "Sales", "Projects"])
def test_a_company_leads_to_what_belongs_to_it(ada: httpx.Client, relation: str) -> None:
    resource = relation.removesuffix("s")
    found = {number: ada.get(f"{API}/Contact/{number}/{relation}").json()["value"] for number in NOBODYS}

    rows = [row for rows in found.values() for row in rows]
    assert rows
    assert {row["PrimaryKey"] for row in rows} <= {row["PrimaryKey"] for row in everything(ada, resource)}
    if relation != "Projects":
        assert {(number, row["contactId"]) for number, rows in found.items() for row in rows} == {
            (number, number) for number, rows in found.items() if rows
        }


def test_what_is_not_there_has_no_relations(ada: httpx.Client) -> None:
    assert_documented_error(ada.get(f"{API}/Contact/99999/Persons"), 404)
    assert_documented_error(ada.get(f"{API}/Selection/99999/Members"), 404)
    assert_documented_error(ada.get(f"{API}/Contact/1/Invoices"), 404)


def test_a_selection_has_the_companies_it_counts(ada: httpx.Client) -> None:
    members = everything(ada, "Selection/1/Members", **{"$top": "7"})

    visible = [row for row in everything(ada, "Contact") if int(row["PrimaryKey"]) % 10 == 1]
    assert members == visible
    assert ada.get(f"{API}/Selection/1").json()["MemberCount"] >= len(members) > 7


def test_a_document_says_what_its_metadata_does_not(cloud: Cloud, ada: httpx.Client) -> None:
    asked = {"email": "ada@nordlys.test", "tenant": "Cust10001", "entity": "content"}
    markers = {each["id"]: each["marker"] for each in cloud.admin.get("/markers", params=asked).json()}

    content = ada.get(f"{API}/Document/1/Content")

    assert markers[1].encode() in content.content
    assert markers[1] not in ada.get(f"{API}/Document/1").text
    assert ada.get(f"{API}/Document/1/Length").json() == len(content.content)
    assert ada.get(f"{API}/Document/1/Url").json() == f"{API}/Document/1/Content"


def test_other_bytes_take_the_place_of_a_documents_own(ada: httpx.Client) -> None:
    before = ada.get(f"{API}/Document/1").json()
    headers = {"Content-Type": "application/octet-stream"}

    stored = ada.put(f"{API}/Document/1/Content", content=b"\0new", headers=headers).json()

    assert ada.get(f"{API}/Document/1/Content").content == b"\0new"
    assert stored["UpdatedDate"] > before["UpdatedDate"]


def test_a_document_in_microsoft_365_is_not_handed_out(ada: httpx.Client) -> None:
    assert_documented_error(ada.get(f"{API}/Document/14/Content"), 403)
    assert_documented_error(ada.get(f"{API}/Document/14/Length"), 403)
    assert ada.get(f"{API}/Document/14/Url").json() == "https://solberg.sharepoint.test/sites/crm/documents/2"
