"""Each rule fires on what breaks it, stays silent on an honest sign-in, and says so when it saw nothing of its kind."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from faults import EvidenceMissing
from tests.traffic.oauth.builders import (
    APP,
    BROWSER,
    NOON,
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


def test_one_sign_in_alone_repeats_no_verifier() -> None:
    assert judged(rules.every_sign_in_has_its_own_verifier, sign_in(0, "one")) == []


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


def test_the_loopback_redirect_may_be_in_clear() -> None:
    assert judged(rules.every_leg_uses_tls, [*two_sign_ins(), loopback(30, "two")]) == []


def test_a_complete_sign_in_may_come_without_refresh_and_log_out() -> None:
    judgement = judge(Dialogue.of(sign_in(0, "one")), NOTHING)

    assert (judgement.findings, judgement.blocked) == ((), ())
    assert judgement.unasked == (
        "O11: no refresh of a token was recorded",
        "O18: nobody signed out in what was recorded",
    )


def test_a_sign_in_that_ends_before_its_tokens_could_not_be_judged() -> None:
    judgement = judge(Dialogue.of(sign_in(0, "one")[:2]), NOTHING)

    assert "O8, O12: no call of the token endpoint was recorded" in judgement.blocked
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
