"""What OpenID Connect Core 1.0 asks of a service beyond the usual way through it."""

import time

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import AUTHORIZE, TOKENS, Attempt, Browser, Cloud, answer_in, claims_of, code_for
from tests.testbed.cloud.oidc_client import DISCOVERY

ADA, BOB = "ada@nordlys.test", "bob@nordlys.test"


def id_token_of(cloud: Cloud, client: httpx.Client, email: str, **wishes: str) -> str:
    attempt = Attempt()
    code = code_for(cloud, client, email, attempt, **wishes)
    return str(client.post(TOKENS, data=attempt.form(code)).raise_for_status().json()["id_token"])


def test_discovery_says_what_is_not_offered_where_silence_would_offer_it(client: httpx.Client) -> None:
    told = client.get(DISCOVERY).json()

    assert (told["request_uri_parameter_supported"], told["request_parameter_supported"]) == (False, False)
    assert {"login", "none", "consent", "select_account"} == set(told["prompt_values_supported"])


def test_discovery_names_every_claim_there_is(cloud: Cloud, client: httpx.Client) -> None:
    token = id_token_of(cloud, client, ADA, max_age="60")

    assert set(claims_of(token)) == set(client.get(DISCOVERY).json()["claims_supported"])


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://elsewhere.example/request"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"id_token_hint": "x.y.z"}, "invalid_request"),
        ({"scope": "openid offline_access"}, "invalid_scope"),
        ({"response_mode": "form_post"}, "invalid_request"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(browser: Browser, wish: dict[str, str], error: str) -> None:
    attempt = Attempt()
    browser.open(attempt.url(**wish))

    assert answer_in(browser.left_to)["error"] == error
    assert answer_in(browser.left_to)["state"] == attempt.state


def test_a_request_may_be_posted(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    attempt = Attempt()
    form = dict(httpx.URL(attempt.url()).params)
    browser.sign_in(browser.follow(client.post(AUTHORIZE, data=form)), ADA, cloud.password(ADA))

    assert client.post(TOKENS, data=attempt.form(answer_in(browser.left_to)["code"])).status_code == 200
    assert client.post(AUTHORIZE, json=form).status_code == 400


def test_who_asks_with_max_age_is_told_when_the_person_signed_in(cloud: Cloud, client: httpx.Client) -> None:
    signed_in = int(time.time())
    plain = claims_of(id_token_of(cloud, client, ADA))
    cloud.admin.post("/clock", json={"advance_seconds": 30})
    browser, attempt = Browser(client), Attempt()
    browser.open(attempt.url(max_age="3600"))
    code = answer_in(browser.left_to)["code"]

    told = claims_of(client.post(TOKENS, data=attempt.form(code)).json()["id_token"])

    assert "auth_time" not in plain
    assert signed_in - 1 <= told["auth_time"] <= told["iat"] - 29


def test_an_account_is_chosen_again_but_its_password_is_not_asked(
    cloud: Cloud, client: httpx.Client, browser: Browser
) -> None:
    code_for(cloud, client, ADA, Attempt())

    page = browser.open(Attempt().url(prompt="select_account"))
    assert page.has("email")
    browser.submit(page, "next", email=ADA)
    assert "code" in answer_in(browser.left_to)

    page = browser.submit(browser.open(Attempt().url(prompt="select_account")), "next", email=BOB)
    assert page.has("password")


def test_consent_is_asked_of_everybody_on_demand_and_once(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    code_for(cloud, client, ADA, Attempt())

    page = browser.open(Attempt().url(prompt="consent"))
    assert page.text("application") == "SuperOffice Mobile CRM"
    browser.submit(page, "approve")

    assert "code" in answer_in(browser.left_to)


def test_a_hint_of_somebody_else_is_no_silent_sign_in(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    with cloud.client() as other:
        of_bob = id_token_of(cloud, other, BOB)
    of_ada = id_token_of(cloud, client, ADA)

    browser.open(Attempt().url(prompt="none", id_token_hint=of_bob))
    assert answer_in(browser.left_to)["error"] == "login_required"
    browser.open(Attempt().url(prompt="none", id_token_hint=of_ada))
    assert "code" in answer_in(browser.left_to)


def test_cookies_of_the_pages_are_for_them_alone(cloud: Cloud, client: httpx.Client) -> None:
    set_cookies: list[str] = []
    client.event_hooks["response"].append(lambda answer: set_cookies.extend(answer.headers.get_list("set-cookie")))

    code_for(cloud, client, ADA, Attempt(client_id="other-app", redirect_uri="test.superoffice.other:/signed-in"))

    assert {each.partition("=")[0] for each in set_cookies} == {"SoAuth.Xsrf", "SoOnlineAuth", "SoContextHints"}
    for cookie in set_cookies:
        assert {"httponly", "secure", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
        assert "domain=" not in cookie.lower()
