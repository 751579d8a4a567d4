"""An installation of a customer's own: user name and password, and nothing of CRM Online."""

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud, tokens_for

HOST = "https://crm.onsite.test"
WEB_API = f"{HOST}/netserver/api/v1"
AUTHENTICATE = f"{WEB_API}/Agents/SoPrincipal/Authenticate"


@pytest.fixture
def otto(cloud: Cloud) -> tuple[str, str]:
    return "otto", cloud.password("otto")


def test_user_name_and_password_open_its_web_api(client: httpx.Client, otto: tuple[str, str]) -> None:
    principal = client.get(f"{WEB_API}/User/currentPrincipal", auth=otto).json()
    page = client.get(f"{WEB_API}/Contact", params={"$top": "3"}, auth=otto).json()

    assert (principal["UserName"], principal["DatabaseContextIdentifier"]) == ("otto", "Onsite")
    assert len(page["value"]) == 3
    assert page["odata.nextLink"].startswith(f"{WEB_API}/Contact?")
    assert client.get(page["odata.nextLink"], auth=otto).status_code == 200


def test_its_records_are_its_own(cloud: Cloud, client: httpx.Client, ada: httpx.Client, otto: tuple[str, str]) -> None:
    markers = cloud.admin.get("/markers", params={"email": "otto", "tenant": "Onsite"}).json()
    record = next(each for each in markers if each["entity"] == "contact")

    assert record["marker"] in client.get(f"{WEB_API}/Contact/{record['id']}", auth=otto).text
    assert record["marker"] not in ada.get(f"{API}/Contact", params={"$top": "9999"}).text


def test_a_ticket_stands_for_the_password_for_ten_idle_hours(
    cloud: Cloud, client: httpx.Client, otto: tuple[str, str]
) -> None:
    ticket = client.post(AUTHENTICATE, json={"Username": otto[0], "Password": otto[1]}).json()["Ticket"]
    headers = {"Authorization": f"SOTicket {ticket}"}
    statuses = []
    for hours in (9, 9, 11):
        cloud.admin.post("/clock", json={"advance_seconds": hours * 3600})
        statuses.append(client.get(f"{WEB_API}/Contact/1", headers=headers).status_code)

    assert ticket.startswith("7T:")
    assert statuses == [200, 200, 401]
    assert ticket in cloud.secrets("ticket")
    assert ticket.encode() not in cloud.state_bytes()


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic %", "Basic b3R0bw==", "Basic b3R0bzp4", "SOTicket 7T:x", "Negotiate x"],
)
def test_anybody_else_is_refused(client: httpx.Client, header: str) -> None:
    response = client.get(f"{WEB_API}/Contact/1", headers={"Authorization": header} if header else {})

    assert (response.status_code, response.json()["Error"]) == (401, True)


def test_online_and_onsite_know_nothing_of_one_another(
    cloud: Cloud, client: httpx.Client, otto: tuple[str, str]
) -> None:
    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}

    assert client.get(f"{WEB_API}/Contact/1", headers=bearer).status_code == 401
    assert client.get(f"{API}/Contact/1", auth=otto).status_code == 401
    assert client.get("https://online2.superoffice.test/Onsite/api/v1/Contact/1", auth=otto).status_code == 404
    assert client.get("https://online.superoffice.test/api/state/Onsite").status_code == 404
    assert client.get(f"{HOST}/Cust10001/api/v1/Contact/1", headers=bearer).status_code == 404
    assert client.get(f"{HOST}/login/common/oauth/authorize").status_code == 404


@pytest.mark.parametrize("body", [{}, {"Username": "otto"}, {"Username": "otto", "Password": 1}, [], "x"])
def test_a_malformed_sign_in_is_refused(client: httpx.Client, body: object) -> None:
    response = client.post(AUTHENTICATE, json=body)

    assert (response.status_code, response.json()["Error"]) == (400, True)


def test_its_link_names_its_netserver(cloud: Cloud) -> None:
    link = cloud.admin.get("/tenants/Onsite/configuration-link").json()["link"]

    assert link == f"soprotocol://?netserverUrl={HOST}/netserver/services88"
