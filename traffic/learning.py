"""Secrets learnt from the sign-in itself: what a token endpoint was sent and gave, what a sign-in page was told."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape
from urllib.parse import parse_qs

from traffic.events import Exchange
from traffic.policy import Policy
from traffic.secrets import SHORTEST, Allowed, Secret, Side

_TOKEN_PATH = "/oauth"  # noqa: S105 -- a path
_GRANTS = {"authorization_code", "refresh_token", "password"}
_GIVEN = {"access_token": "access_token", "refresh_token": "refresh_token", "id_token": "id_token"}
_SENT = {"code": "authorization_code", "code_verifier": "code_verifier", "refresh_token": "refresh_token"}
_PASSWORDS = ("password", "passwd", "pwd")  # as sign-in pages name the field
_TENANT = re.compile(r"[78][AT]:(Cust\d+)\.")
_LARGEST = 1 << 20  # bytes of a body that may be a sign-in
MARKS = (b"grant_type", *(name.encode() for name in _PASSWORDS))
"""What a flow must hold somewhere for there to be anything to learn from it."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """`host` is who was told or told it: its domain is where the secret belongs.

    `issued_at` is the path at which that host answered with it, None where it was sent.
    """

    kind: str
    value: str
    host: str
    issued_at: str | None = None


def learnt_from(seen: Exchange, policy: Policy) -> Iterator[Learnt]:
    """Only at a token endpoint that answered with tokens, and at a host that the policy knows as a sign-in page."""
    if seen.method != "POST" or len(seen.request_body) > _LARGEST:
        return
    form = _form(seen)
    if (form.get("grant_type") in _GRANTS and _TOKEN_PATH in seen.path) or _is_token_response(seen, form):
        yield from _of_token_call(seen, form)
    if any(form.get(name) for name in _PASSWORDS) and _asks_for_passwords(seen.host, policy):
        yield from (one for name in _PASSWORDS for one in _worth_it("password", form.get(name, ""), seen))


def _asks_for_passwords(host: str, policy: Policy) -> bool:
    patterns = (*policy.hosts("sign_in"), *policy.hosts("identity_provider"))
    return any(fnmatchcase(host, pattern) for pattern in patterns)


def as_secrets(learnt: Iterator[Learnt], known: set[str], policy: Policy) -> Iterator[Secret]:
    """Each once, with its places in the domain of the host it was learnt at; what is `known` already is left out."""
    for one in learnt:
        if one.value not in known:
            known.add(one.value)
            places = policy.places(one.kind, {*policy.domains, _domain(one.host)}, tenant_of(one.value))
            yield Secret(one.kind, one.value, (*places, *_issuer(one)), policy.claim_of(one.kind))


def tenant_of(value: str) -> str | None:
    """The tenant that an access token or a ticket of the vendor's names in clear (auth-code-flow.mdx)."""
    named = _TENANT.match(value)
    return named[1] if named else None


def _issuer(one: Learnt) -> tuple[Allowed, ...]:
    """Where it was issued first, and nowhere that somebody else answers with it."""
    return () if one.issued_at is None else (Allowed(escape(one.host), "body", escape(one.issued_at), Side.SERVER),)


def is_issued_by(value: str, seen: Exchange) -> bool:
    """Whether a token endpoint answers with that very token (RFC 6749 section 5.1): there it comes from."""
    return seen.method == "POST" and "grant_type" in _form(seen) and value in _issued(seen)


def _of_token_call(seen: Exchange, form: dict[str, str]) -> Iterator[Learnt]:
    for name, kind in _SENT.items():
        yield from _worth_it(kind, form.get(name, ""), seen)
    answer = _answer(seen)
    for name, kind in _GIVEN.items():
        yield from _worth_it(kind, answer.get(name, ""), seen, seen.path.partition("?")[0])


def _issued(seen: Exchange) -> list[object]:
    answer = _answer(seen)
    return [answer.get(name) for name in _GIVEN]


def _worth_it(kind: str, value: object, seen: Exchange, issued_at: str | None = None) -> Iterator[Learnt]:
    if isinstance(value, str) and len(value) >= SHORTEST:
        yield Learnt(kind, value, seen.host, issued_at)


def _is_token_response(seen: Exchange, form: dict[str, str]) -> bool:
    return "grant_type" in form and "access_token" in _answer(seen)


def _form(seen: Exchange) -> dict[str, str]:
    text = seen.request_body.decode("utf-8", "replace")
    if "=" not in text or text[:1] in "{[<":
        return {}
    return {name: values[0] for name, values in parse_qs(text).items()}


def _answer(seen: Exchange) -> dict[str, object]:
    if len(seen.response_body) > _LARGEST or not seen.response_body.lstrip().startswith(b"{"):
        return {}
    try:
        answer = json.loads(seen.response_body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _domain(host: str) -> str:
    return host.partition(".")[2] or host
