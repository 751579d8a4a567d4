"""Accounts, passwords, roles and tenants, as the lab changes them."""

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, TOKENS, Attempt, Browser, Cloud, answer_in, code_for, tokens_for

ADA, BOB, EVE = "ada@nordlys.test", "bob@nordlys.test", "eve@nordlys.test"
EVES = {"email": EVE, "name": "Eve Sand", "tenants": ["Cust10001"]}


def refused(cloud: Cloud, email: str, password: str) -> bool:
    with cloud.client() as client:
        browser = Browser(client)
        return browser.sign_in(browser.open(Attempt().url()), email, password).has("error")


def refresh_status(cloud: Cloud, token: str) -> int:
    form = {"grant_type": "refresh_token", "client_id": "pocket-mobile", "refresh_token": token}
    with cloud.client() as client:
        return client.post(TOKENS, data=form).status_code


def test_a_new_password_is_a_new_hash_and_the_old_one_is_gone(cloud: Cloud) -> None:
    old, before = cloud.password(ADA), cloud.admin.get(f"/accounts/{ADA}/credential").json()
    assert before["hash"].encode() in cloud.state_bytes()

    new = cloud.admin.put(f"/accounts/{ADA}/password", json={}).json()["password"]
    after = cloud.admin.get(f"/accounts/{ADA}/credential").json()

    assert (before["algorithm"], after["algorithm"]) == ("argon2id", "argon2id")
    held = cloud.state_bytes()
    assert (before["hash"].encode() in held, after["hash"].encode() in held) == (False, True)
    assert [secret for secret in (old, new) if secret.encode() in held] == []
    assert refused(cloud, ADA, old)
    assert not refused(cloud, ADA, new)
    assert cloud.password(ADA) == new


@pytest.mark.parametrize(("revoke", "status"), [(False, 200), (True, 400)])
def test_a_change_of_password_ends_tokens_only_if_told_to(cloud: Cloud, *, revoke: bool, status: int) -> None:
    token = tokens_for(cloud, ADA)["refresh_token"]

    cloud.admin.put(f"/accounts/{ADA}/password", json={"password": "another one", "revoke": revoke})

    assert refresh_status(cloud, token) == status


def test_a_password_at_a_provider_is_changed_there(cloud: Cloud) -> None:
    before = cloud.admin.get("/accounts/gus@havn.test/credential").json()
    cloud.admin.put("/accounts/gus@havn.test/password", json={"password": "a new one"}).raise_for_status()

    assert before["hash"].encode() not in cloud.state_bytes()
    assert cloud.password("gus@havn.test") == "a new one"


def test_a_reset_brings_the_first_passwords_back(cloud: Cloud) -> None:
    first = cloud.password(ADA)
    cloud.admin.put(f"/accounts/{ADA}/password", json={})
    cloud.admin.post("/reset")

    assert cloud.password(ADA) == first
    assert not refused(cloud, ADA, first)


def test_somebody_hired_can_work_and_somebody_dismissed_cannot(cloud: Cloud, client: httpx.Client) -> None:
    hired = cloud.admin.post("/accounts", json=EVES).json()
    tokens = tokens_for(cloud, EVE)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    worked = client.get(f"{API}/User/currentPrincipal", headers=headers).json()

    cloud.admin.delete(f"/accounts/{EVE}").raise_for_status()

    assert (worked["EMailAddress"], worked["RoleName"]) == (EVE, hired["roles"]["Cust10001"])
    assert client.get(f"{API}/User/currentPrincipal", headers=headers).status_code == 401
    assert refresh_status(cloud, tokens["refresh_token"]) == 400
    assert refused(cloud, EVE, hired["password"])


def test_somebody_hired_in_a_providers_domain_signs_in_there(cloud: Cloud, browser: Browser) -> None:
    order = {**EVES, "email": "eve@havn.test", "password": "hers"}
    cloud.admin.post("/accounts", json=order).raise_for_status()

    page = browser.submit(browser.open(Attempt().url()), "next", email="eve@havn.test")
    browser.submit(page, "passwordNext", password="hers")

    assert "code" in answer_in(browser.left_to)


def test_a_role_given_shows_in_the_principal(cloud: Cloud, bob: httpx.Client) -> None:
    order = {"tenant": "Cust10001", "role": "Read only"}
    cloud.admin.put(f"/accounts/{BOB}/role", json=order).raise_for_status()

    assert bob.get(f"{API}/User/currentPrincipal").json()["RoleName"] == "Read only"


def test_a_role_may_be_made_to_measure(cloud: Cloud) -> None:
    rights = {"*": "Select", "appointment": "Select, Insert"}
    cloud.admin.put("/roles/Trainee", json={"rights": rights}).raise_for_status()
    cloud.admin.put(f"/accounts/{BOB}/role", json={"tenant": "Cust10001", "role": "Trainee"}).raise_for_status()

    assert {"name": "Trainee", "rights": rights} in cloud.admin.get("/roles").json()


def test_all_of_a_persons_sessions_can_be_revoked(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    attempt = Attempt()
    code = code_for(cloud, client, ADA, attempt)
    others = tokens_for(cloud, BOB)["refresh_token"]
    tokens = client.post(TOKENS, data=attempt.form(code)).json()

    count = cloud.admin.post("/revoke", json={"email": ADA}).json()

    assert count == {"revoked": 2}
    assert refresh_status(cloud, tokens["refresh_token"]) == 400
    assert refresh_status(cloud, others) == 200
    assert browser.open(Attempt().url()).has("email")


def test_one_token_can_be_revoked(cloud: Cloud, client: httpx.Client) -> None:
    tokens = tokens_for(cloud, ADA)

    assert cloud.admin.post("/revoke", json={"token": tokens["access_token"]}).json() == {"revoked": 1}
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get(f"{API}/Contact/1", headers=headers).status_code == 401
    assert refresh_status(cloud, tokens["refresh_token"]) == 200


def test_a_tenant_moves_and_its_old_host_says_so(cloud: Cloud, ada: httpx.Client) -> None:
    new = "online3.superoffice.test"
    cloud.admin.put("/tenants/Cust10001/whereabouts", json={"host": new}).raise_for_status()

    state = ada.get("https://online.superoffice.test/api/state/Cust10001").json()
    moved = ada.get(f"{state['Api']}/v1/Contact", params={"$top": "1"}).json()

    assert ada.get(f"{API}/Contact/1").status_code == 421
    assert state["Endpoint"] == f"https://{new}/Cust10001"
    assert moved["odata.nextLink"].startswith(f"https://{new}/Cust10001/api/v1/")
    assert (
        ada.get("https://online.superoffice.test/api/state/Cust20002").json()["Endpoint"].startswith("https://online2.")
    )


def test_a_tenant_under_maintenance_is_told_as_such(cloud: Cloud, ada: httpx.Client) -> None:
    statuses = {}
    for state in ("OnlineMaintenance", "OfflineMaintenance", "Suspended"):
        cloud.admin.put("/tenants/Cust10001/whereabouts", json={"state": state}).raise_for_status()
        told = ada.get("https://online.superoffice.test/api/state/Cust10001").json()
        statuses[told["State"]] = (told["IsRunning"], ada.get(f"{API}/Contact/1").status_code)

    assert statuses == {
        "OnlineMaintenance": (True, 200),
        "OfflineMaintenance": (False, 503),
        "Suspended": (False, 503),
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/accounts", {**EVES, "email": ADA}, 400),
        ("POST", "/accounts", {**EVES, "email": "eve@nordlys.com"}, 400),
        ("POST", "/accounts", {**EVES, "tenants": ["Cust30003"]}, 400),
        ("POST", "/accounts", {**EVES, "tenants": []}, 400),
        ("POST", "/accounts", {**EVES, "role": "Emperor"}, 400),
        ("POST", "/accounts", {**EVES, "salary": 1}, 400),
        ("POST", "/accounts", {"email": EVE}, 400),
        ("DELETE", f"/accounts/{EVE}", None, 404),
        ("PUT", f"/accounts/{EVE}/password", {}, 404),
        ("PUT", f"/accounts/{ADA}/password", {"password": ""}, 400),
        ("PUT", f"/accounts/{ADA}/password", {"revoke": "yes"}, 400),
        ("PUT", "/accounts/kai@lyngen.test/password", {}, 400),
        ("GET", "/accounts/kai@lyngen.test/credential", None, 404),
        ("PUT", f"/accounts/{ADA}/role", {"tenant": "Cust20002", "role": "Read only"}, 404),
        ("PUT", f"/accounts/{ADA}/role", {"tenant": "Cust10001", "role": 1}, 400),
        ("PUT", "/roles/Odd", {"rights": {"contact": "Select,Update"}}, 400),
        ("PUT", "/roles/Odd", {"rights": {"contact": "Fly"}}, 400),
        ("PATCH", "/settings", {"access_token_seconds": 0}, 400),
        ("PATCH", "/settings", {"access_token_seconds": True}, 400),
        ("PATCH", "/settings", {"refresh_tokens": "sometimes"}, 400),
        ("PATCH", "/settings", {"unheard": 1}, 400),
        ("PATCH", "/settings", {}, 400),
        ("PATCH", "/clients/nobody", {"consent": True}, 404),
        ("PATCH", "/clients/other-app", {"pkce": "never"}, 400),
        ("PATCH", "/clients/other-app", {"consent": 1}, 400),
        ("POST", "/revoke", {}, 400),
        ("POST", "/revoke", {"token": 1}, 400),
        ("DELETE", "/consents", None, 400),
        ("PUT", "/tenants/Cust10001/whereabouts", {"host": "elsewhere.test"}, 400),
        ("PUT", "/tenants/Cust10001/whereabouts", {"state": "Tired"}, 400),
        ("PUT", "/tenants/Onsite/whereabouts", {"state": "Running"}, 404),
        ("PUT", "/identity-providers/domains/nordlys.test", {"provider": "elsewhere"}, 400),
        ("PUT", "/identity-providers/domains/nordlys.com", {"provider": "google"}, 400),
        ("DELETE", "/identity-providers/domains/nordlys.test", None, 404),
        ("PUT", f"/accounts/{ADA}/second-factor", {"wanted": True}, 404),
        ("PUT", "/accounts/gus@havn.test/second-factor", {"wanted": 1}, 400),
        ("POST", f"/accounts/{ADA}/retract", None, 404),
        ("POST", "/push", {"message": {}}, 400),
        ("POST", "/push", {"message": {"x": "y" * 5000}, "email": ADA}, 400),
        ("POST", "/tenants/Cust10001/touch", {"percent": 101}, 400),
    ],
)
def test_a_faulty_order_is_refused_and_changes_nothing(
    cloud: Cloud, method: str, path: str, body: object, status: int
) -> None:
    before = [cloud.admin.get(place).json() for place in ("/accounts", "/settings", "/clients", "/roles")]

    response = cloud.admin.request(method, path, json=body) if body is not None else cloud.admin.request(method, path)

    assert (response.status_code, "error" in response.json()) == (status, True)
    assert [cloud.admin.get(place).json() for place in ("/accounts", "/settings", "/clients", "/roles")] == before
