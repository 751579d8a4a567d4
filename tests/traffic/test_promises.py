import base64
from collections.abc import Callable, Iterable

import pytest

from traffic.audit import findings_in
from traffic.belonging import secrets_of
from traffic.events import Exchange, Headers
from traffic.findings import Finding
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.promises import (
    CLAIMS,
    PROMISES,
    all_traffic_is_tls,
    api_calls_carry_a_bearer_token,
    authorization_uses_pkce_and_state,
)
from traffic.secrets import Secrets

ACCESS = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="
REFRESH = "r-Jw83kd92ksla0Zx7"
ID_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
CODE = "c0de-9f8e7d6c5b4a"
VERIFIER = "v" * 20 + "0123456789-._~" + "abcdefghij"
COOKIE = "s3ss10n-kdjf83jdkw"
PASSWORD = "sm0rbr0d-og-k4ffe"
VALUES = {
    "access_token": ACCESS,
    "refresh_token": REFRESH,
    "id_token": ID_TOKEN,
    "authorization_code": CODE,
    "code_verifier": VERIFIER,
    "session_cookie": COOKIE,
    "password": PASSWORD,
}
SECRETS = secrets_of([{"kind": kind, "value": value} for kind, value in VALUES.items()], "superoffice.test")
KINDS = list(VALUES)

API, TOKENS, PAGES = "online2.superoffice.test", "online.superoffice.test", "id.superoffice.test"
LIST = "/Cust10001/api/v1/Contact?$top=50"
TOKEN_PATH = "/login/common/oauth/tokens"
AUTHORIZE = (
    "/login/common/oauth/authorize?response_type=code&client_id=pocket-mobile&scope=openid"
    "&redirect_uri=test.superoffice.pocket%3A%2Fsigned-in&state=AAAAAAAAAAAAAAAAAAAAAA&nonce=n"
    f"&code_challenge={'C' * 43}&code_challenge_method=S256"
)
FORM = ("content-type", "application/x-www-form-urlencoded")
REDEEM = f"grant_type=authorization_code&client_id=pocket-mobile&code={CODE}&code_verifier={VERIFIER}"


def exchange(  # noqa: PLR0913 -- a test says only what matters to it
    path: str = LIST,
    host: str = API,
    *,
    method: str = "GET",
    scheme: str = "https",
    headers: Headers = (),
    body: str = "",
    answered: Headers = (),
    answer: str = "",
) -> Exchange:
    return Exchange(
        n=7,
        at=1.0,
        started=0.5,
        scheme=scheme,
        method=method,
        host=host,
        port=443,
        path=path,
        url=f"{scheme}://{host}{path}",
        request_headers=headers,
        request_body=body.encode(),
        status=200,
        response_headers=answered,
        response_body=answer.encode(),
    )


def api_call(*headers: tuple[str, str], path: str = LIST) -> Exchange:
    return exchange(path, headers=headers)


def redeem(body: str, *headers: tuple[str, str], path: str = TOKEN_PATH) -> Exchange:
    answer = f'{{"access_token": "{ACCESS}", "refresh_token": "{REFRESH}", "id_token": "{ID_TOKEN}"}}'
    return exchange(path, TOKENS, method="POST", headers=(FORM, *headers), body=body, answer=answer)


BEARER = ("authorization", f"Bearer {ACCESS}")
GOOD = {
    "an API call": api_call(BEARER),
    "the authorization request": exchange(AUTHORIZE, TOKENS),
    "the sign-in form": exchange("/login", PAGES, method="POST", body=f"email=ada%40nordlys.test&password={PASSWORD}"),
    "the session cookie": exchange("/login", PAGES, headers=(("cookie", f"sso={COOKIE}"),)),
    "a new session cookie": exchange("/login", PAGES, answered=(("set-cookie", f"sso={COOKIE}; Secure"),)),
    "the redirect with the code": exchange(
        "/login",
        PAGES,
        method="POST",
        answered=(("location", f"test.superoffice.pocket:/signed-in?code={CODE}&state=A"),),
    ),
    "the code redeemed": redeem(REDEEM),
    "a refresh": redeem(f"grant_type=refresh_token&client_id=pocket-mobile&refresh_token={REFRESH}"),
    "end of session": exchange(f"/logout?id_token_hint={ID_TOKEN}", PAGES),
    "tenant status": exchange("/api/state/Cust10001", TOKENS),
    "the loopback redirect": exchange(f"/signed-in?code={CODE}", "127.0.0.1", scheme="http"),
}


@pytest.mark.parametrize("what", GOOD)
def test_every_promise_is_silent_about_what_the_vendor_documents(what: str) -> None:
    assert findings_in([GOOD[what]], SECRETS) == ()


def fired(promise: Callable[[Exchange, Secrets], Iterable[Finding]], seen: Exchange) -> list[Finding]:
    return list(promise(seen, SECRETS))


@pytest.mark.parametrize("host", [API, "tracker.example"])
def test_a_request_in_clear_is_found(host: str) -> None:
    (finding,) = fired(all_traffic_is_tls, exchange("/ping", host, scheme="http"))

    assert (finding.claim, finding.host, finding.where, finding.exchange) == ("C16", host, "request", 7)


@pytest.mark.parametrize(
    ("kind", "seen", "where"),
    [
        ("access_token", api_call(path=f"{LIST}&access_token={ACCESS}"), "url"),
        ("access_token", api_call(path=f"{LIST}&a={base64.b64encode(b'x' + ACCESS.encode()).decode()}"), "url"),
        ("refresh_token", exchange(f"{TOKEN_PATH}?refresh_token={REFRESH}", TOKENS, method="POST"), "url"),
        ("password", exchange(f"/login?password={PASSWORD}", PAGES), "url"),
        ("authorization_code", exchange(f"/collect?c={CODE}", TOKENS), "url"),
        (
            "authorization_code",
            exchange("/x", PAGES, headers=(("Referer", f"https://a.test/?code={CODE}"),)),
            "header:referer",
        ),
        (
            "access_token",
            exchange("/x", PAGES, answered=(("Location", f"app:/#access_token={ACCESS}"),)),
            "header:location",
        ),
    ],
)
def test_a_secret_in_a_url_is_found(kind: str, seen: Exchange, where: str) -> None:
    (finding,) = fired(tokens_stay_out_of_urls, seen)

    assert (finding.claim, finding.kind, finding.where) == ("O9", kind, where)


@pytest.mark.parametrize(
    ("kind", "seen", "where"),
    [
        ("access_token", exchange("/v1", "tracker.example", headers=(BEARER,)), "header:authorization"),
        ("access_token", exchange("/v1", TOKENS, headers=(BEARER,)), "header:authorization"),
        ("access_token", api_call(("x-token", ACCESS)), "header:x-token"),
        ("access_token", exchange(LIST, method="POST", body=f"token={ACCESS}"), "body"),
        ("access_token", exchange(f"/p?t={ACCESS}", "tracker.example"), "url"),
        ("refresh_token", exchange("/Cust10001/api/v1/x", method="POST", body=REFRESH), "body"),
        ("refresh_token", exchange("/login", TOKENS, method="POST", body=REFRESH), "body"),
        ("password", exchange("/login", TOKENS, method="POST", body=f"password={PASSWORD}"), "body"),
        ("password", exchange("/crash", "sink.example", method="POST", body=PASSWORD.encode().hex()), "body"),
        ("code_verifier", exchange("/login", PAGES, method="POST", body=VERIFIER), "body"),
        ("session_cookie", api_call(("Cookie", f"sso={COOKIE}")), "cookie"),
        ("id_token", exchange("/", API, headers=(("x-id", ID_TOKEN),)), "header:x-id"),
    ],
)
def test_a_secret_outside_its_places_is_found(kind: str, seen: Exchange, where: str) -> None:
    (finding,) = fired(tokens_go_only_where_they_belong, seen)

    assert (finding.claim, finding.kind, finding.where, finding.side) == ("O13", kind, where, "app")


def test_a_server_that_gives_a_secret_back_is_found_as_the_server() -> None:
    (finding,) = fired(tokens_go_only_where_they_belong, exchange("/login", PAGES, answer=f"wrong: {PASSWORD}"))

    assert (finding.kind, finding.side) == ("password", "server")


def test_a_token_in_the_url_of_its_own_host_breaks_one_promise_only() -> None:
    found = findings_in([api_call(BEARER, path=f"{LIST}&access_token={ACCESS}")], SECRETS)

    assert [finding.promise for finding in found] == ["tokens_stay_out_of_urls"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), "without a token"),
        ((("authorization", "Basic YWRhOnNlY3JldA=="),), "Basic"),
        ((("authorization", "SOTicket 7T:abc"), ("SO-AppToken", "x")), "SOTicket"),
        ((("authorization", "Bearer "),), "no bearer token"),
        ((("authorization", ACCESS),), "no bearer token"),
        ((BEARER, BEARER), "several headers"),
        ((BEARER, ("SO-AppToken", "x")), "SO-AppToken"),
        ((BEARER, ("Cookie", "SoAuth=x")), "cookie"),
    ],
)
def test_an_api_call_that_is_not_authorised_by_a_bearer_token_is_found(headers: Headers, expected: str) -> None:
    found = fired(api_calls_carry_a_bearer_token, api_call(*headers))

    assert expected in found[0].text
    assert {finding.claim for finding in found} == {"C19"}


def test_a_call_to_the_older_services_needs_a_bearer_token_too() -> None:
    seen = exchange("/Cust10001/Remote/Services88/Contact.svc", headers=(("authorization", "Basic YWRhOnNlY3JldA=="),))

    assert [finding.claim for finding in fired(api_calls_carry_a_bearer_token, seen)] == ["C19"]


@pytest.mark.parametrize("path", ["/api/state/Cust10001", "/Cust10001/api", "/login", "/Cust10001/default.aspx"])
def test_what_is_no_api_call_needs_no_bearer_token(path: str) -> None:
    assert fired(api_calls_carry_a_bearer_token, exchange(path)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("response_type=code", "response_type=token", "response_type"),
        ("response_type=code", "response_type=code+id_token", "response_type"),
        ("&code_challenge_method=S256", "&code_challenge_method=plain", "S256"),
        ("&code_challenge_method=S256", "", "S256"),
        ("C" * 43, "C" * 42, "code_challenge"),
        ("&state=AAAAAAAAAAAAAAAAAAAAAA", "", "state"),
        ("&state=AAAAAAAAAAAAAAAAAAAAAA", "&state=1", "state"),
        ("test.superoffice.pocket%3A%2F", "http%3A%2F%2Fevil.example%2F", "redirect_uri"),
        ("test.superoffice.pocket%3A%2F", "pocket%3A%2F%2F", "redirect_uri"),
        ("&nonce=n", "&client_secret=s", "client_secret"),
        ("&nonce=n", "&state=B", "2 times"),
    ],
)
def test_an_authorization_request_that_departs_from_the_rules_is_found(old: str, new: str, expected: str) -> None:
    (finding,) = fired(authorization_uses_pkce_and_state, exchange(AUTHORIZE.replace(old, new), TOKENS))

    assert expected in finding.text


@pytest.mark.parametrize(
    "redirect",
    [
        "http%3A%2F%2F127.0.0.1%3A9004%2Fsigned-in",
        "http%3A%2F%2F%5B%3A%3A1%5D%3A9%2Fx",
        "https%3A%2F%2Fapp.example%2Fx",
    ],
)
def test_every_redirect_that_rfc_8252_allows_is_fine(redirect: str) -> None:
    path = AUTHORIZE.replace("test.superoffice.pocket%3A%2Fsigned-in", redirect)

    assert fired(authorization_uses_pkce_and_state, exchange(path, TOKENS)) == []


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (redeem(REDEEM.replace(VERIFIER, "short")), "code_verifier"),
        (redeem(REDEEM.partition("&code_verifier")[0]), "code_verifier"),
        (redeem(f"{REDEEM}&client_secret=s"), "client secret"),
        (redeem(REDEEM, ("Authorization", "Basic cG9ja2V0OnM=")), "client secret"),
        (redeem(f"grant_type=password&username=ada&password={PASSWORD}"), "grant_type"),
        (redeem("", path=f"{TOKEN_PATH}?grant_type=refresh_token&refresh_token={REFRESH}"), "URL"),
    ],
)
def test_a_token_request_that_departs_from_the_rules_is_found(seen: Exchange, expected: str) -> None:
    (finding,) = fired(authorization_uses_pkce_and_state, seen)

    assert (finding.claim, expected in finding.text) == ("C37", True)


def test_no_finding_shows_a_secret_even_where_the_host_name_is_the_leak() -> None:
    host = f"{base64.b32encode(REFRESH.encode()).decode().rstrip('=').lower()}.evil.example"
    leaky = exchange(f"/{ACCESS}", host, scheme="http", headers=((f"x-{REFRESH}", PASSWORD), BEARER))

    found = findings_in([leaky], SECRETS)

    assert found
    assert not [kind for kind, value in VALUES.items() if value in str(found)]
    assert host not in str(found)


def test_each_promise_has_a_claim_and_a_source() -> None:
    assert list(PROMISES) == list(CLAIMS)
    assert all("RFC" in (promise.__doc__ or "") for promise in PROMISES)
