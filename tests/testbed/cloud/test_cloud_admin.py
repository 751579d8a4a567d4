"""The lab's side: reset, clock, secrets, evidence."""

import hashlib
import time

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Attempt, Cloud, code_for, tokens_for

ADA = "ada@nordlys.test"
ONLINE = "https://online.superoffice.test"


def evidence_after(cloud: Cloud, since: int) -> list[dict[str, object]]:
    return cloud.admin.get("/evidence", params={"since": since}).json()


def position(cloud: Cloud) -> int:
    return len(evidence_after(cloud, 0))


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic x"])
@pytest.mark.parametrize("path", ["/accounts", "/secrets", "/nothing"])
def test_nothing_is_answered_without_the_token(cloud: Cloud, token: str, path: str) -> None:
    response = httpx.get(cloud.ready["admin"] + path, headers={"Authorization": token}, trust_env=False)

    assert response.status_code == 401


def test_a_reset_without_the_token_resets_nothing(cloud: Cloud, ada: httpx.Client) -> None:
    assert httpx.post(f"{cloud.ready['admin']}/reset", trust_env=False).status_code == 401
    assert ada.get(f"{API}/Contact/1").status_code == 200


def test_a_reset_brings_the_first_day_back(cloud: Cloud, ada: httpx.Client) -> None:
    before = ada.get(f"{API}/Contact/1").json()
    ada.patch(f"{API}/Contact/1", json={"Name": "Changed"})
    cloud.admin.put("/tenants/Cust10001/preferences/PocketTasks/AutoLogoutTime", json={"value": "9"})
    cloud.admin.post("/clock", json={"advance_seconds": 60})

    busy = cloud.busy
    cloud.admin.post("/reset").raise_for_status()
    seconds = cloud.busy - busy

    assert cloud.admin.get("/secrets").json() == []
    assert ada.get(f"{API}/Contact/1").status_code == 401
    again = {"Authorization": f"Bearer {tokens_for(cloud, ADA)['access_token']}"}
    assert ada.get(f"{API}/Contact/1", headers=again).json() == before
    assert ada.get(f"{API}/Preference/PocketTasks/AutoLogoutTime", headers=again).json()["RawValue"] == "0"
    assert cloud.admin.post("/clock", json={"advance_seconds": 0}).json()["ahead_seconds"] == 0
    assert seconds < 0.3


def test_a_reset_ends_browser_sessions(cloud: Cloud, client: httpx.Client) -> None:
    code_for(cloud, client, ADA, Attempt())
    cloud.admin.post("/reset")

    assert client.get(Attempt().url(prompt="none"), follow_redirects=False).has_redirect_location
    page = client.get(client.get(Attempt().url()).headers["location"])
    assert 'id="email"' in page.text


def test_every_kind_of_secret_in_play_is_known(cloud: Cloud, client: httpx.Client) -> None:
    attempt = Attempt()
    code = code_for(cloud, client, ADA, attempt)
    tokens = client.post(f"{ONLINE}/login/common/oauth/tokens", data=attempt.form(code)).json()

    known = {(each["kind"], each["value"]): each for each in cloud.admin.get("/secrets").json()}

    assert set(known) == {
        ("password", cloud.password(ADA)),
        ("session_cookie", client.cookies["SoOnlineAuth"]),
        ("authorization_code", code),
        ("code_verifier", attempt.verifier),
        *((kind, tokens[kind]) for kind in ("access_token", "refresh_token", "id_token")),
    }
    assert {each["email"] for each in known.values()} == {ADA}
    assert known["access_token", tokens["access_token"]]["tenant"] == "Cust10001"


def test_accounts_say_who_may_go_where(cloud: Cloud) -> None:
    tenants = {each["email"]: each["tenants"] for each in cloud.admin.get("/accounts").json()}

    assert tenants == {
        "ada@nordlys.test": ["Cust10001"],
        "bob@nordlys.test": ["Cust10001"],
        "cid@fjordtech.test": ["Cust20002"],
        "dot@partner.test": ["Cust10001", "Cust20002"],
        "gus@havn.test": ["Cust10001"],
        "kai@lyngen.test": ["Cust10001"],
        "mia@solberg.test": ["Cust10001"],
        "otto": ["Onsite"],
    }


def test_the_evidence_says_who_asked_for_what(cloud: Cloud, ada: httpx.Client) -> None:
    since = position(cloud)
    body, headers = b'{"Tables": []}', {"User-Agent": "pocket/1.0", "Content-Type": "application/json"}

    began = time.time()
    ada.post(f"{API}/Agents/Pocket/GetPocketStartupData", content=body, headers=headers)
    ended = time.time()

    (seen,) = evidence_after(cloud, since)
    assert began <= seen.pop("at") <= ended
    assert seen == {
        "n": since,
        "host": "online2.superoffice.test",
        "sni": "online2.superoffice.test",
        "method": "POST",
        "path": "/Cust10001/api/v1/Agents/Pocket/GetPocketStartupData",
        "auth_scheme": "Bearer",
        "status": 200,
        "user_agent": "pocket/1.0",
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


def test_the_evidence_holds_no_secret(cloud: Cloud, client: httpx.Client) -> None:
    since = position(cloud)
    tokens_for(cloud, ADA)
    client.get(f"{ONLINE}/login/common/oauth/authorize?client_id=x&state=hidden")

    seen = str(evidence_after(cloud, since))

    assert "hidden" not in seen
    assert [each["kind"] for each in cloud.admin.get("/secrets").json() if each["value"] in seen] == []


def test_refused_and_misdirected_requests_are_evidence_too(cloud: Cloud, client: httpx.Client) -> None:
    since = position(cloud)
    client.get(f"{API}/Contact")
    client.get("https://online3.superoffice.test/Cust10001/api/v1/Contact")
    client.get(f"{ONLINE}/nothing", headers={"Host": "nowhere.test"})

    assert [each["status"] for each in evidence_after(cloud, since)] == [401, 421, 404]


def test_the_admin_leaves_no_evidence(cloud: Cloud) -> None:
    since = position(cloud)
    cloud.admin.get("/accounts")

    assert evidence_after(cloud, since) == []


def test_the_configuration_link_of_a_tenant_chooses_crm_online(cloud: Cloud) -> None:
    link = cloud.admin.get("/tenants/Cust10001/configuration-link").json()

    assert link == {"link": "soprotocol://?crmOnline=true"}


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/tenants/Cust30003/configuration-link", {}, 404),
        ("GET", "/markers?email=ada@nordlys.test&tenant=Cust20002", {}, 404),
        ("GET", "/markers", {}, 404),
        ("GET", "/evidence?since=-1", {}, 400),
        ("GET", f"/evidence?since={'9' * 5000}", {}, 400),
        ("GET", "/nothing", {}, 404),
        ("GET", "/reset", {}, 405),
        ("POST", "/clock", {"json": {"advance_seconds": -1}}, 400),
        ("POST", "/clock", {"json": {"advance_seconds": True}}, 400),
        ("POST", "/clock", {"json": {"advance_seconds": "60"}}, 400),
        ("POST", "/clock", {"json": {"advance_seconds": 1e300}}, 400),
        ("POST", "/clock", {"content": b'{"advance_seconds": NaN}'}, 400),
        ("POST", "/clock", {"content": b""}, 400),
        ("PUT", "/tenants/Cust30003/preferences/PocketTasks/AutoLogoutTime", {"json": {"value": "1"}}, 404),
        ("PUT", "/tenants/Cust10001/preferences/PocketTasks/Unheard", {"json": {"value": "1"}}, 404),
        ("PUT", "/tenants/Cust10001/preferences/PocketTasks/AutoLogoutTime", {"json": {"value": 1}}, 400),
    ],
)
def test_a_faulty_order_is_refused(
    cloud: Cloud,
    method: str,
    path: str,
    options: dict[str, object],
    status: int,
) -> None:
    response = cloud.admin.request(method, path, **options)

    assert (response.status_code, "error" in response.json()) == (status, True)
