"""What the shipped policy does not allow is found, with the right kind and place; its twin at home is silent."""

import json
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests.traffic.oauth.builders import APP, BROWSER, exchange
from traffic.audit import findings_in
from traffic.belonging import secrets_of
from traffic.events import Exchange
from traffic.learning import as_secrets, learnt_from
from traffic.policy import shipped_policy
from traffic.secrets import Secrets

ROWS = (
    {"kind": "password", "value": "sm0rbr0d-og-k4ffe", "tenant": None},
    {"kind": "access_token", "value": "8A:Cust10001.q8ZkP3vY7uT1xW0bN5cM2d", "tenant": "Cust10001"},
    {"kind": "refresh_token", "value": "rt-Hh3kP9vQ2wXzL5mN8bYc4", "tenant": "Cust10001"},
    {"kind": "authorization_code", "value": "co-Tt6rE1yUi9oPa3sDf7gHj", "tenant": None},
    {"kind": "session_cookie", "value": "ck-Nn2mB8vCx4zLk6jHg5fDs", "tenant": None},
    {"kind": "record_mark", "value": "mark-Cust10001-sale-4711", "tenant": "Cust10001"},
    {"kind": "image", "value": "JFIF-card-of-Solveig-0000-4711", "tenant": None},
    {"kind": "totp_seed", "value": "JBSWY3DPEHPK3PXPJBSWY3DP", "tenant": None},
    {"kind": "push_handle", "value": "fcm-Qq1wE4rTy7uIo0pAs3dFg", "tenant": None},
    {"kind": "device_name", "value": "Solveigs-own-phone-of-2026", "tenant": None},
)
VALUE = {row["kind"]: str(row["value"]) for row in ROWS}
SECRETS = secrets_of(ROWS, "superoffice.test")
TOKENS, API = "online.superoffice.test", "online2.superoffice.test"
TOKEN_PATH, CONTACTS = "/login/common/oauth/tokens", "/Cust10001/api/v1/Contact"
type Found = set[tuple[str | None, str, str, str]]


def call(host: str, path: str = "/", body: str = "", agent: str = APP, **headers: str) -> Exchange:
    seen = exchange(0, "POST" if body else "GET", host, path, agent, body.encode())
    return replace(seen, request_headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def answer(host: str, path: str, asked: str, said: object, **headers: str) -> Exchange:
    seen = replace(call(host, path, asked), response_body=json.dumps(said).encode())
    return replace(seen, response_headers=tuple(headers.items()))


def found(seen: Exchange, secrets: Secrets = SECRETS) -> Found:
    return {(one.kind, one.claim, one.where, one.side.value) for one in findings_in([seen], secrets) if one.kind}


def form(**fields: str) -> str:
    return urlencode(fields)


BEARER = f"Bearer {VALUE['access_token']}"
ASTRAY: dict[str, tuple[Exchange, Found]] = {
    "password to the token endpoint": (
        call(TOKENS, TOKEN_PATH, form(grant_type="password", password=VALUE["password"])),
        {("password", "O13", "body", "app")},
    ),
    "password by Basic": (
        call(API, CONTACTS, authorization="Basic " + b64encode(f"ada:{VALUE['password']}".encode()).decode()),
        {("password", "O13", "header:authorization", "app")},
    ),
    "password in the answer of the sign-in page": (
        answer("id.superoffice.test", "/login", "a=b", {"echo": VALUE["password"]}),
        {("password", "O13", "body", "server")},
    ),
    "token in Referer": (
        call(API, CONTACTS, referer=f"https://{API}/x?t={VALUE['access_token']}"),
        {("access_token", "O9", "header:referer", "app")},
    ),
    "token in a URL": (
        call(API, f"{CONTACTS}?t={VALUE['access_token']}"),
        {("access_token", "O9", "url", "app")},
    ),
    "cookie to another sub-domain": (
        call(API, CONTACTS, cookie=f"SoOnlineAuth={VALUE['session_cookie']}"),
        {("session_cookie", "O13", "cookie", "app")},
    ),
    "cookie to the tenant's own page by script": (
        call("id.superoffice.test", "/log", json.dumps({"jar": VALUE["session_cookie"]})),
        {("session_cookie", "O13", "body", "app")},
    ),
    "code to another host": (
        call("statistics.example", "/", form(code=VALUE["authorization_code"])),
        {("authorization_code", "O13", "body", "app")},
    ),
    "code in the URL of the token endpoint": (
        call(TOKENS, f"{TOKEN_PATH}?code={VALUE['authorization_code']}", "grant_type=authorization_code"),
        {("authorization_code", "O9", "url", "app")},
    ),
    "access token to a second tenant of the same user": (
        call(API, "/Cust20002/api/v1/Contact", authorization=BEARER),
        {("access_token", "O13", "header:authorization", "app")},
    ),
    "access token to the sign-in server": (
        call(TOKENS, "/login/me", authorization=BEARER),
        {("access_token", "O13", "header:authorization", "app")},
    ),
    "refresh token to the Web API": (
        call(API, CONTACTS, form(t=VALUE["refresh_token"])),
        {("refresh_token", "O13", "body", "app")},
    ),
    "mark to the crash sink": (
        call("in.appcenter.ms", "/logs", json.dumps({"logs": [VALUE["record_mark"]]})),
        {("record_mark", "C18", "body", "app")},
    ),
    "mark to a push service": (
        call("fcm.googleapis.com", "/send", json.dumps({"text": VALUE["record_mark"]})),
        {("record_mark", "C18", "body", "app")},
    ),
    "mark to a host that nobody knows": (
        call("tracker.example", f"/{VALUE['record_mark']}"),
        {("record_mark", "C18", "url", "app"), ("record_mark", "O9", "url", "app")},
    ),
    "mark to Central Services": (
        call("central.superoffice.test", "/v1/cards", VALUE["record_mark"]),
        {("record_mark", "C18", "body", "app")},
    ),
    "image to the crash sink": (
        call("in.appcenter.ms", "/logs", json.dumps({"logs": [VALUE["image"]]})),
        {("image", "C22", "body", "app")},
    ),
    "token to the crash sink": (
        call("in.appcenter.ms", "/logs", json.dumps({"trace": f"GET {BEARER}"})),
        {("access_token", "O13", "body", "app")},
    ),
    "token to a push service": (
        call("fcm.googleapis.com", "/send", form(t=VALUE["access_token"])),
        {("access_token", "O13", "body", "app")},
    ),
    "access token in the body of its own tenant": (
        call(API, CONTACTS, form(t=VALUE["access_token"]), authorization=BEARER),
        {("access_token", "O13", "body", "app")},
    ),
    "refresh token in a header of the token endpoint": (
        call(TOKENS, TOKEN_PATH, "grant_type=refresh_token", authorization=f"Bearer {VALUE['refresh_token']}"),
        {("refresh_token", "O13", "header:authorization", "app")},
    ),
    "password in the URL of the sign-in page": (
        call("id.superoffice.test", f"/login?{form(password=VALUE['password'])}", agent=BROWSER),
        {("password", "O9", "url", "app")},
    ),
    "image to the tenant": (call(API, CONTACTS, VALUE["image"]), {("image", "C22", "body", "app")}),
    "seed sent by anybody": (
        call("login.lyngen.test", "/enrol", form(seed=VALUE["totp_seed"])),
        {("totp_seed", "O13", "body", "app")},
    ),
    "push handle to the sign-in page": (
        call("id.superoffice.test", "/login", form(device=VALUE["push_handle"])),
        {("push_handle", "C25", "body", "app")},
    ),
    "a kind that no policy names": (
        call(API, CONTACTS, form(device=VALUE["device_name"])),
        {("device_name", "O13", "body", "app")},
    ),
    "token in another's answer to a token call": (
        answer("tokens.example", "/oauth/token", "grant_type=refresh_token", {"access_token": VALUE["access_token"]}),
        {("access_token", "O13", "body", "server")},
    ),
    "refresh token in another's answer to a token call": (
        answer("tokens.example", "/oauth/token", "grant_type=refresh_token", {"refresh_token": VALUE["refresh_token"]}),
        {("refresh_token", "O13", "body", "server")},
    ),
    "token in an error page": (
        answer(API, CONTACTS, "", {"error": f"{VALUE['access_token']} has expired"}),
        {("access_token", "O13", "body", "server")},
    ),
    "token in a cookie that the token endpoint sets": (
        answer(TOKENS, TOKEN_PATH, "grant_type=x", {}, **{"set-cookie": f"t={VALUE['access_token']}"}),
        {("access_token", "O13", "cookie", "server")},
    ),
}
AT_HOME: dict[str, Exchange] = {
    "password": call("id.superoffice.test", "/login", form(password=VALUE["password"]), BROWSER),
    "access token": call(API, CONTACTS, authorization=BEARER),
    "access token at Central Services": call("central.superoffice.test", "/v1/cards", authorization=BEARER),
    "refresh token": call(TOKENS, TOKEN_PATH, form(grant_type="refresh_token", refresh_token=VALUE["refresh_token"])),
    "tokens where they are issued": answer(
        TOKENS,
        TOKEN_PATH,
        "grant_type=refresh_token",
        {"access_token": VALUE["access_token"], "refresh_token": VALUE["refresh_token"]},
    ),
    "code": call(TOKENS, TOKEN_PATH, form(code=VALUE["authorization_code"])),
    "code in the redirect": answer(
        "id.superoffice.test", "/login", "", {}, location=f"app:/in?code={VALUE['authorization_code']}&state=s"
    ),
    "cookie": call("id.superoffice.test", "/login", cookie=f"SoOnlineAuth={VALUE['session_cookie']}"),
    "mark": answer(API, CONTACTS, "", {"Name": VALUE["record_mark"]}),
    "image": call("central.superoffice.test", "/v1/cards", VALUE["image"]),
    "push handle": call(
        "central.superoffice.test", "/v1/push/devices", json.dumps({"PNSHandle": VALUE["push_handle"]})
    ),
}


@pytest.mark.parametrize("flow", ASTRAY)
def test_what_the_policy_does_not_allow_is_found_with_its_kind_and_place(flow: str) -> None:
    seen, expected = ASTRAY[flow]

    assert found(seen) == expected


@pytest.mark.parametrize("flow", AT_HOME)
def test_what_it_allows_is_no_finding(flow: str) -> None:
    assert found(AT_HOME[flow]) == set()


def test_basic_authentication_of_a_call_is_a_finding_of_its_own() -> None:
    seen, _ = ASTRAY["password by Basic"]

    assert "C19" in {one.claim for one in findings_in([seen], SECRETS)}


def issued(host: str, path: str = "/connect/token") -> Exchange:
    return answer(
        host, path, form(grant_type="authorization_code", code="c" * 20), {"access_token": "at-Kk5lO2iUy8tRe3wQz"}
    )


def test_a_token_that_was_learnt_is_at_home_where_it_was_issued_first_and_nowhere_else() -> None:
    policy, first, second = shipped_policy(), issued("auth.elsewhere.example"), issued("other.example")
    learnt = (one for seen in (first, second) for one in learnt_from(seen, policy))
    secrets = Secrets.searchable(as_secrets(learnt, set(), policy))

    assert not [one for one in found(first, secrets) if one[0] == "access_token"]
    assert ("access_token", "O13", "body", "server") in found(second, secrets)
    assert ("access_token", "O13", "body", "server") in found(issued("auth.elsewhere.example", "/oauth/echo"), secrets)


def test_a_finding_in_a_recording_says_who_sent_it_and_when_without_the_secret() -> None:
    seen = replace(ASTRAY["refresh token to the Web API"][0], phone="virtual-ios", test="suites/test_a.py", ahead=60.0)
    seen = replace(seen, client="127.0.0.1:4711", request_headers=(("user-agent", "CRM/1.0 (iOS)"),))

    (finding,) = (one for one in findings_in([seen], SECRETS) if one.kind == "refresh_token")

    assert finding.words.endswith(
        "; sent by CRM/1.0 from 127.0.0.1:4711 on virtual-ios, 2023-11-14 22:14:20 UTC by its clock,"
        " in suites/test_a.py"
    )


def test_a_finding_in_a_capture_from_elsewhere_claims_nothing_about_phones() -> None:
    findings = findings_in([ASTRAY["refresh token to the Web API"][0]], SECRETS)

    assert [(one.sent, one.words == one.text) for one in findings if one.kind] == [("", True)]
