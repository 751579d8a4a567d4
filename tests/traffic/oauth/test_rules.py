"""Each rule fires on what breaks it, stays silent on an honest sign-in, and says so when it saw nothing of its kind."""

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from faults import EvidenceMissing
from tests.traffic.oauth.builders import (
    APP,
    BROWSER,
    NOON,
    REDIRECT,
    TOKEN_HOST,
    authorization,
    exchange,
    jwt,
    redemption,
    redirect,
    refresh,
    sign_in,
    token_call,
    two_sign_ins,
    values,
)
from traffic.events import Exchange
from traffic.oauth import rules
from traffic.oauth.dialogue import Dialogue
from traffic.oauth.rules import RULES, Breach, Rule, judge
from traffic.secrets import Secret, Secrets, Side

NOTHING = Secrets(())
SIGNED_OUT = NOON + 10
type Bent = Callable[[], list[Exchange]]


def judged(rule: Rule, exchanges: list[Exchange]) -> list[Breach]:
    return list(rule(Dialogue.of(exchanges, [SIGNED_OUT])))


@pytest.mark.parametrize("rule", [rule for rule in RULES if RULES[rule] != "O11"], ids=lambda rule: RULES[rule])
def test_the_honest_sign_in_breaks_nothing(rule: Rule) -> None:
    assert judged(rule, two_sign_ins()) == []


def bend(n: int, bent: Exchange) -> list[Exchange]:
    return [bent if seen.n == n else seen for seen in two_sign_ins()]


def headers(seen: Exchange, **more: str) -> Exchange:
    return replace(seen, request_headers=(*seen.request_headers, *((k.replace("_", "-"), v) for k, v in more.items())))


def loopback(n: int, which: str) -> Exchange:
    back = exchange(n, "GET", "127.0.0.1", f"/signed-in?code={values(which)['code']}&state=odd", BROWSER)
    return replace(back, scheme="http", url=f"http://127.0.0.1:5000{back.path}")


WV = "Mozilla/5.0 (Linux; Android 13; Pixel; wv) Version/4.0 Chrome/120.0 Mobile Safari/537.36"
WK = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
APP_SIDE: list[tuple[Rule, str, Bent]] = [
    (rules.sign_in_runs_in_an_external_user_agent, "web view", lambda: bend(0, authorization(0, "one", agent=WV))),
    (rules.sign_in_runs_in_an_external_user_agent, "web view", lambda: bend(0, authorization(0, "one", agent=WK))),
    (rules.sign_in_runs_in_an_external_user_agent, "itself", lambda: bend(0, authorization(0, "one", agent=APP))),
    (rules.sign_in_runs_in_an_external_user_agent, "no user agent", lambda: bend(0, authorization(0, "one", agent=""))),
    (
        rules.sign_in_runs_in_an_external_user_agent,
        "web view",
        lambda: bend(0, headers(authorization(0, "one"), x_requested_with="test.superoffice.pocket")),
    ),
    (
        rules.only_the_code_flow_is_used,
        "response_type",
        lambda: bend(0, authorization(0, "one", response_type="token")),
    ),
    (
        rules.only_the_code_flow_is_used,
        "response_type",
        lambda: bend(0, authorization(0, "one", response_type="code id_token")),
    ),
    (
        rules.pkce_ties_the_code_to_the_app,
        "not S256",
        lambda: bend(0, authorization(0, "one", code_challenge_method="plain")),
    ),
    (
        rules.pkce_ties_the_code_to_the_app,
        "no SHA-256",
        lambda: bend(0, authorization(0, "one", code_challenge="short")),
    ),
    (
        rules.pkce_ties_the_code_to_the_app,
        "does not hash",
        lambda: bend(2, redemption(2, "one", code_verifier=values("two")["verifier"])),
    ),
    (rules.pkce_ties_the_code_to_the_app, "missing", lambda: bend(2, redemption(2, "one", code_verifier=""))),
    (
        rules.every_sign_in_has_its_own_verifier,
        "code_challenge",
        lambda: bend(20, authorization(20, "two", code_challenge=values("one")["challenge"])),
    ),
    (
        rules.every_sign_in_has_its_own_verifier,
        "code_verifier",
        lambda: bend(22, redemption(22, "two", code_verifier=values("one")["verifier"])),
    ),
    (rules.a_fresh_state_guards_the_redirect, "128 bits", lambda: bend(0, authorization(0, "one", state="12345678"))),
    (rules.a_fresh_state_guards_the_redirect, "128 bits", lambda: bend(0, authorization(0, "one", state="a" * 40))),
    (
        rules.a_fresh_state_guards_the_redirect,
        "came again",
        lambda: bend(20, authorization(20, "two", state=values("one")["state"])),
    ),
    (
        rules.the_redirect_is_one_for_native_apps,
        "neither",
        lambda: bend(0, authorization(0, "one", redirect_uri="http://app.superoffice.test/in")),
    ),
    (
        rules.the_redirect_is_one_for_native_apps,
        "neither",
        lambda: bend(0, authorization(0, "one", redirect_uri="http://localhost/in")),
    ),
    (
        rules.the_redirect_is_one_for_native_apps,
        "neither",
        lambda: bend(0, authorization(0, "one", redirect_uri="pocket://signed-in")),
    ),
    (
        rules.the_redirect_stays_the_same,
        "differs",
        lambda: bend(2, redemption(2, "one", redirect_uri="http://127.0.0.1/other")),
    ),
    (rules.the_app_holds_no_shared_secret, "client_secret", lambda: bend(2, redemption(2, "one", client_secret="s"))),
    (
        rules.the_app_holds_no_shared_secret,
        "Basic",
        lambda: bend(2, headers(redemption(2, "one"), authorization="Basic cG9ja2V0")),
    ),
    (
        rules.the_app_holds_no_shared_secret,
        "SO-AppToken",
        lambda: [*two_sign_ins(), headers(exchange(30, "GET", "online2.superoffice.test", "/", APP), so_apptoken="x")],
    ),
    (
        rules.a_code_is_used_once_and_at_once,
        "again",
        lambda: [*two_sign_ins(), replace(redemption(3, "one"), status=400)],
    ),
    (
        rules.a_code_is_used_once_and_at_once,
        "only 119 s later",
        lambda: bend(2, replace(redemption(2, "one"), started=NOON + 120)),
    ),
    (
        rules.refresh_tokens_are_rotated_or_bound,
        "had been replaced",
        lambda: [*two_sign_ins(), refresh(30, "r-1", "r-2"), refresh(31, "r-1", "r-3")],
    ),
    (
        rules.the_app_never_handles_a_password,
        "password grant",
        lambda: [*two_sign_ins(), token_call(30, {"grant_type": "password", "username": "a"}, {})],
    ),
    (
        rules.the_app_never_handles_a_password,
        "itself posts",
        lambda: [*two_sign_ins(), exchange(30, "POST", "id.superoffice.test", "/login", APP, b"password=x")],
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "mix-up",
        lambda: bend(1, redirect(1, "one", iss="https://attacker.example")),
    ),
    (
        rules.a_fresh_state_guards_the_redirect,
        "which the app had not sent",
        lambda: bend(1, redirect(1, "one", state="another")),
    ),
    (
        rules.the_redirect_stays_the_same,
        "differs",
        lambda: [
            seen for seen in bend(2, redemption(2, "one", redirect_uri="https://attacker.example/")) if seen.n != 1
        ],
    ),
    (
        rules.the_app_holds_no_shared_secret,
        "client_secret",
        lambda: bend(2, in_json(redemption(2, "one", client_secret="s"))),
    ),
    (
        rules.the_app_never_handles_a_password,
        "password grant",
        lambda: [*two_sign_ins(), in_json(token_call(30, {"grant_type": "password", "username": "a"}, {}))],
    ),
    (
        rules.the_app_never_handles_a_password,
        "password grant",
        lambda: [*two_sign_ins(), in_url(token_call(30, {"grant_type": "password", "username": "a"}, {}))],
    ),
    (
        rules.the_app_never_handles_a_password,
        "itself posts",
        lambda: [*two_sign_ins(), exchange(30, "POST", "id.superoffice.test", "/", "okhttp/4.12", b'{"password":"x"}')],
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "nonce of an earlier",
        lambda: bend(20, authorization(20, "two", nonce=values("one")["nonce"])),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "went on with an id_token of another issuer",
        lambda: [*bend(2, redemption(2, "one", id_token={"iss": "https://attacker.example"})), api_call(30, "one")],
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "went on with an id_token that has expired",
        lambda: [*bend(2, redemption(2, "one", id_token={"exp": NOON - 3600})), api_call(30, "one")],
    ),
    (
        rules.every_leg_uses_tls,
        "in clear",
        lambda: [*two_sign_ins(), replace(exchange(30, "GET", TOKEN_HOST, "/keys", APP), scheme="http")],
    ),
    (
        rules.after_a_logout_no_token_is_used,
        "had signed out",
        lambda: [*two_sign_ins(), refresh(30, "refresh-one")],
    ),
]
SERVER_SIDE: list[tuple[Rule, str, Bent]] = [
    (
        rules.only_the_code_flow_is_used,
        "access_token in a redirect",
        lambda: bend(1, in_fragment(redirect(1, "one", access_token="x"))),
    ),
    (
        rules.only_the_code_flow_is_used,
        "id_token in a redirect",
        lambda: [authorization(0, "one", redirect_uri=CLAIMED), form_post(1, "one", id_token="x")],
    ),
    (
        rules.a_fresh_state_guards_the_redirect,
        "nobody sent",
        lambda: [authorization(0, "one", redirect_uri=CLAIMED), form_post(1, "one", state="another")],
    ),
    (rules.a_fresh_state_guards_the_redirect, "nobody sent", lambda: bend(1, refused(1, "one", state=""))),
    (
        rules.refresh_tokens_are_rotated_or_bound,
        "was still taken",
        lambda: [refresh(1, "r-1", "r-2"), refresh(2, "r-1", "r-3")],
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "another issuer",
        lambda: bend(2, redemption(2, "one", id_token={"iss": f"http://{TOKEN_HOST}"})),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "shared secret",
        lambda: bend(2, token_call(2, {"grant_type": "authorization_code"}, signed_by("HS256"))),
    ),
    (rules.only_the_code_flow_is_used, "in a redirect", lambda: bend(1, redirect(1, "one", access_token="x"))),
    (rules.a_fresh_state_guards_the_redirect, "nobody sent", lambda: bend(1, redirect(1, "one", state="another"))),
    (
        rules.the_redirect_stays_the_same,
        "nobody asked for",
        lambda: bend(1, redirect(1, "one", target="https://attacker.example/")),
    ),
    (
        rules.a_code_is_used_once_and_at_once,
        "was not refused",
        lambda: [*two_sign_ins(), redemption(3, "one")],
    ),
    (rules.refresh_tokens_are_rotated_or_bound, "bound to no sender", two_sign_ins),
    (
        rules.the_server_redirects_only_where_it_may,
        "no app's",
        lambda: bend(1, redirect(1, "one", target="http://attacker.example/")),
    ),
    (
        rules.token_answers_are_not_stored,
        "may be stored",
        lambda: bend(2, replace(redemption(2, "one"), response_headers=())),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "another issuer",
        lambda: bend(2, redemption(2, "one", id_token={"iss": "https://attacker.example"})),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "another application",
        lambda: bend(2, redemption(2, "one", id_token={"aud": ["other-app"]})),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "without the nonce",
        lambda: bend(2, redemption(2, "one", id_token={"nonce": "another"})),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "expired",
        lambda: bend(2, redemption(2, "one", id_token={"exp": NOON - 3600})),
    ),
    (
        rules.the_id_token_is_meant_for_this_sign_in,
        "without a signature",
        lambda: bend(2, token_call(2, {"grant_type": "authorization_code"}, unsigned())),
    ),
]


CLAIMED = "https://app.superoffice.test/signed-in"


def in_fragment(seen: Exchange) -> Exchange:
    return replace(seen, response_headers=tuple((k, v.replace("?", "#")) for k, v in seen.response_headers))


def in_json(seen: Exchange) -> Exchange:
    return replace(seen, request_body=json.dumps(dict(parse_qsl(seen.request_body.decode()))).encode())


def in_url(seen: Exchange) -> Exchange:
    """A grant in the URL and none in the body."""
    return replace(seen, path=f"{seen.path}?{seen.request_body.decode()}", request_body=b"")


def refused(n: int, which: str, **changes: str) -> Exchange:
    """An answer without a code: somebody said no."""
    given = {"error": "access_denied", "state": values(which)["state"]} | changes
    return replace(redirect(n, which), response_headers=(("location", f"{REDIRECT}?{urlencode(given)}"),))


def form_post(n: int, which: str, target: str = CLAIMED, **changes: str) -> Exchange:
    """response_mode=form_post: the browser posts the answer to a claimed https address."""
    given = {"code": values(which)["code"], "state": values(which)["state"]} | changes
    parts = urlsplit(target)
    return exchange(n, "POST", parts.netloc, parts.path, BROWSER, urlencode(given).encode())


def api_call(n: int, which: str) -> Exchange:
    return headers(
        exchange(n, "GET", "online2.superoffice.test", "/Cust1/api/v1/Contact", APP),
        authorization=f"Bearer access-{which}",
    )


def signed_by(algorithm: str) -> dict[str, str]:
    return {"access_token": "a-token", "id_token": jwt({"alg": algorithm}, {"iss": f"https://{TOKEN_HOST}"})}


def unsigned() -> dict[str, str]:
    return {"access_token": "a-token", "id_token": jwt({"alg": "none"}, {"iss": f"https://{TOKEN_HOST}"})}


def named(cases: list[tuple[Rule, str, Bent]]) -> list[object]:
    return [pytest.param(*case, id=f"{RULES[case[0]]} {case[1]}") for case in cases]


@pytest.mark.parametrize(("rule", "words", "bent"), named(APP_SIDE))
def test_what_the_app_breaks_is_told_as_the_apps(rule: Rule, words: str, bent: Bent) -> None:
    found = [breach for breach in judged(rule, bent()) if breach.side is Side.APP]

    assert found
    assert words in found[0].text


@pytest.mark.parametrize(("rule", "words", "bent"), named(SERVER_SIDE))
def test_what_the_server_does_otherwise_is_told_as_the_servers(rule: Rule, words: str, bent: Bent) -> None:
    found = [breach for breach in judged(rule, bent()) if breach.side is Side.SERVER]

    assert found
    assert any(words in breach.text for breach in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: RULES[rule])
def test_a_rule_that_saw_nothing_of_its_kind_is_no_pass(rule: Rule) -> None:
    bystander = exchange(0, "GET", "online2.superoffice.test", "/Cust1/api/v1/Contact", APP)

    with pytest.raises(EvidenceMissing, match=r"recorded|signed out"):
        list(rule(Dialogue.of([bystander])))


def test_one_sign_in_alone_says_nothing_of_fresh_verifiers() -> None:
    with pytest.raises(EvidenceMissing, match="only one sign-in"):
        judged(rules.every_sign_in_has_its_own_verifier, sign_in(0, "one"))


def test_an_unanswered_request_that_is_sent_again_is_no_second_sign_in() -> None:
    exchanges = [replace(authorization(0, "one"), status=None), *sign_in(1, "one"), *sign_in(20, "two")]

    assert judged(rules.every_sign_in_has_its_own_verifier, exchanges) == []
    assert judged(rules.a_fresh_state_guards_the_redirect, exchanges) == []


def test_a_rotated_refresh_token_is_no_deviation() -> None:
    rotating = [refresh(1, "r-1", "r-2"), refresh(2, "r-2", "r-3")]

    assert judged(rules.refresh_tokens_are_rotated_or_bound, rotating) == []


def test_a_refresh_token_that_is_bound_to_its_sender_is_no_deviation() -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "r-1"}
    bound = token_call(1, form, {"access_token": "a-1"}, dpop="proof")

    assert judged(rules.refresh_tokens_are_rotated_or_bound, [bound]) == []


def test_an_answer_that_is_posted_to_a_claimed_address_is_as_good_as_a_redirect() -> None:
    posted = [
        authorization(0, "one", redirect_uri=CLAIMED),
        form_post(1, "one"),
        redemption(2, "one", redirect_uri=CLAIMED),
    ]

    assert judge(Dialogue.of(posted), NOTHING).findings == ()
    assert judge(Dialogue.of(posted), NOTHING).blocked == ()


def test_a_form_that_somebody_posts_elsewhere_is_no_answer() -> None:
    search = exchange(30, "POST", "online2.superoffice.test", "/search", APP, b"code=NO&state=Running")

    assert judge(Dialogue.of([*two_sign_ins(), search]), NOTHING) == judge(Dialogue.of(two_sign_ins()), NOTHING)


def test_a_sign_in_that_the_user_gave_up_is_none_of_the_apps_failures() -> None:
    given_up = [authorization(0, "none"), refused(1, "none")]
    judgement = judge(Dialogue.of([*given_up, *sign_in(2, "one")]), NOTHING)

    assert (judgement.findings, judgement.blocked) == ((), ())


@pytest.mark.parametrize("rule", [rules.pkce_ties_the_code_to_the_app, rules.the_redirect_stays_the_same])
def test_a_redemption_without_its_sign_in_could_not_be_judged(rule: Rule) -> None:
    with pytest.raises(EvidenceMissing):
        judged(rule, [redemption(2, "one")])


def test_a_code_whose_redirect_was_not_recorded_may_have_been_late() -> None:
    unseen = [seen for seen in two_sign_ins() if seen.n != 1]

    with pytest.raises(EvidenceMissing, match="how late"):
        judged(rules.a_code_is_used_once_and_at_once, unseen)


def test_an_id_token_that_a_refresh_brings_needs_no_nonce() -> None:
    """OIDC Core 12.2."""
    again = token_call(
        30,
        {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "pocket-mobile"},
        {
            "access_token": "a",
            "id_token": jwt(
                {"alg": "RS256"}, {"iss": f"https://{TOKEN_HOST}", "aud": "pocket-mobile", "exp": NOON + 900}
            ),
        },
    )

    assert judged(rules.the_id_token_is_meant_for_this_sign_in, [*two_sign_ins(), refused(29, "one"), again]) == []


def test_an_app_that_gives_up_on_a_wrong_id_token_has_not_taken_it() -> None:
    wrong = bend(2, redemption(2, "one", id_token={"iss": "https://attacker.example"}))
    found = judged(rules.the_id_token_is_meant_for_this_sign_in, [api_call(1, "one"), *wrong, api_call(30, "two")])

    assert {breach.side for breach in found} == {Side.SERVER}


def test_what_was_found_before_the_evidence_ends_is_not_lost() -> None:
    """A sign-in by `plain` of which the token call is missing is a finding, and not only a gap."""
    judgement = judge(Dialogue.of([authorization(0, "one", code_challenge_method="plain")]), NOTHING)

    assert "O3" in {finding.claim for finding in judgement.findings}
    assert any("O3" in why for why in judgement.blocked)


# --- a federated sign-in, and one that the server leads through pages of its own

IDP = "login.microsoft.test"


def led_to(n: int, location: str) -> Exchange:
    page = exchange(n, "GET", "id.superoffice.test", "/login", BROWSER)
    return replace(page, status=302, response_headers=(("location", location),))


def hop(n: int, **changes: str) -> Exchange:
    """The server's own request to an identity provider: a web application, without PKCE and with a short state."""
    given = {
        "client_id": "superid",
        "response_type": "code id_token",
        "redirect_uri": "https://id.superoffice.test/signin-oidc",
        "state": "short",
        "response_mode": "form_post",
    } | changes
    return exchange(n, "GET", IDP, f"/common/oauth2/v2.0/authorize?{urlencode(given)}", BROWSER)


def federated() -> list[Exchange]:
    request, back, call = sign_in(0, "one")
    asked = hop(2)
    answered = form_post(3, "one", "https://id.superoffice.test/signin-oidc", state="short", code="of-the-provider-1")
    moved = [replace(each, n=n, at=NOON + n, started=NOON + n) for n, each in ((4, back), (5, call))]
    return [request, led_to(1, asked.url), asked, answered, *moved]


def test_the_hop_to_an_identity_provider_is_none_of_the_apps_requests() -> None:
    judgement = judge(Dialogue.of(federated()), NOTHING)

    assert (judgement.findings, judgement.blocked) == ((), ())


def test_a_hop_that_a_page_leads_to_is_one_too() -> None:
    asked = headers(hop(2), referer="https://id.superoffice.test/")
    exchanges = [asked if seen.n == 2 else seen for seen in federated() if seen.n != 1]

    assert judge(Dialogue.of(exchanges), NOTHING).findings == ()


def test_a_request_in_another_name_that_nothing_led_to_is_the_apps() -> None:
    exchanges = [*federated(), hop(9)]

    assert {"O2", "O3", "O5"} <= {finding.claim for finding in judge(Dialogue.of(exchanges), NOTHING).findings}


def test_a_request_that_a_server_leads_through_its_pages_is_one_sign_in() -> None:
    request, back, call = sign_in(0, "one")
    again = replace(request, n=2, at=NOON + 2, started=NOON + 2)
    later = [replace(each, n=n, at=NOON + n, started=NOON + n) for n, each in ((3, back), (4, call))]
    exchanges = [request, led_to(1, request.url), again, *later, *sign_in(20, "two")]

    assert judge(Dialogue.of(exchanges), NOTHING).findings == ()


def test_a_request_that_is_led_to_after_the_answer_is_a_new_sign_in() -> None:
    again = replace(authorization(10, "one"), n=10)
    exchanges = [*sign_in(0, "one"), led_to(9, again.url), again]

    assert {"O4", "O5"} <= {finding.claim for finding in judge(Dialogue.of(exchanges), NOTHING).findings}


def test_the_loopback_redirect_may_be_in_clear() -> None:
    assert judged(rules.every_leg_uses_tls, [*two_sign_ins(), loopback(30, "two")]) == []


def test_a_complete_sign_in_may_come_without_refresh_and_log_out() -> None:
    judgement = judge(Dialogue.of(sign_in(0, "one")), NOTHING)

    assert (judgement.findings, judgement.blocked) == ((), ())
    assert judgement.unasked == (
        "O4: only one sign-in was recorded, so nothing could come twice",
        "O11: no refresh of a token was recorded",
        "O18: nobody signed out in what was recorded",
    )


def test_a_sign_in_that_ends_before_its_tokens_could_not_be_judged() -> None:
    judgement = judge(Dialogue.of(sign_in(0, "one")[:2]), NOTHING)

    assert "O1, O8, O12: no call of the token endpoint was recorded" in judgement.blocked
    assert "O17: no tokens were issued in what was recorded" in judgement.blocked


def test_a_finding_shows_no_secret() -> None:
    secrets = Secrets([Secret("password", "hunter2hunter2")])
    seen = replace(authorization(0, "one", response_type="token"), host="hunter2hunter2.superoffice.test")

    (finding,) = [each for each in judge(Dialogue.of([seen]), secrets).findings if each.claim == "O2"]

    assert "hunter2" not in finding.text + finding.host


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{" * 3000, b"grant_type=authorization_code&code=%ff%00"])
def test_odd_bytes_do_not_make_it_crash(body: bytes) -> None:
    odd = replace(redemption(2, "one"), request_body=body, response_body=body)

    assert judge(Dialogue.of([odd, replace(odd, response_headers=(("location", "http://[::1"),))]), NOTHING).blocked
