"""Signing in: who asks for the password, what is issued, what the API is shown."""

import json
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from drivers.phone import Phone
from drivers.tenant import Tenant
from faults import EvidenceMissing
from scenarios.browse import open_first_record
from scenarios.screens import Lists, Menu, Offline
from scenarios.sign_in import asks_to_sign_in, open_sign_in, stays_signed_in
from suites import claim
from suites.leaks import texts, told
from suites.tour import API, AUTHORIZE, TOKENS, Tour
from suites.watch import Watch
from traffic.exchanges import Exchange
from traffic.promises import api_calls_carry_a_bearer_token, authorization_uses_pkce_and_state

EMBEDDED = re.compile(r"; wv\)|\(KHTML, like Gecko\) Mobile/\w+$")
"""How web views call themselves: Android's says so, iOS's WKWebView lacks the `Version/… Safari/…` of the browser."""
SETTLE = 2.0  # seconds in which a forged redirect would have led to a token call


@claim("C40")
def test_the_app_leaves_the_password_to_the_central_sign_in(fresh: Phone) -> None:
    asked_at_start = fresh.asks_for_password()

    open_sign_in(fresh)

    assert not asked_at_start, "the app itself has a password field on its start screen"
    assert not fresh.is_app_in_front(), "the sign-in page is shown by the app, not by the system browser"


@claim("C40")
def test_the_app_itself_posts_no_credentials(tour: Tour) -> None:
    browser = user_agent_of_the_browser(tour)
    password = tour.who.password.encode()

    posted_by = {seen.client_user_agent for seen in tour.exchanges if password in seen.request_body}

    assert posted_by == {browser}, f"the password was posted by {sorted(map(str, posted_by))}, not by the browser alone"


@claim("C37")
def test_the_authorization_request_follows_rfc_8252(tour: Tour) -> None:
    findings = texts(tour.findings(authorization_uses_pkce_and_state, AUTHORIZE, TOKENS))

    assert findings == [], told("the sign-in does not follow RFC 8252", findings)


@claim("C37")
def test_the_sign_in_runs_in_the_browser_and_the_token_call_in_the_app(tour: Tour) -> None:
    token_agents = {seen.client_user_agent for seen in tour.calls(TOKENS)}

    browser = user_agent_of_the_browser(tour)
    assert browser not in token_agents, "one program made both sign-in and token call"
    assert not EMBEDDED.search(browser), f"the sign-in page was shown by an embedded web view: {browser}"


@claim("C37")
@pytest.mark.parametrize("forged", ["&state=forged-state", "&state=", ""], ids=["foreign", "empty", "missing"])
def test_a_redirect_with_a_wrong_state_is_ignored(at_start: Phone, whole_wire: Watch, forged: str) -> None:
    watch = whole_wire.from_now()
    open_sign_in(at_start)
    request = watch.first(AUTHORIZE, seconds=10)
    redirect = parse_qs(urlsplit(request.url).query)["redirect_uri"][0]

    at_start.open_link(f"{redirect}?code=forged-authorization-code{forged}")

    calls = watch.calls(TOKENS, within=SETTLE)
    assert calls == [], told("a redirect with a wrong state led to a token call", calls)
    assert asks_to_sign_in(at_start), "after a redirect with a wrong state the app does not ask to sign in"


@claim("C37")
def test_each_sign_in_has_its_own_state_and_challenge(at_start: Phone, whole_wire: Watch) -> None:
    watch = whole_wire.from_now()
    open_sign_in(at_start)
    first = asked_for(watch.first(AUTHORIZE, seconds=10))
    at_start.stop_app()
    later = watch.from_now()
    at_start.launch()

    open_sign_in(at_start)

    second = asked_for(later.first(AUTHORIZE, seconds=10))
    repeated = [name for name in ("state", "nonce", "code_challenge") if first.get(name) == second.get(name)]
    assert repeated == [], told("used twice", repeated)


@claim("C37")
def test_the_challenge_is_the_hash_of_the_verifier(tour: Tour) -> None:
    challenge = asked_for(tour.calls(AUTHORIZE)[0])["code_challenge"]
    verifier = parse_qs(tour.calls(TOKENS)[0].request_body.decode())["code_verifier"][0]

    digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

    assert challenge == digest, "the token call's verifier does not belong to the challenge (RFC 7636 §4.6)"


@claim("C31")
def test_access_and_refresh_token_represent_the_user_in_the_app(tour: Tour) -> None:
    answer = json.loads(tour.calls(TOKENS)[0].response_body)
    issued_to = {secret.value: secret.email for secret in tour.secrets}
    shown = {bearer(seen) for seen in tour.calls(API)}

    owners = {issued_to.get(answer["access_token"]), issued_to.get(answer["refresh_token"])}
    callers = {issued_to.get(token) for token in shown}
    assert answer["token_type"].lower() == "bearer", f"the token is of type {answer['token_type']}"
    assert owners == {tour.who.email}, f"the tokens were issued to {owners}, not to {tour.who.email}"
    assert callers == {tour.who.email}, f"the API was called as {callers}, not as {tour.who.email}"


@claim("C19")
def test_every_api_call_is_authenticated_by_oauth(tour: Tour) -> None:
    findings = texts(tour.findings(api_calls_carry_a_bearer_token, API))

    assert findings == [], told("API calls without a bearer token", findings)


@claim("C19")
def test_the_api_answers_nobody_without_a_token(tour: Tour, tenant: Tenant) -> None:
    call = next(seen for seen in tour.calls(API) if seen.method == "GET")

    answer = tenant.call("GET", call.url, {})

    assert answer.status == 401, f"without a token the API answered {answer.status}, not 401"


@claim("C36")
def test_the_next_start_needs_no_sign_in(at_work: Phone, whole_wire: Watch) -> None:
    watch = whole_wire.from_now()

    at_work.launch_cold()

    assert stays_signed_in(at_work), "the next start asked to sign in again"
    watch.first(API, seconds=15)
    calls = watch.calls(AUTHORIZE, within=0)
    assert calls == [], told("the next start asked to sign in again", calls)


@claim("C36")
def test_the_next_start_without_a_network_still_shows_the_records(at_work: Phone) -> None:
    at_work.airplane_mode(on=True)

    at_work.launch_cold()

    assert stays_signed_in(at_work), "without a network the next start asked to sign in again"
    at_work.wait_for(Offline.TEXT)  # else nobody knows whether the network really was off
    at_work.tap(Menu.CONTACTS)
    at_work.wait_for(Lists.ITEM)

    assert open_first_record(at_work), "without a network the first record has no title"


def bearer(seen: Exchange) -> str:
    return (seen.header("authorization") or "").removeprefix("Bearer ")


def asked_for(request: Exchange) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def user_agent_of_the_browser(tour: Tour) -> str:
    """Who asked for authorization; raises EvidenceMissing when that request does not say."""
    agent = tour.calls(AUTHORIZE)[0].client_user_agent
    if not agent:
        msg = "the authorization request names no user agent, so browser and app cannot be told apart"
        raise EvidenceMissing(msg)
    return agent
