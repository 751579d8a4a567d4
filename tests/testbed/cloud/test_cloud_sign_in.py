"""The sign-in pages, as a browser meets them."""

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import REDIRECT, Attempt, Browser, Cloud, Page, answer_in, code_for

ADA, DOT = "ada@nordlys.test", "dot@partner.test"
LOGOUT = "https://id.superoffice.test/logout"


def test_a_person_signs_in_over_two_pages_and_lands_in_the_app(cloud: Cloud, browser: Browser) -> None:
    attempt = Attempt()

    page = browser.open(attempt.url())
    assert page.response.url.host == "id.superoffice.test"
    assert page.heading == "Log in to SuperOffice CRM Online"
    assert page.text("next") == "Next"
    page = browser.submit(page, "next", email=ADA)
    assert page.tree.get_element_by_id("password").type == "password"
    assert page.text("sign_in") == "Sign in"
    browser.submit(page, "sign_in", password=cloud.password(ADA))

    assert browser.left_to.startswith(f"{REDIRECT}?code=")
    assert answer_in(browser.left_to)["state"] == attempt.state


def test_a_wrong_password_stays_on_the_page_and_says_so(cloud: Cloud, browser: Browser) -> None:
    page = browser.sign_in(browser.open(Attempt().url()), ADA, "not the password")

    assert page.has("error")
    assert page.has("password")
    assert browser.left_to == ""
    browser.submit(page, "sign_in", password=cloud.password(ADA))
    assert "code" in answer_in(browser.left_to)


def test_an_unknown_email_gets_no_other_answer_than_a_wrong_password(browser: Browser) -> None:
    known = browser.sign_in(browser.open(Attempt().url()), ADA, "not the password")
    unknown = browser.sign_in(browser.open(Attempt().url()), "eve@nordlys.test", "not the password")

    assert known.text("error") == unknown.text("error")


def test_an_email_that_is_none_is_asked_again(browser: Browser) -> None:
    page = browser.submit(browser.open(Attempt().url()), "next", email="ada")

    assert page.has("error")
    assert page.has("email")


def test_markup_in_the_email_comes_back_as_text(browser: Browser) -> None:
    page = browser.submit(browser.open(Attempt().url()), "next", email='"><script>x</script>@nordlys.test')

    assert page.text("account") == '"><script>x</script>@nordlys.test'
    assert not page.tree.xpath("//script")


def test_a_signed_in_browser_skips_the_pages(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    code_for(cloud, client, ADA, Attempt())
    attempt = Attempt()

    browser.open(attempt.url())

    assert answer_in(browser.left_to)["state"] == attempt.state


@pytest.mark.parametrize(
    "changes",
    [{"prompt": "login"}, {"max_age": "0"}, {"login_hint": "bob@nordlys.test"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signed_in_browser_is_asked_again_on_demand(
    cloud: Cloud,
    client: httpx.Client,
    browser: Browser,
    changes: dict[str, str],
) -> None:
    code_for(cloud, client, ADA, Attempt())

    page = browser.open(Attempt().url(**changes))

    assert page.has("email")
    browser.sign_in(page, ADA, cloud.password(ADA))
    assert "code" in answer_in(browser.left_to)


def test_a_session_ends_after_a_day(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    code_for(cloud, client, ADA, Attempt())
    cloud.admin.post("/clock", json={"advance_seconds": 24 * 3600})

    assert browser.open(Attempt().url()).has("email")


def test_logout_ends_the_session_also_for_a_kept_cookie(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    code_for(cloud, client, ADA, Attempt())
    kept = client.cookies["SoOnlineAuth"]

    browser.open(LOGOUT)

    assert "SoOnlineAuth" not in client.cookies
    client.cookies.set("SoOnlineAuth", kept, "id.superoffice.test")
    assert browser.open(Attempt().url()).has("email")


def test_somebody_with_two_tenants_is_asked_which(cloud: Cloud, browser: Browser) -> None:
    page = browser.sign_in(browser.open(Attempt().url()), DOT, cloud.password(DOT))

    assert page.text("tenant_Cust10001") == "Nordlys AS"
    assert page.text("tenant_Cust20002") == "Fjordtech AS"
    browser.submit(page, "tenant_Cust20002")
    assert "code" in answer_in(browser.left_to)


def test_a_named_tenant_skips_the_picker(cloud: Cloud, client: httpx.Client) -> None:
    assert code_for(cloud, client, DOT, Attempt(), acr_values="tenant:Cust20002")


def test_a_named_tenant_that_is_not_theirs_is_denied(cloud: Cloud, browser: Browser) -> None:
    page = browser.open(Attempt().url(acr_values="tenant:Cust20002"))

    browser.sign_in(page, ADA, cloud.password(ADA))

    assert answer_in(browser.left_to)["error"] == "access_denied"


def test_a_forged_tenant_choice_is_denied(cloud: Cloud, browser: Browser) -> None:
    page = browser.sign_in(browser.open(Attempt().url()), DOT, cloud.password(DOT))
    page.tree.get_element_by_id("tenant_Cust10001")
    data = dict(page.tree.forms[0].form_values()) | {"tenant": "Cust30003"}

    response = browser.client.post("https://id.superoffice.test/login/tenant", data=data)

    assert answer_in(response.headers["location"])["error"] == "access_denied"


def test_prompt_none_never_shows_a_page(cloud: Cloud, client: httpx.Client, browser: Browser) -> None:
    browser.open(Attempt().url(prompt="none"))
    nobody = answer_in(browser.left_to)["error"]
    code_for(cloud, client, DOT, Attempt(), acr_values="tenant:Cust10001")
    browser.open(Attempt().url(prompt="none"))

    assert (nobody, answer_in(browser.left_to)["error"]) == ("login_required", "interaction_required")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"acr_values": "tenant:Nordlys"}, "invalid_request"),
    ],
)
def test_a_faulty_request_goes_back_to_the_app_as_an_error(
    browser: Browser,
    changes: dict[str, str | None],
    error: str,
) -> None:
    attempt = Attempt()

    browser.open(attempt.url(**changes))

    answer = answer_in(browser.left_to)
    assert (answer["error"], answer["state"], "code" in answer) == (error, attempt.state, False)


@pytest.mark.parametrize(
    "redirect",
    [
        "test.superoffice.pocket:/signed-in/",
        "test.superoffice.pocket://signed-in",
        "test.superoffice.other:/signed-in",
        "http://127.0.0.1/other",
        "http://127.0.0.1:x/signed-in",
        "http://127.0.0.1:٣٣/signed-in",
        "http://127.0.0.1@evil.example/signed-in",
        "http://localhost/signed-in",
        "https://evil.example/signed-in",
        "",
    ],
)
def test_a_redirect_that_is_not_registered_is_never_followed(browser: Browser, redirect: str) -> None:
    page = browser.open(Attempt(redirect_uri=redirect).url())

    assert page.response.status_code == 400
    assert page.has("error")
    assert browser.left_to == ""


@pytest.mark.parametrize("port", ["", ":49152"])
def test_a_loopback_redirect_may_have_any_port(cloud: Cloud, browser: Browser, port: str) -> None:
    attempt = Attempt(redirect_uri=f"http://127.0.0.1{port}/signed-in")

    browser.sign_in(browser.open(attempt.url()), ADA, cloud.password(ADA))

    assert browser.left_to.startswith(f"http://127.0.0.1{port}/signed-in?code=")


def test_an_unknown_client_is_told_on_a_page(browser: Browser) -> None:
    assert browser.open(Attempt(client_id="nobody").url()).response.status_code == 400


def test_a_repeated_parameter_is_refused(browser: Browser) -> None:
    assert browser.open(Attempt().url() + "&state=again").response.status_code == 400


def test_a_form_from_another_browser_is_refused(cloud: Cloud, browser: Browser) -> None:
    page = browser.open(Attempt().url())
    with cloud.client() as other:
        refused = Browser(other).submit(page, "next", email=ADA)

    assert refused.response.status_code == 400
    assert refused.has("error")


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    page = browser.open(Attempt().url())
    data = dict(page.tree.forms[0].form_values()) | {"email": ADA, "csrf": ""}

    assert browser.client.post("https://id.superoffice.test/login", data=data).status_code == 400


def test_a_sign_in_that_took_too_long_has_expired(cloud: Cloud, browser: Browser) -> None:
    page = browser.open(Attempt().url())
    cloud.admin.post("/clock", json={"advance_seconds": 31 * 60})

    assert browser.submit(page, "next", email=ADA).response.status_code == 400


def test_the_password_page_alone_leads_back_to_the_first(browser: Browser) -> None:
    page = browser.open(Attempt().url())
    number = dict(page.tree.forms[0].form_values())["request"]

    assert browser.open(f"https://id.superoffice.test/login/password?request={number}").has("email")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(cloud: Cloud, browser: Browser) -> None:
    page = browser.submit(browser.open(Attempt().url()), "next", email=ADA)
    form = page.tree.forms[0]
    data = dict(form.form_values()) | {"password": cloud.password(ADA)}

    signed_in = browser.client.post("https://id.superoffice.test/login/password", data=data)

    for cookie in (page.response.headers["set-cookie"], signed_in.headers["set-cookie"]):
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))


def test_pages_are_kept_by_no_cache_and_framed_by_nobody(browser: Browser) -> None:
    headers = browser.open(Attempt().url()).response.headers

    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_strange_cookie_is_replaced_not_repeated(browser: Browser, client: httpx.Client) -> None:
    response = client.get(browser.open(Attempt().url()).response.url, headers={"Cookie": 'SoAuth.Xsrf="a\\015\\012b"'})

    assert Page(response).has("email")


def test_a_password_is_checked_in_a_fraction_of_a_second(cloud: Cloud, browser: Browser) -> None:
    page = browser.submit(browser.open(Attempt().url()), "next", email=ADA)
    password = cloud.password(ADA)

    busy = cloud.busy
    browser.submit(page, "sign_in", password=password)

    assert cloud.busy - busy < 1
