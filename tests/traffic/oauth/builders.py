"""A sign-in as the reference app makes it, leg by leg, to be bent by a test."""

import base64
import hashlib
import json
from dataclasses import replace
from urllib.parse import urlencode

from traffic.events import Exchange

TOKEN_HOST, PAGE_HOST = "online.superoffice.test", "id.superoffice.test"
BROWSER, APP = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36", "SuperOfficeMobileCRM/1.0 (Android)"
REDIRECT = "test.superoffice.pocket:/signed-in"
NOON = 1_700_000_000.0


def exchange(  # noqa: PLR0913, PLR0917 -- an exchange in one line
    n: int, method: str, host: str, path: str, agent: str, body: bytes = b""
) -> Exchange:
    headers = (("user-agent", agent),)
    url = f"https://{host}{path}"
    return Exchange(n, NOON + n, NOON + n, "https", method, host, 443, path, url, headers, body, 200)


def values(which: str) -> dict[str, str]:
    """The once-only values of a sign-in; `which` makes them differ."""
    verifier = hashlib.sha256(f"verifier {which}".encode()).hexdigest()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    state, code = (hashlib.sha256(f"{what} {which}".encode()).hexdigest()[:40] for what in ("state", "code"))
    return {"verifier": verifier, "challenge": challenge, "state": state, "code": code, "nonce": f"nonce-{which}"}


def authorization(n: int, which: str, *, agent: str = BROWSER, **changes: str) -> Exchange:
    own = values(which)
    given = {
        "client_id": "pocket-mobile",
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": REDIRECT,
        "state": own["state"],
        "nonce": own["nonce"],
        "code_challenge": own["challenge"],
        "code_challenge_method": "S256",
    } | changes
    return exchange(n, "GET", TOKEN_HOST, f"/login/common/oauth/authorize?{urlencode(given)}", agent)


def redirect(n: int, which: str, target: str = REDIRECT, **changes: str) -> Exchange:
    own = values(which)
    given = {"code": own["code"], "state": own["state"]} | changes
    location = (("location", f"{target}?{urlencode(given)}"),)
    page = exchange(n, "POST", PAGE_HOST, "/login/password", BROWSER, b"password=of+ada&csrf=x")
    return replace(page, status=302, response_headers=location)


def redemption(n: int, which: str, *, id_token: dict[str, object] | None = None, **changes: str) -> Exchange:
    own = values(which)
    form = {
        "grant_type": "authorization_code",
        "client_id": "pocket-mobile",
        "code": own["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": own["verifier"],
    } | changes
    claims: dict[str, object] = {
        "iss": f"https://{TOKEN_HOST}",
        "aud": "pocket-mobile",
        "nonce": own["nonce"],
        "exp": NOON + 300,
    }
    answer = {
        "access_token": f"access-{which}",
        "refresh_token": f"refresh-{which}",
        "id_token": jwt({"alg": "RS256"}, claims | (id_token or {})),
    }
    return token_call(n, form, answer)


def refresh(n: int, used: str, new: str | None = None) -> Exchange:
    form = {"grant_type": "refresh_token", "client_id": "pocket-mobile", "refresh_token": used}
    return token_call(n, form, {"access_token": f"access-{n}"} | ({"refresh_token": new} if new else {}))


def token_call(n: int, form: dict[str, str], answer: dict[str, str], **headers: str) -> Exchange:
    call = exchange(n, "POST", TOKEN_HOST, "/login/common/oauth/tokens", APP, urlencode(form).encode())
    return replace(
        call,
        request_headers=(*call.request_headers, *headers.items()),
        response_headers=(("cache-control", "no-store"),),
        response_body=json.dumps(answer).encode(),
    )


def jwt(header: dict[str, object], claims: dict[str, object]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join((*parts, "c2lnbmF0dXJl"))


def sign_in(n: int, which: str) -> list[Exchange]:
    return [authorization(n, which), redirect(n + 1, which), redemption(n + 2, which)]


def two_sign_ins() -> list[Exchange]:
    return [*sign_in(0, "one"), refresh(4, "refresh-one"), *sign_in(20, "two")]
