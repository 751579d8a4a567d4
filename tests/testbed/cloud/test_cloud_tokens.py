"""The token endpoint, and what its tokens open."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.testbed.cloud.cloud_visitor import API, NAMESPACE, TOKENS, Attempt, Cloud, code_for, tokens_for

ADA, BOB, CID, DOT = "ada@nordlys.test", "bob@nordlys.test", "cid@fjordtech.test", "dot@partner.test"
ONLINE = "https://online.superoffice.test"


def refresh(client: httpx.Client, token: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "pocket-mobile", "refresh_token": token}
    return client.post(TOKENS, data=form | changes)


def principal(client: httpx.Client, token: str, tenant: str = "Cust10001") -> httpx.Response:
    url = f"https://online2.superoffice.test/{tenant}/api/v1/User/currentPrincipal"
    return client.get(url, headers={"Authorization": f"Bearer {token}"})


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_a_code_buys_all_three_tokens(cloud: Cloud, client: httpx.Client) -> None:
    attempt = Attempt()
    response = client.post(TOKENS, data=attempt.form(code_for(cloud, client, ADA, attempt)))

    tokens = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["access_token"].startswith("8A:Cust10001.")
    assert principal(client, tokens["access_token"]).json()["EMailAddress"] == ADA


def test_the_id_token_is_signed_and_says_who_where_and_for_whom(cloud: Cloud, client: httpx.Client) -> None:
    attempt = Attempt()
    tokens = client.post(TOKENS, data=attempt.form(code_for(cloud, client, ADA, attempt))).json()
    discovery = client.get(f"{ONLINE}/login/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(client.get(discovery["jwks_uri"]).json())

    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims

    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ONLINE, "pocket-mobile", attempt.nonce)
    assert (claims["exp"] - claims["iat"], claims["iat"] - claims["nbf"]) == (300, 60)
    assert claims[f"{NAMESPACE}ctx"] == "Cust10001"
    assert claims[f"{NAMESPACE}webapi_url"] == "https://online2.superoffice.test/Cust10001/api/"


def test_the_published_keys_hold_nothing_private(client: httpx.Client) -> None:
    (key,) = client.get(f"{ONLINE}/login/.well-known/jwks").json()["keys"]

    assert set(key) == {"kty", "kid", "use", "alg", "n", "e"}


def test_a_replayed_code_is_refused_and_revokes_what_it_gave(cloud: Cloud, client: httpx.Client) -> None:
    attempt = Attempt()
    code = code_for(cloud, client, ADA, attempt)
    tokens = client.post(TOKENS, data=attempt.form(code)).json()

    replayed = client.post(TOKENS, data=attempt.form(code))

    assert error_of(replayed) == (400, "invalid_grant")
    assert principal(client, tokens["access_token"]).status_code == 401
    assert error_of(refresh(client, tokens["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1/signed-in"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"client_id": "other-app"}, "invalid_grant"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
    ],
)
def test_a_faulty_redemption_is_refused_and_leaves_the_code_good(
    cloud: Cloud,
    client: httpx.Client,
    changes: dict[str, str | None],
    error: str,
) -> None:
    attempt = Attempt()
    code = code_for(cloud, client, ADA, attempt)

    refused = client.post(TOKENS, data=attempt.form(code, **changes))

    assert error_of(refused) == (400, error)
    assert client.post(TOKENS, data=attempt.form(code)).status_code == 200


def test_a_code_lives_ten_minutes(cloud: Cloud, client: httpx.Client) -> None:
    attempt = Attempt()
    code = code_for(cloud, client, ADA, attempt)
    cloud.admin.post("/clock", json={"advance_seconds": 601})

    assert error_of(client.post(TOKENS, data=attempt.form(code))) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "request_options",
    [
        {"data": {"client_id": "nobody", "grant_type": "refresh_token"}},
        {"data": {"client_id": "pocket-mobile", "client_secret": "x", "grant_type": "refresh_token"}},
        {"data": {"client_id": "pocket-mobile", "grant_type": "refresh_token"}, "auth": ("pocket-mobile", "x")},
    ],
)
def test_a_client_that_is_unknown_or_brings_a_secret_is_refused(
    client: httpx.Client,
    request_options: dict[str, object],
) -> None:
    assert error_of(client.post(TOKENS, **request_options)) == (401, "invalid_client")


@pytest.mark.parametrize(
    "request_options",
    [
        {"params": {"grant_type": "refresh_token"}, "data": {"client_id": "pocket-mobile"}},
        {"json": {"grant_type": "refresh_token"}},
        {"content": b"grant_type=a&grant_type=b", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"\xff%ff=%", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"a=b&" * 60, "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {},
    ],
)
def test_an_unreadable_request_is_invalid(client: httpx.Client, request_options: dict[str, object]) -> None:
    assert error_of(client.post(TOKENS, **request_options)) == (400, "invalid_request")


def test_a_refresh_token_works_again_and_again_and_stays_the_same(cloud: Cloud, client: httpx.Client) -> None:
    tokens = tokens_for(cloud, ADA)

    first, second = (refresh(client, tokens["refresh_token"]).json() for _ in range(2))

    assert "refresh_token" not in first
    assert len({tokens["access_token"], first["access_token"], second["access_token"]}) == 3
    assert principal(client, second["access_token"]).status_code == 200


def test_an_access_token_lives_an_hour(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, ADA)["access_token"]
    cloud.admin.post("/clock", json={"advance_seconds": 59 * 60})
    before = principal(client, token).status_code
    cloud.admin.post("/clock", json={"advance_seconds": 61})

    assert (before, principal(client, token).status_code) == (200, 401)


def test_a_refresh_token_lives_for_years(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, ADA)["refresh_token"]
    cloud.admin.post("/clock", json={"advance_seconds": 3 * 365 * 86_400})
    after_three = refresh(client, token).status_code
    cloud.admin.post("/clock", json={"advance_seconds": 3 * 365 * 86_400})

    assert (after_three, error_of(refresh(client, token))) == (200, (400, "invalid_grant"))


def test_a_refresh_token_is_of_use_to_its_own_client_alone(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, ADA, client_id="other-app")["refresh_token"]

    assert error_of(refresh(client, token)) == (400, "invalid_grant")
    assert refresh(client, token, client_id="other-app").status_code == 200


def test_a_refresh_cannot_widen_the_scope(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, ADA)["refresh_token"]

    assert error_of(refresh(client, token, scope="everything")) == (400, "invalid_scope")


def test_tokens_are_not_taken_for_one_another(cloud: Cloud, client: httpx.Client) -> None:
    tokens = tokens_for(cloud, ADA)

    assert principal(client, tokens["refresh_token"]).status_code == 401
    assert principal(client, tokens["id_token"]).status_code == 401
    assert error_of(refresh(client, tokens["access_token"])) == (400, "invalid_grant")


def test_a_token_opens_its_own_tenant_alone(cloud: Cloud, client: httpx.Client) -> None:
    of_cid = tokens_for(cloud, CID)["access_token"]
    of_dot = tokens_for(cloud, DOT, acr_values="tenant:Cust20002")["access_token"]

    assert principal(client, of_cid, "Cust20002").status_code == 200
    assert principal(client, of_cid).status_code == 401
    assert principal(client, of_dot).status_code == 401


def test_a_call_without_a_bearer_token_is_refused(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, ADA)["access_token"]
    headers = ({}, {"Authorization": f"Basic {token}"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer 8A:x"})

    answers = [client.get(f"{API}/Contact", headers=each) for each in headers]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert all(answer.json()["Error"] is True and "ErrorMessage" in answer.json() for answer in answers)


def test_no_token_is_ever_given_twice(cloud: Cloud, client: httpx.Client) -> None:
    for email in (ADA, BOB, ADA):
        refresh(client, tokens_for(cloud, email)["refresh_token"])

    values = [secret["value"] for secret in cloud.admin.get("/secrets").json() if secret["kind"] != "password"]
    assert len(values) == len(set(values))


def test_the_database_holds_no_secret_in_clear(cloud: Cloud) -> None:
    tokens_for(cloud, ADA)
    home = Path(cloud.ready["ca"]).parent
    held = (home / "state.db").read_bytes()

    with closing(sqlite3.connect(home / "state.db")) as database:
        hashes = database.execute("SELECT password_hash FROM account").fetchall()
    known = [secret["value"] for secret in cloud.admin.get("/secrets").json()]

    assert len(known) >= 7
    assert [value for value in known if value.encode() in held] == []
    assert all(each[0].startswith("$argon2id$") for each in hashes)


def test_a_tenant_can_be_looked_up(client: httpx.Client) -> None:
    state = client.get(f"{ONLINE}/api/state/Cust20002").json()

    assert state["Endpoint"] == "https://online2.superoffice.test/Cust20002"
    assert state["IsRunning"] is True
    assert client.get(f"{ONLINE}/api/state/Cust30003").status_code == 404
