"""Sign-ins of more than one kind and more than one at a time, judged as a capture from elsewhere."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.traffic.captures.clean import TENANT, write_capture
from tests.traffic.oauth.builders import (
    APP,
    BROWSER,
    NOON,
    REDIRECT,
    TOKEN_HOST,
    authorization,
    exchange,
    redemption,
    redirect,
    refresh,
    sign_in,
    values,
)
from traffic.audit import Audit, audit_capture
from traffic.events import Exchange

SUFFIX = pytest.mark.parametrize("suffix", ["har", "mitm"])
FIRST, SECOND = "8A:Cust10001." + "k3J9xA" * 5, "8A:Cust20002." + "p0Q8zB" * 5


def audit_of(folder: Path, suffix: str, exchanges: Iterable[Exchange]) -> Audit:
    seen = [replace(one, n=n, at=NOON + n, started=NOON + n) for n, one in enumerate(exchanges)]
    return audit_capture(write_capture(folder / f"a.{suffix}", seen), ())


def call(token: str, tenant: str = "Cust10001") -> Exchange:
    seen = exchange(0, "GET", TENANT, f"/{tenant}/api/v1/Contact/2", APP)
    return replace(seen, request_headers=(*seen.request_headers, ("authorization", f"Bearer {token}")))


def issued(which: str, token: str) -> Exchange:
    seen = redemption(0, which)
    answer = json.loads(seen.response_body) | {"access_token": token}
    return replace(seen, response_body=json.dumps(answer).encode())


def pushed(which: str, **changes: str) -> list[Exchange]:
    """The push of an authorization request, and the request that refers to it (RFC 9126)."""
    own, uri = values(which), f"urn:ietf:params:oauth:request_uri:{which}"
    form = {"client_id": "pocket-mobile", "response_type": "code", "redirect_uri": REDIRECT, "state": own["state"]}
    form |= {"nonce": own["nonce"], "code_challenge": own["challenge"], "code_challenge_method": "S256"} | changes
    push = exchange(0, "POST", TOKEN_HOST, "/login/common/oauth/par", APP, urlencode(form).encode())
    push = replace(push, status=201, response_body=json.dumps({"request_uri": uri, "expires_in": 60}).encode())
    asked = urlencode({"client_id": "pocket-mobile", "request_uri": uri})
    return [push, exchange(0, "GET", TOKEN_HOST, f"/login/common/oauth/authorize?{asked}", BROWSER)]


def pushed_sign_in(**changes: str) -> list[Exchange]:
    return [*pushed("one", **changes), redirect(0, "one"), redemption(0, "one"), call("access-one")]


def told(found: Audit) -> list[tuple[str, str]]:
    return [(one.claim, str(one.side)) for one in found.findings]


@SUFFIX
def test_two_sign_ins_that_run_into_each_other_are_told_apart(tmp_path: Path, suffix: str) -> None:
    asked = [authorization(0, "one"), authorization(0, "two")]
    answered = [redirect(0, "two"), redirect(0, "one"), redemption(0, "one"), redemption(0, "two")]

    found = audit_of(tmp_path, suffix, [*asked, *answered, call("access-one"), call("access-two")])

    assert (told(found), found.blocked) == ([], ())


@SUFFIX
def test_a_token_of_one_tenant_at_another_is_a_leak(tmp_path: Path, suffix: str) -> None:
    seen = [authorization(0, "one"), redirect(0, "one"), issued("one", FIRST), call(FIRST)]
    seen += [authorization(0, "two"), redirect(0, "two"), issued("two", SECOND), call(SECOND, "Cust20002")]

    right, wrong = (audit_of(tmp_path, suffix, [*seen, *more]) for more in ([], [call(FIRST, "Cust20002")]))

    assert (told(right), right.blocked) == ([], ())
    assert told(wrong) == [("O13", "app")]


@SUFFIX
def test_rotation_breaks_nothing_and_a_replaced_token_does(tmp_path: Path, suffix: str) -> None:
    seen = [*sign_in(0, "one"), call("access-one"), refresh(0, "refresh-one", "refresh-new")]

    right = audit_of(tmp_path, suffix, [*seen, refresh(0, "refresh-new", "refresh-newer")])
    wrong = audit_of(tmp_path, suffix, [*seen, refresh(0, "refresh-one", "refresh-newer")])

    assert (told(right), right.blocked) == ([], ())
    assert told(wrong) == [("O11", "app"), ("O11", "server")]


@SUFFIX
def test_a_request_that_was_pushed_ahead_is_judged_by_what_was_pushed(tmp_path: Path, suffix: str) -> None:
    right = audit_of(tmp_path, suffix, pushed_sign_in())
    wrong = audit_of(tmp_path, suffix, pushed_sign_in(code_challenge_method="plain", client_secret="x" * 20))

    assert (told(right), right.blocked) == ([], ())
    assert told(wrong) == [("O3", "app"), ("O8", "app")]


@SUFFIX
def test_a_reference_whose_push_was_not_recorded_is_blocked(tmp_path: Path, suffix: str) -> None:
    found = audit_of(tmp_path, suffix, pushed_sign_in()[1:])

    assert told(found) == []
    assert [why for why in found.blocked if "O1, O2, O3, O5, O6, O7: an authorization request was pushed" in why]


@SUFFIX
@pytest.mark.parametrize("legs", [0, 1, 2, 3])
def test_a_sign_in_that_is_cut_off_is_blocked_wherever_it_ends(tmp_path: Path, suffix: str, legs: int) -> None:
    found = audit_of(tmp_path, suffix, sign_in(0, "one")[:legs])

    assert found.findings == ()
    assert found.blocked


@SUFFIX
def test_the_implicit_flow_is_the_apps_and_the_token_in_its_answer_the_servers(tmp_path: Path, suffix: str) -> None:
    location = f"{REDIRECT}#access_token={FIRST}&token_type=Bearer&state={values('one')['state']}"
    answer = replace(redirect(0, "one"), response_headers=(("location", location),))

    found = audit_of(tmp_path, suffix, [authorization(0, "one", response_type="token"), answer, call(FIRST)])

    assert {("O2", "app"), ("O2", "server")} <= set(told(found))
