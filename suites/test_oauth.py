"""The rules of OAuth for native apps, O1 to O18, over two sign-ins with a log out between them, and a refresh."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from drivers.phone import Phone
from drivers.tenant import Account, Tenant
from faults import EvidenceMissing
from scenarios.screens import Diary, Notice, Start
from scenarios.sign_in import arrive, give_credentials, open_sign_in, sign_in, sign_out
from suites import claim
from suites.key_ring import KeyRing
from suites.leaks import texts, told
from suites.tour import AUTHORIZE, TOKENS
from suites.watch import Watch, expect_no_blind_spots
from traffic.control import RecorderControl
from traffic.exchanges import Exchange, Recording
from traffic.oauth.dialogue import Dialogue
from traffic.oauth.rules import RULES, Rule, findings_of
from traffic.secrets import Side
from traffic.wire_faults import WireFault

TOKEN_LIFE = 3600  # seconds (auth-code-flow.mdx)
RENEWED = 15.0  # seconds in which an app that starts with a token of yesterday has renewed it
REFUSED = 15.0  # seconds in which a refused sign-in has said so
SIGN_INS = 2
SIGNED_OUT = "somebody signed out"
ELSEWHERE = "https://collector.example/take"


@pytest.fixture(scope="module")
def began(recorder: RecorderControl) -> int:
    """Asked for before `at_work`, so that the first sign-in lies behind it."""
    return recorder.mark("two sign-ins begin")


@pytest.fixture(scope="module")
def journey(
    began: int, at_work: Phone, tenant: Tenant, recording: Recording, recorder: RecorderControl
) -> tuple[Exchange, ...]:
    """Sign in, log out, sign in again, and be refreshed once the token has run out.

    Raises EvidenceMissing unless both sign-ins are in it: one alone repeats neither a verifier nor a state.
    """
    sign_out(at_work)
    recorder.mark(SIGNED_OUT)
    sign_in(at_work, tenant.account("ada"))
    tenant.let_time_pass(TOKEN_LIFE + 60)
    at_work.launch_cold()
    recording.wait_for_exchange(lambda seen: b"grant_type=refresh_token" in seen.request_body, began, RENEWED)
    arrive(at_work)
    expect_no_blind_spots(recording, began)
    exchanges = recording.exchanges(began)
    if len(signed_in := Dialogue.of(exchanges).redeemed()) < SIGN_INS:
        msg = f"{len(signed_in)} of {SIGN_INS} sign-ins were recorded, so nobody can say whether each is a new one"
        raise EvidenceMissing(msg)
    return exchanges


@pytest.fixture(scope="module")
def dialogue(began: int, journey: tuple[Exchange, ...], recording: Recording) -> Dialogue:
    marks = (event for event in recording.since(began) if event.kind == "mark")
    return Dialogue.of(journey, (mark.at for mark in marks if mark.fields["label"] == SIGNED_OUT))


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.__name__, marks=claim(RULES[rule])) for rule in RULES])
def test_the_app_keeps_the_rule(
    dialogue: Dialogue, tenant: Tenant, ring: KeyRing, record_property: Callable[[str, object], None], rule: Rule
) -> None:
    """What the server does otherwise, as SuperID documents it, is told and not held against the app."""
    ring.collect(tenant)
    found = findings_of(rule, dialogue, ring.tracked(tenant.domain))
    for finding in found:
        if finding.side is Side.SERVER:
            record_property("evidence", f"server deviation: {finding.words}")

    own = texts(finding for finding in found if finding.side is Side.APP)
    assert own == [], told(f"the sign-in breaks {RULES[rule]}", own)


@claim("O18")
def test_whether_the_server_was_told_of_the_log_out_is_on_record(
    dialogue: Dialogue, record_property: Callable[[str, object], None]
) -> None:
    """Neither promised nor forbidden: where it was not, a copy of the refresh token lives on (RFC 9700 §4.14.2)."""
    told_at = sorted({leg.host for leg in dialogue.logouts if leg.host})
    words = f"told to {', '.join(told_at)}" if told_at else "told to no server: nothing revoked the refresh token"

    record_property("evidence", f"the log out was {words}")

    assert dialogue.signed_out()


@claim("O14")
@pytest.mark.parametrize("fault", [WireFault.FORGED_ID_TOKEN, WireFault.UNSIGNED_ID_TOKEN], ids=str)
def test_a_forged_id_token_signs_nobody_in(fresh: Phone, ada: Account, watch: Watch, fault: WireFault) -> None:
    open_sign_in(fresh)
    with watch.fault(fault.value):
        give_credentials(fresh, ada)
        watch.expect_served(fault.value, within=REFUSED)
        shown = fresh.wait_for(Notice.TEXT, Diary.TITLE, Start.LOG_IN, seconds=REFUSED)

    assert shown is not Diary.TITLE, f"a token response with {fault} signed somebody in"
    assert fresh.appears(Notice.TEXT), "the sign-in failed without a word"


@claim("O7", "O16")
@pytest.mark.parametrize("redirect", [ELSEWHERE, "test.superoffice.pocket:/signed-in/../elsewhere"])
def test_the_server_answers_to_no_other_address(journey: tuple[Exchange, ...], tenant: Tenant, redirect: str) -> None:
    request = first(journey, AUTHORIZE)
    parts = urlsplit(request.url)
    given = {**dict(parse_qsl(parts.query)), "redirect_uri": redirect}

    honest = tenant.call("GET", request.url, {})
    answer = tenant.call("GET", parts._replace(query=urlencode(given)).geturl(), {})

    assert honest.status in range(300, 400), f"the untampered request was answered {honest.status}, so no control"
    assert answer.status in range(400, 500), f"a redirect to {redirect} was answered {answer.status}"


@claim("O10")
def test_the_server_refuses_a_code_that_was_used(journey: tuple[Exchange, ...], tenant: Tenant) -> None:
    """The last one: the server may end the session of a code that is replayed (RFC 6749 §4.1.2)."""
    call = first(journey, TOKENS)
    form = dict(parse_qsl(call.request_body.decode()))

    answer = tenant.call("POST", call.url, {}, form)

    assert call.status == 200, f"the code was answered {call.status} already at first"
    assert answer.status == 400, f"the replay of a code was answered {answer.status}"


def first(exchanges: tuple[Exchange, ...], part: str) -> Exchange:
    return next(seen for seen in exchanges if part in seen.path)
