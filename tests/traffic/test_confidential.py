import json
from base64 import b64encode
from dataclasses import replace

import pytest

from tests.traffic.oauth.builders import APP, exchange, redemption, redirect, sign_in
from traffic.confidential import confidential_in
from traffic.events import Exchange
from traffic.policy import shipped_policy

VALUE = "Zx81-Spectrum.48K_issue3-rainbow"


def found(seen: Exchange) -> set[tuple[str, str]]:
    return {(one.kind, one.value) for one in confidential_in(seen, shipped_policy())}


def call(path: str = "/", body: bytes = b"", answer: bytes = b"", **headers: str) -> Exchange:
    seen = exchange(0, "POST", "anything.example", path, APP, body)
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return replace(seen, request_headers=given, response_body=answer)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (call(cookie=f"lang=en; Odd.Name={VALUE}"), "session_cookie"),
        (replace(call(), response_headers=(("Set-Cookie", f"sid={VALUE}; Path=/; HttpOnly"),)), "session_cookie"),
        (call(authorization=f"Bearer {VALUE}"), "access_token"),
        (call(authorization=f"SOTicket {VALUE}"), "ticket"),
        (call(authorization=f"Basic {b64encode(f'ada:{VALUE}'.encode()).decode()}"), "password"),
        (call(f"/in?code={VALUE}"), "authorization_code"),
        (call(referer=f"https://a.example/in#access_token={VALUE}"), "access_token"),
        (replace(call(), response_headers=(("location", f"app:/in?code={VALUE}&state=x"),)), "authorization_code"),
        (call(body=f"user=ada&passwd={VALUE}".encode()), "password"),
        (call(body=json.dumps({"login": {"Password": VALUE}}).encode()), "password"),
        (call(answer=json.dumps([{"refresh_token": VALUE}]).encode()), "refresh_token"),
        (call(body=json.dumps({"DeviceInfo": {"PNSHandle": VALUE}}).encode()), "push_handle"),
    ],
)
def test_what_nobody_may_see_is_known_by_its_place(seen: Exchange, kind: str) -> None:
    assert (kind, VALUE) in found(seen)


def test_a_seed_is_known_by_its_address() -> None:
    page = b"<img alt='otpauth://totp/Lyngen:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DP&amp;issuer=L'>"

    assert ("totp_seed", "JBSWY3DPEHPK3PXPJBSWY3DP") in found(call(answer=page))


def test_a_sign_in_shows_its_code_its_verifier_and_its_tokens() -> None:
    kinds = {kind for seen in sign_in(0, "one") for kind, _ in found(seen)}

    assert {"authorization_code", "code_verifier", "password", "id_token"} <= kinds
    assert found(redirect(0, "one")) & found(redemption(0, "one"))


@pytest.mark.parametrize(
    "seen",
    [
        call(cookie="lang=en-GB; consent=yes; build=2024"),
        call("/in?code=404", body=b"{" * 2000, answer=b"[" * 2000),
        call(authorization="Bearer", referer="http://[::1"),
        call(authorization="Basic !!"),
        call(body=b"\xff\xfe=\x00"),
    ],
)
def test_what_looks_like_no_secret_is_none(seen: Exchange) -> None:
    assert found(seen) == set()
