"""The system browser, in its process, on the cloud's real sign-in pages."""

from pathlib import Path

import pytest

from testbed.browser.form import Method
from testbed.browser.page import parse
from tests.testbed.pocket.lab import ADA, BROWSER, PACKAGE, SOURCES, Cloud, handheld
from tests.testbed.runtime.handheld import App, Handheld

DISCOVERY = "https://online.superoffice.test/login/.well-known/openid-configuration"
AUTHORIZE = (
    "https://online.superoffice.test/login/common/oauth/authorize?client_id=pocket-mobile&response_type=code&scope=openid"
    "&redirect_uri=test.superoffice.pocket%3A%2Fsigned-in&state=s1&code_challenge_method=S256"
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)


@pytest.fixture
def browser(phone: Handheld) -> App:
    return phone.app(BROWSER, SOURCES, "testbed.browser.main:main")


def sign_in(browser: App, cloud: Cloud, password: str = "") -> None:
    browser.enter("email", ADA)
    browser.click("next")
    browser.shown("sign_in")
    browser.enter("password", password or cloud.passwords[ADA])
    browser.click("sign_in")


def test_a_sign_in_in_the_app_runs_through_the_browser(app: App, browser: App, cloud: Cloud) -> None:
    app.start()
    app.click("log_in")
    browser.until(lambda: bool(browser.frames))
    assert browser.text("url_bar") == "online.superoffice.test"
    browser.shown("email")
    assert browser.text("url_bar") == "id.superoffice.test"

    sign_in(browser, cloud, "wrong")
    browser.shown("error")
    browser.enter("password", cloud.passwords[ADA])
    browser.until(lambda: "\u2022" in browser.texts())
    assert cloud.passwords[ADA] not in browser.texts()
    browser.click("sign_in")

    app.until_screen("Diary")
    agents = {each["user_agent"] for each in cloud.evidence() if each["host"] == "id.superoffice.test"}
    assert all("Chrome/" in agent and "wv" not in agent for agent in agents)
    assert agents.isdisjoint(each["user_agent"] for each in cloud.evidence() if "/api/v1/" in each["path"])


def test_a_session_skips_the_pages_unless_asked_not_to(phone: Handheld, browser: App, cloud: Cloud) -> None:
    taker = phone.app(PACKAGE, SOURCES, "testbed.pocket.main:main").start()
    browser.start(AUTHORIZE)
    sign_in(browser, cloud)
    taker.shown("notice")
    taker.click("notice_ok")
    taker.until(lambda: taker.find("notice") is None)

    browser.view(AUTHORIZE)
    taker.shown("notice")
    browser.view(AUTHORIZE + "&prompt=login")

    assert browser.shown("email")


def test_a_form_is_not_sent_before_it_is_filled_in(browser: App, cloud: Cloud) -> None:
    browser.start(AUTHORIZE)
    browser.click("next")
    browser.enter("email", ADA)
    browser.until(lambda: ADA in browser.texts())
    browser.click("next")
    browser.shown("sign_in")

    assert [each["path"] for each in cloud.evidence() if each["method"] == "POST"] == ["/login"]


def test_a_server_that_cannot_prove_itself_is_not_shown(cloud: Cloud, tmp_path: Path) -> None:
    with handheld(cloud, tmp_path / "phone", trusting=False) as phone:
        browser = phone.app(BROWSER, SOURCES, "testbed.browser.main:main").start(DISCOVERY)

        assert browser.text("ssl_error") == "Your connection is not private"
        assert cloud.evidence() == []


@pytest.mark.parametrize(
    "link", ["https://unheard-of.example/", "https://[broken", "http://online.superoffice.test:1/x y"]
)
def test_what_cannot_be_reached_is_said(browser: App, link: str) -> None:
    browser.start(link)

    assert browser.shown("net_error")


def test_of_two_links_the_latest_wins(browser: App) -> None:
    browser.start(DISCOVERY)
    browser.view(DISCOVERY)
    browser.view(AUTHORIZE)

    assert browser.shown("email")
    assert browser.text("url_bar") == "id.superoffice.test"


def test_a_scheme_that_no_app_takes_is_said(browser: App) -> None:
    browser.start("unheardof:thing")

    assert "No app" in browser.text("net_error")


def test_a_page_is_read_as_a_phone_shows_it() -> None:
    page = parse(
        "https://a.example/x",
        "<head><title>no</title></head><body><h1>Hi <b>you</b></h1><script>no()</script><p hidden>no</p>"
        "<form action='/go' method='post'><input type=hidden name=h value=1>"
        "<label for=e>Mail</label><input id=e name=e>"
        "<input type=checkbox name=c><button name=b value=2 id=ok>Go <i>on</i></button></form><a href='y'>More</a>",
    )

    assert [(node.kind, node.text or node.hint) for node in page.nodes] == [
        ("heading", "Hi you"),
        ("label", "Mail"),
        ("field", "Mail"),
        ("button", "Go on"),
        ("button", "More"),
    ]
    form = page.nodes[3].form
    assert form
    assert (form.address, form.method, page.nodes[3].extra) == ("https://a.example/go", Method.POST, ("b", "2"))
    assert form.data({page.nodes[2].key: "me"}) == [("h", "1"), ("e", "me")]
    assert page.nodes[4].link == "https://a.example/y"
