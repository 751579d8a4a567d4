"""Sign-ins at the reference cloud itself, federated ones too, as a recorder has them."""

import time
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, TOKENS, Attempt, Browser, Cloud, answer_in, running
from tests.traffic.oauth.builders import APP, BROWSER
from traffic.audit import findings_in
from traffic.belonging import secrets_of
from traffic.events import Exchange
from traffic.oauth.dialogue import Dialogue
from traffic.oauth.rules import judge
from traffic.secrets import Side

ADA, MIA, GUS = "ada@nordlys.test", "mia@solberg.test", "gus@havn.test"
type Pages = Callable[[Cloud, Browser, Attempt], None]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


class Tap:
    """Every exchange of its clients, in the order of their answers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = count()
        self.seen: list[Exchange] = []

    def client(self, agent: str) -> httpx.Client:
        client = self._cloud.client(headers={"user-agent": agent})
        client.event_hooks["response"] = [self._note]
        return client

    def _note(self, answer: httpx.Response) -> None:
        answer.read()
        asked, at = answer.request, time.time()
        self.seen.append(
            Exchange(
                n=next(self._numbers),
                at=at,
                started=at,
                scheme="https",
                method=asked.method,
                host=asked.url.host,
                port=443,
                path=asked.url.raw_path.decode(),
                url=str(asked.url),
                request_headers=tuple(asked.headers.items()),
                request_body=asked.read(),
                status=answer.status_code,
                response_headers=tuple(answer.headers.multi_items()),
                response_body=answer.content,
            )
        )


def at_superid(cloud: Cloud, browser: Browser, attempt: Attempt) -> None:
    browser.sign_in(browser.open(attempt.url(prompt="login")), ADA, cloud.password(ADA))


def at_microsoft_by_way_of_adfs(cloud: Cloud, browser: Browser, attempt: Attempt) -> None:
    page = browser.submit(browser.open(attempt.url(prompt="login")), "next", email=MIA)
    browser.submit(page, "submitButton", passwordInput=cloud.password(MIA))


def at_google(cloud: Cloud, browser: Browser, attempt: Attempt) -> None:
    page = browser.submit(browser.open(attempt.url(prompt="login")), "next", email=GUS)
    browser.submit(page, "passwordNext", password=cloud.password(GUS))


def signed_in(cloud: Cloud, *pages: Pages) -> list[Exchange]:
    """One sign-in after the other in the same browser, each with its token call and a call of the Web API."""
    tap = Tap(cloud)
    with tap.client(BROWSER) as web, tap.client(APP) as app:
        for each in pages:
            attempt, browser = Attempt(), Browser(web)
            each(cloud, browser, attempt)
            tokens = app.post(TOKENS, data=attempt.form(answer_in(browser.left_to)["code"])).raise_for_status().json()
            app.get(f"{API}/Contact/1", headers={"authorization": f"Bearer {tokens['access_token']}"})
    return tap.seen


@pytest.mark.parametrize("pages", [at_superid, at_microsoft_by_way_of_adfs, at_google])
def test_an_honest_sign_in_breaks_no_rule_and_leaks_nothing(cloud: Cloud, pages: Pages) -> None:
    seen = signed_in(cloud, pages)
    secrets = secrets_of(cloud.admin.get("/secrets").json(), "superoffice.test")

    judgement = judge(Dialogue.of(seen), secrets)

    assert [finding.words for finding in judgement.findings if finding.side is Side.APP] == []
    assert judgement.blocked == ()
    assert [one.words for one in findings_in(seen, secrets) if one.kind] == []


def test_sign_ins_of_several_kinds_in_one_capture_are_told_apart(cloud: Cloud) -> None:
    dialogue = Dialogue.of(signed_in(cloud, at_superid, at_microsoft_by_way_of_adfs, at_google))

    judgement = judge(dialogue, secrets_of((), "superoffice.test"))

    assert len(dialogue.authorizations) == len(dialogue.redeemed()) == 3
    assert len(dialogue.requests) > 3  # those of the server to the providers
    assert [finding.words for finding in judgement.findings if finding.side is Side.APP] == []
    assert judgement.blocked == ()


def test_what_an_app_does_wrong_is_seen_also_where_a_provider_stands_between(cloud: Cloud) -> None:
    def guessably(cloud: Cloud, browser: Browser, attempt: Attempt) -> None:
        page = browser.submit(browser.open(attempt.url(prompt="login", state="1234567890")), "next", email=MIA)
        browser.submit(page, "submitButton", passwordInput=cloud.password(MIA))

    judgement = judge(Dialogue.of(signed_in(cloud, guessably)), secrets_of((), "superoffice.test"))

    assert {finding.claim for finding in judgement.findings if finding.side is Side.APP} == {"O5"}
