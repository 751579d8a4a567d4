"""The parts of a sign-in that a recording shows; only what the rules ask for is kept of each exchange."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from traffic.events import ENCRYPTED, Exchange

type Values = Mapping[str, tuple[str, ...]]

LOOPBACK = frozenset({"127.0.0.1", "::1", "[::1]", "localhost"})
_IN_ANSWER = frozenset({"code", "error", "access_token", "id_token"})


@dataclass(frozen=True, slots=True)
class Leg:
    """Where and when one exchange of the dialogue was, and by whom."""

    n: int
    at: float
    host: str
    agent: str
    secure: bool
    status: int | None


@dataclass(frozen=True, slots=True)
class Authorization:
    """An authorization request (RFC 6749 §4.1.1); `inside` is the app that an embedded web view named."""

    leg: Leg
    given: Values
    inside: str | None

    def one(self, name: str) -> str:
        return _one(self.given, name)


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect back to the app (RFC 6749 §4.1.2); `target` is the address without its parameters."""

    leg: Leg
    target: str
    given: Values

    def one(self, name: str) -> str:
        return _one(self.given, name)


@dataclass(frozen=True, slots=True)
class TokenCall:
    """A call of the token endpoint (RFC 6749 §4.1.3, §5, §6) and what it was answered."""

    leg: Leg
    given: Values
    answer: Mapping[str, object]
    basic: bool
    bound: bool
    cache_control: str

    def one(self, name: str) -> str:
        return _one(self.given, name)

    def answered(self, name: str) -> str:
        value = self.answer.get(name)
        return value if isinstance(value, str) else ""

    @property
    def grant(self) -> str:
        return self.one("grant_type")

    @property
    def succeeded(self) -> bool:
        return bool(self.answer.get("access_token"))


def authorization_of(seen: Exchange) -> Authorization | None:
    """A request with a response_type, or to a path that ends as the vendor's does."""
    given = _values(seen.path.partition("?")[2])
    is_one = {"response_type", "client_id"} <= given.keys() or _path(seen).endswith("/oauth/authorize")
    return Authorization(leg_of(seen), given, seen.header("x-requested-with")) if is_one and seen.is_http else None


def token_call_of(seen: Exchange) -> TokenCall | None:
    """A form with a grant_type, or a call of a path that ends as the vendor's does."""
    if seen.method != "POST":
        return None
    given = _values(seen.request_body.decode("utf-8", "replace"))
    if "grant_type" not in given and not _path(seen).endswith("/oauth/tokens"):
        return None
    return TokenCall(
        leg_of(seen),
        given,
        _object(seen.response_body),
        basic=(seen.header("authorization") or "").lower().startswith("basic "),
        bound=seen.header("dpop") is not None,
        cache_control=(seen.response_header("cache-control") or "").lower(),
    )


def redirect_of(seen: Exchange) -> Redirect | None:
    """Told by the Location that a server answered, for a private scheme never leaves the phone; or by the loopback."""
    on_loopback = seen.host in LOOPBACK and seen.is_http
    address = seen.url if on_loopback else seen.response_header("location") or ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    given = {**_values(parts.query), **_values(parts.fragment)}
    if not _IN_ANSWER & given.keys():
        return None
    return Redirect(leg_of(seen), address.partition("?")[0].partition("#")[0], given)


def leg_of(seen: Exchange) -> Leg:
    secure = seen.scheme in ENCRYPTED or seen.host in LOOPBACK
    return Leg(seen.n, seen.started, seen.host, seen.client_user_agent or "", secure, seen.status)


def is_logout(seen: Exchange) -> bool:
    """A call of an end-session or revocation endpoint (OIDC RP-Initiated Logout 1.0 §2, RFC 7009)."""
    last = _path(seen).rpartition("/")[2]
    return seen.is_http and last in {"logout", "endsession", "end_session", "revoke", "revocation", "signout"}


def posted_fields(seen: Exchange) -> Values:
    return _values(seen.request_body.decode("utf-8", "replace")) if seen.method == "POST" else {}


def _path(seen: Exchange) -> str:
    return seen.path.partition("?")[0].lower().rstrip("/")


def _values(text: str) -> Values:
    found: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found


def _one(given: Values, name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
