"""What an id_token says of itself; its signature is the app's to check, and is judged by what the app does."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

LEEWAY = 300.0
"""Seconds that clocks may differ."""


def troubles_of(token: str, host: str, client: str, nonce: str | None, at: float) -> Iterator[str]:
    """What OIDC Core 3.1.3.7 forbids; `nonce` None where the request was not recorded, `at` in Unix seconds."""
    header, claims = (_part(token, number) for number in (0, 1))
    if header is None or claims is None:
        yield "an id_token that is no JWT"
        return
    algorithm = str(header.get("alg", "none")).upper()
    if algorithm == "NONE" or not token.rpartition(".")[2]:
        yield "an id_token without a signature"
    elif algorithm.startswith("HS"):
        yield "an id_token signed with a shared secret, which no app has"
    if not _is_issuer(claims.get("iss"), host):
        yield "an id_token of another issuer"
    audience = claims.get("aud")
    if client not in (audience if isinstance(audience, list) else [audience]):
        yield "an id_token for another application"
    if nonce and claims.get("nonce") != nonce:
        yield "an id_token without the nonce of its sign-in"
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires < at - LEEWAY:
        yield "an id_token that has expired"


def _is_issuer(named: object, host: str) -> bool:
    """An https address of that host (OIDC Core 2)."""
    try:
        parts = urlsplit(str(named))
        return parts.scheme == "https" and parts.hostname == host.lower()
    except ValueError:
        return False


def _part(token: str, number: int) -> Mapping[str, object] | None:
    try:
        part = token.split(".")[number]
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
