"""All that a recording shows and a report may not: more than the policy judges, for here one too many does no harm."""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from traffic.events import Exchange
from traffic.learning import Learnt, learnt_from
from traffic.policy import Policy
from traffic.secrets import SHORTEST, Secret

_STRONG = 64.0  # bits: what nobody issued as a secret counts as one only if it looks like one
_LARGEST = 1 << 20  # bytes of a body that may be a form
_DEEPEST = 20  # levels of JSON
_KINDS = {
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "new_password": "password",
    "code": "authorization_code",
    "code_verifier": "code_verifier",
    "access_token": "access_token",
    "refresh_token": "refresh_token",
    "id_token": "id_token",
    "id_token_hint": "id_token",
    "client_secret": "client_secret",
    "client_assertion": "client_secret",
    "assertion": "provider_token",
    "samlresponse": "provider_token",
    "pnshandle": "push_handle",
}
"""Names of fields and parameters, in lower case, by what they carry."""
_SEED = re.compile(rb"otpauth://[a-z]+/[^\s\"'<>]*?[?&;]secret=([A-Z2-7]{16,})", re.IGNORECASE)
_SCHEMES = {"bearer": "access_token", "soticket": "ticket", "dpop": "access_token"}
_COOKIES = frozenset({"cookie", "set-cookie"})
_AUTHORIZATIONS = frozenset({"authorization", "proxy-authorization"})


def confidential_in(seen: Exchange, policy: Policy) -> Iterator[Learnt]:
    """Tokens, codes, passwords, cookies and seeds by the places and names that they have on any host."""
    yield from learnt_from(seen, policy)
    for kind, value in _named(seen):
        if len(value) >= SHORTEST and (kind == "password" or Secret(kind, value).bits >= _STRONG):
            yield Learnt(kind, value, seen.host)


def _named(seen: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in (*seen.request_headers, *seen.response_headers):
        lower = name.lower()
        if lower in _COOKIES:
            yield from (("session_cookie", one) for one in _cookies(value, several=lower == "cookie"))
        elif lower in _AUTHORIZATIONS:
            yield from _credentials(value)
        elif lower in {"location", "referer"}:
            yield from _in_address(value)
    yield from _in_address(seen.url)
    for body in (seen.request_body, seen.response_body):
        if body and len(body) <= _LARGEST:
            yield from _in_body(body)


def _cookies(value: str, *, several: bool) -> Iterator[str]:
    """RFC 6265 sections 4.1.1 and 4.2.1; what Python's parser does not take is parted by hand."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(value)
    except CookieError:
        jar.clear()
    found = [one.value for one in jar.values()]
    pairs = value.split(";") if several else value.split(";")[:1]
    found += [pair.partition("=")[2].strip() for pair in pairs]
    yield from dict.fromkeys(found)


def _credentials(value: str) -> Iterator[tuple[str, str]]:
    scheme, _, given = value.strip().partition(" ")
    kind = _SCHEMES.get(scheme.lower())
    if kind:
        yield kind, given.strip()
    elif scheme.lower() == "basic":
        yield "credentials", given.strip()
        try:
            yield "password", b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return  # no user and password in it, and the whole is taken already


def _in_address(address: str) -> Iterator[tuple[str, str]]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    for part in (parts.query, parts.fragment):
        yield from _in_form(part)


def _in_body(body: bytes) -> Iterator[tuple[str, str]]:
    for seed in _SEED.findall(body):
        yield "totp_seed", seed.decode()
    if body.lstrip()[:1] in {b"{", b"["}:
        try:
            yield from _in_json(json.loads(body))
        except (ValueError, RecursionError):
            return
    elif b"=" in body and b"<" not in body[:64]:
        yield from _in_form(body.decode("utf-8", "replace"))


def _in_form(text: str) -> Iterator[tuple[str, str]]:
    try:
        pairs = parse_qsl(text, max_num_fields=1000)
    except ValueError:
        return
    yield from ((kind, value) for name, value in pairs if (kind := _KINDS.get(name.lower())))


def _in_json(found: object, deep: int = 0) -> Iterator[tuple[str, str]]:
    if deep > _DEEPEST:
        return
    if isinstance(found, Mapping):
        for name, value in found.items():
            kind = _KINDS.get(str(name).lower())
            if kind and isinstance(value, str):
                yield kind, value
            else:
                yield from _in_json(value, deep + 1)
    elif isinstance(found, list):
        for one in found:
            yield from _in_json(one, deep + 1)
