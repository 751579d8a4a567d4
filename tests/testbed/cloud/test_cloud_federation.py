"""Sign-in at identity providers: who is sent where, comes back how, and what their administrators can take away."""

import json
import os
import signal
import time

import httpx
import psutil
import pyotp
import pytest

from testbed.browser.page import parse
from tests.testbed.cloud.cloud_visitor import (
    API,
    NAMESPACE,
    TOKENS,
    Attempt,
    Browser,
    Cloud,
    Page,
    answer_in,
    claims_of,
)

MIA, GUS, KAI, ADA = "mia@solberg.test", "gus@havn.test", "kai@lyngen.test", "ada@nordlys.test"
MICROSOFT, ADFS, GOOGLE, CUSTOM = (
    "login.microsoft.test",
    "sts.solberg.test",
    "accounts.google.test",
    "login.lyngen.test",
)
SIGN_IN = "id.superoffice.test"
DOCUMENT = "https://solberg.sharepoint.test/sites/crm/documents/7"
WEB_VIEW = "Mozilla/5.0 (Linux; Android 13; K; wv) AppleWebKit/537.36 Version/4.0 Chrome/130.0 Mobile Safari/537.36"
IPHONE_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)


@pytest.fixture
def since(cloud: Cloud) -> int:
    return len(cloud.admin.get("/evidence").json())


def password_page(browser: Browser, email: str, **changes: str | None) -> Page:
    """Up to the provider's page for the password, by way of SuperID's e-mail page."""
    return browser.submit(browser.open(Attempt().url(**changes)), "next", email=email)


def sign_in_mia(cloud: Cloud, browser: Browser, page: Page) -> Page:
    return browser.submit(page, "submitButton", passwordInput=cloud.password(MIA))


def sign_in_gus(cloud: Cloud, browser: Browser, page: Page) -> Page:
    return browser.submit(page, "passwordNext", password=cloud.password(GUS))


def choose_kai(browser: Browser, page: Page) -> Page:
    """The independent library's page has forms without ids, one a user."""
    data = {"sub": KAI}
    return browser.follow(browser.client.post(str(page.response.url), data=data))


def tokens_of(cloud: Cloud, browser: Browser, email: str) -> dict[str, str]:
    attempt = Attempt()
    page = browser.submit(browser.open(attempt.url(prompt="login")), "next", email=email)
    if email == MIA:
        sign_in_mia(cloud, browser, page)
    elif email == GUS:
        sign_in_gus(cloud, browser, page)
    else:
        choose_kai(browser, page)
    form = attempt.form(answer_in(browser.left_to)["code"])
    return browser.client.post(TOKENS, data=form).raise_for_status().json()


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "pocket-mobile", "refresh_token": token}
    return client.post(TOKENS, data=form)


def hosts_after(cloud: Cloud, since: int) -> list[str]:
    """Hosts that the browser saw, without repetition of neighbours."""
    seen = [each["host"] for each in cloud.admin.get("/evidence", params={"since": since}).json()]
    return [host for n, host in enumerate(seen) if n == 0 or seen[n - 1] != host]


def test_a_microsoft_user_goes_by_way_of_adfs_and_back(cloud: Cloud, browser: Browser, since: int) -> None:
    tokens = tokens_of(cloud, browser, MIA)

    online = "online.superoffice.test"
    assert hosts_after(cloud, since) == [online, SIGN_IN, MICROSOFT, ADFS, MICROSOFT, SIGN_IN, online]
    assert claims_of(tokens["id_token"])[f"{NAMESPACE}identityprovider"] == "microsoft"
    answer = browser.client.get(f"{API}/Contact/1", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.status_code == 200


def test_the_request_to_microsoft_has_the_form_of_its_connector(browser: Browser) -> None:
    browser.open(Attempt().url())
    page = browser.open(Attempt().url())
    data = dict(page.tree.forms[0].form_values()) | {"email": MIA}

    asked = httpx.URL(browser.client.post(f"https://{SIGN_IN}/login", data=data).headers["location"])

    assert asked.host == MICROSOFT
    assert asked.path.endswith("/oauth2/v2.0/authorize")
    assert {"client_id", "state", "nonce", "code_challenge", "login_hint"} <= set(asked.params)
    assert (asked.params["response_type"], asked.params["code_challenge_method"]) == ("code", "S256")


def test_a_google_user_signs_in_at_google(cloud: Cloud, browser: Browser, since: int) -> None:
    tokens = tokens_of(cloud, browser, GUS)

    assert hosts_after(cloud, since)[1:4] == [SIGN_IN, GOOGLE, SIGN_IN]
    assert claims_of(tokens["id_token"])["sub"] == GUS


def test_the_custom_provider_is_a_library_of_its_own(cloud: Cloud, browser: Browser, since: int) -> None:
    tokens = tokens_of(cloud, browser, KAI)

    assert hosts_after(cloud, since)[1:4] == [SIGN_IN, CUSTOM, SIGN_IN]
    assert claims_of(tokens["id_token"])[f"{NAMESPACE}identityprovider"] == "custom"
    assert refresh(browser.client, tokens["refresh_token"]).status_code == 200


def test_the_phones_browser_can_read_the_librarys_page(browser: Browser) -> None:
    shown = password_page(browser, KAI).response

    nodes = parse(str(shown.url), shown.text).nodes
    (choice,) = [node for node in nodes if node.text == KAI]
    assert (choice.kind, choice.extra, choice.form is not None) == ("button", ("sub", KAI), True)


def test_superid_never_asks_a_federated_user_for_a_password(browser: Browser) -> None:
    page = password_page(browser, GUS)

    assert page.response.url.host == GOOGLE
    assert page.text("account") == GUS


@pytest.mark.parametrize("agent", [WEB_VIEW, IPHONE_APP])
def test_google_turns_web_views_away(browser: Browser, agent: str) -> None:
    browser.client.headers["User-Agent"] = agent

    page = password_page(browser, GUS)

    assert page.response.status_code == 403
    assert "disallowed_useragent" in page.text("code")


def test_google_turns_a_browser_away_that_names_its_app(browser: Browser) -> None:
    browser.client.headers["X-Requested-With"] = "test.superoffice.pocket"

    assert password_page(browser, GUS).response.status_code == 403


def test_a_wrong_password_at_the_provider_stays_there(browser: Browser) -> None:
    page = browser.submit(password_page(browser, GUS), "passwordNext", password="not the password")

    assert page.has("error")
    assert page.response.url.host == GOOGLE
    assert browser.left_to == ""


def test_a_browser_that_the_provider_knows_goes_straight_through(cloud: Cloud, browser: Browser) -> None:
    tokens_of(cloud, browser, GUS)
    browser.client.cookies.delete("SoOnlineAuth", domain=SIGN_IN)
    browser.left_to = ""

    password_page(browser, GUS)

    assert "code" in answer_in(browser.left_to)


def test_prompt_login_is_passed_on_to_the_provider(cloud: Cloud, browser: Browser) -> None:
    tokens_of(cloud, browser, GUS)

    assert password_page(browser, GUS, prompt="login").has("password")


def test_the_request_may_name_the_provider(browser: Browser) -> None:
    page = browser.open(Attempt().url(acr_values="idp:google", login_hint=GUS))

    assert page.response.url.host == GOOGLE


def test_a_provider_nobody_has_is_refused(browser: Browser) -> None:
    browser.open(Attempt().url(acr_values="idp:elsewhere"))

    assert answer_in(browser.left_to)["error"] == "invalid_request"


def test_the_second_factor_is_the_providers(cloud: Cloud, browser: Browser) -> None:
    cloud.admin.put(f"/accounts/{GUS}/second-factor", json={"wanted": True}).raise_for_status()
    (seed,) = [each["totp_seed"] for each in cloud.admin.get("/accounts").json() if each["email"] == GUS]

    page = sign_in_gus(cloud, browser, password_page(browser, GUS))
    assert browser.left_to == ""
    page = browser.submit(page, "totpNext", totpPin="000000")
    assert page.has("error")
    code = pyotp.TOTP(seed).now()
    browser.submit(page, "totpNext", totpPin=code)
    assert "code" in answer_in(browser.left_to)
    with cloud.client() as other:
        again = Browser(other)
        page = sign_in_gus(cloud, again, password_page(again, GUS))
        page = again.submit(page, "totpNext", totpPin=code)

        assert (page.has("error"), again.left_to) == (True, "")
    assert seed in cloud.secrets("totp_seed")


def test_the_code_page_cannot_be_reached_without_the_password(cloud: Cloud, browser: Browser) -> None:
    cloud.admin.put(f"/accounts/{GUS}/second-factor", json={"wanted": True})
    (seed,) = [each["totp_seed"] for each in cloud.admin.get("/accounts").json() if each["email"] == GUS]
    page = password_page(browser, GUS)
    data = dict(page.tree.forms[0].form_values()) | {"totpPin": pyotp.TOTP(seed).now()}

    skipped = Page(browser.client.post(f"https://{GOOGLE}/signin/code", data=data))

    assert skipped.has("password")


@pytest.mark.parametrize("email", [MIA, GUS, KAI])
def test_who_is_retracted_can_renew_nothing(cloud: Cloud, browser: Browser, email: str) -> None:
    tokens = tokens_of(cloud, browser, email)
    before = refresh(browser.client, tokens["refresh_token"]).status_code
    cloud.admin.post(f"/accounts/{email}/retract").raise_for_status()

    refused = refresh(browser.client, tokens["refresh_token"])

    assert (before, refused.status_code, refused.json()["error"]) == (200, 400, "invalid_grant")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.client.get(f"{API}/Contact/1", headers=headers).status_code == 401
    browser.left_to = ""
    assert browser.open(Attempt().url()).has("email")


def test_who_is_retracted_cannot_sign_in_until_restored(cloud: Cloud, browser: Browser) -> None:
    cloud.admin.post(f"/accounts/{GUS}/retract")
    page = sign_in_gus(cloud, browser, password_page(browser, GUS))
    assert (page.response.status_code, browser.left_to) == (403, "")

    cloud.admin.post(f"/accounts/{GUS}/restore")
    sign_in_gus(cloud, browser, password_page(browser, GUS))

    assert "code" in answer_in(browser.left_to)


def test_a_provider_out_of_reach_ends_no_session(cloud: Cloud, browser: Browser) -> None:
    tokens = tokens_of(cloud, browser, GUS)
    cloud.admin.post("/faults", json={"kind": "status", "host": GOOGLE, "status": 503, "times": 1}).raise_for_status()

    refused = refresh(browser.client, tokens["refresh_token"])

    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    assert refresh(browser.client, tokens["refresh_token"]).status_code == 200


def test_a_new_domain_sends_its_people_to_its_provider(cloud: Cloud, browser: Browser) -> None:
    cloud.admin.put("/identity-providers/domains/nordlys.test", json={"provider": "google"}).raise_for_status()
    browser.submit(password_page(browser, ADA), "passwordNext", password=cloud.password(ADA))
    assert "code" in answer_in(browser.left_to)

    cloud.admin.delete("/identity-providers/domains/nordlys.test").raise_for_status()

    assert password_page(browser, "new@nordlys.test", prompt="login").response.url.host == SIGN_IN


def test_disconnecting_a_domain_leaves_old_users_where_they_are(cloud: Cloud, browser: Browser) -> None:
    tokens_of(cloud, browser, GUS)
    cloud.admin.delete("/identity-providers/domains/havn.test").raise_for_status()

    assert password_page(browser, GUS, prompt="login").response.url.host == GOOGLE
    assert password_page(browser, "new@havn.test", prompt="login").response.url.host == SIGN_IN


def test_a_stranger_whom_a_provider_knows_is_not_let_in(browser: Browser) -> None:
    page = password_page(browser, KAI)

    page = browser.follow(browser.client.post(str(page.response.url), data={"sub": ADA}))

    assert (page.response.status_code, browser.left_to) == (403, "")
    assert "SoOnlineAuth" not in browser.client.cookies


def test_an_answer_that_nobody_asked_for_is_refused(browser: Browser) -> None:
    page = browser.open(f"https://{SIGN_IN}/login/callback/google?code=x&state=y")

    assert page.response.status_code == 400
    assert browser.open(f"https://{SIGN_IN}/login/callback/elsewhere?code=x&state=y").response.status_code == 400


def test_an_answer_belongs_to_the_browser_that_left(cloud: Cloud, browser: Browser) -> None:
    page = password_page(browser, GUS)
    data = dict(page.tree.forms[0].form_values()) | {"password": cloud.password(GUS)}
    back = browser.client.post(f"https://{GOOGLE}/signin/password", data=data).headers["location"]
    with cloud.client() as other:
        stolen = Browser(other).open(back)

        assert stolen.response.status_code == 400
        assert "SoOnlineAuth" not in other.cookies


def test_documents_in_microsoft_365_open_for_microsoft_users_alone(cloud: Cloud, browser: Browser) -> None:
    page = browser.open(DOCUMENT)
    page = browser.submit(page, "idSIButton9", i0116=ADA)
    refused = browser.submit(page, "idSIButton9", i0118=cloud.password(ADA))
    assert refused.has("error")

    page = browser.submit(browser.open(DOCUMENT), "idSIButton9", i0116=MIA)
    opened = sign_in_mia(cloud, browser, page)

    assert str(opened.response.url) == DOCUMENT
    assert "mk-m365-document-000007" in opened.text("notice")
    assert "mk-m365-document-000007" in browser.open(DOCUMENT).text("notice")


def test_a_token_of_crm_online_opens_no_document(cloud: Cloud, browser: Browser) -> None:
    token = tokens_of(cloud, browser, MIA)["access_token"]

    assert browser.client.get(DOCUMENT, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_what_services_ask_of_one_another_is_no_clients_doing(cloud: Cloud, browser: Browser) -> None:
    tokens_of(cloud, browser, GUS)

    seen = cloud.admin.get("/evidence").json()
    behind = cloud.admin.get("/evidence/back-channel").json()

    assert not [each for each in seen if each["user_agent"].startswith("pocketgate-cloud")]
    assert ("POST", GOOGLE, "/o/oauth2/token") in {(each["method"], each["host"], each["path"]) for each in behind}


def test_no_secret_of_the_federation_lies_in_clear(cloud: Cloud, browser: Browser) -> None:
    for email in (MIA, GUS):
        tokens_of(cloud, browser, email)
    held = cloud.state_bytes()

    known = [each["value"] for each in cloud.admin.get("/secrets").json()]

    seeds = [each["totp_seed"] for each in cloud.admin.get("/accounts").json() if each["totp_seed"]]
    assert len(known) > 20
    assert [value for value in (*known, *seeds) if value.encode() in held] == []


@pytest.fixture
def library(cloud: Cloud, browser: Browser) -> psutil.Process:
    """The process of the custom provider."""
    password_page(browser, KAI)
    (found,) = [
        child
        for child in psutil.Process(cloud.process.pid).children()
        if "outsider_process" in " ".join(child.cmdline())
    ]
    return found


def test_the_custom_provider_is_started_anew_when_it_dies(library: psutil.Process, browser: Browser) -> None:
    os.kill(library.pid, signal.SIGKILL)
    _gone(library)

    browser.open(Attempt().url(prompt="login"))
    page = password_page(browser, KAI, prompt="login")

    assert page.response.url.host == CUSTOM
    choose_kai(browser, page)
    assert "code" in answer_in(browser.left_to)


def test_the_library_shows_the_world_no_door_but_those_of_a_provider(library: psutil.Process, browser: Browser) -> None:
    assert library.is_running()
    assert browser.client.post(f"https://{CUSTOM}/oauth2/clients", json={}).status_code == 404
    assert browser.client.put(f"https://{CUSTOM}/users/x", json={}).status_code == 404
    document = json.loads(browser.client.get(f"https://{CUSTOM}/.well-known/openid-configuration").text)
    assert document["issuer"] == f"https://{CUSTOM}"


def _gone(process: psutil.Process) -> None:
    """Not a zombie either: only of a child that it has waited for does the cloud know that it ended."""
    limit = time.monotonic() + 20
    while process.is_running():
        assert time.monotonic() < limit
        time.sleep(0.01)
