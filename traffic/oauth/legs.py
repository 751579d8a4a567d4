"""The parts of a sign-in that a recording shows; only what the rules ask for is kept of each exchange."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

from traffic.events import ENCRYPTED, Exchange

type Values = Mapping[str, tuple[str, ...]]

LOOPBACK = frozenset({"127.0.0.1", "::1", "[::1]", "localhost"})
_IN_ANSWER = frozenset({"code", "error", "access_token", "id_token"})
_BEARER = "bearer "
_LARGEST = 1 << 16  # bytes of JSON that may hold credentials
_MARKS = (b"grant_type", b"passw", b"pwd")  # one of which it must hold


@dataclass(frozen=True, slots=True)
class Leg:
    """Where and when one exchange of the dialogue was, and by whom."""

    n: int
    at: float
    host: str
    agent: str
    secure: bool
    status: int | None
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """An authorization request (RFC 6749 §4.1.1); `inside` is the app that an embedded web view named.

    `address` is where it went, with host, path and query; `from_page` says that a web page led to it.
    """

    leg: Leg
    given: Values
    inside: str | None
    address: str = ""
    from_page: bool = False

    def one(self, name: str) -> str:
        return _one(self.given, name)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed, and the reference that the server gave for it; `basic` says by whom it was signed, if so."""

    leg: Leg
    given: Values
    uri: str
    basic: bool


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect back to the app (RFC 6749 §4.1.2); `target` is the address without its parameters.

    `posted` says that the browser posted it, as response_mode=form_post has it.
    """

    leg: Leg
    target: str
    given: Values
    posted: bool = False

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


def authorization_of(seen: Exchange, posted: Values) -> Authorization | None:
    """A request with a response_type, or to a path that ends as the vendor's does; GET or POST (OIDC Core 3.1.2.1).

    `posted` here and below are the request's `posted_fields`.
    """
    query = seen.path.partition("?")[2]
    given = {**posted, **_values(query)} if query else posted
    is_one = {"response_type", "client_id"} <= given.keys() or _path(seen).endswith("/oauth/authorize")
    if not is_one or not seen.is_http:
        return None
    from_page = (seen.header("referer") or "").startswith("https://")
    return Authorization(leg_of(seen), given, seen.header("x-requested-with"), address_of(seen), from_page)


def pushed_of(seen: Exchange, posted: Values) -> Pushed | None:
    """A request that an app sends ahead of the browser, which then carries a reference to it (RFC 9126 §2)."""
    if not {"response_type", "client_id"} <= posted.keys():
        return None
    uri = _object(seen.response_body).get("request_uri")
    if not isinstance(uri, str) and not _path(seen).endswith("/par"):
        return None
    return Pushed(leg_of(seen), posted, uri if isinstance(uri, str) else "", basic=_is_basic(seen))


def token_call_of(seen: Exchange, posted: Values) -> TokenCall | None:
    """A grant_type in form, JSON or URL, wherever it should not be too; or a call of a path as the vendor's."""
    if seen.method != "POST" and "grant_type" not in seen.path:
        return None
    given = {**_values(seen.path.partition("?")[2]), **posted}
    if "grant_type" not in given and not (seen.method == "POST" and _path(seen).endswith("/oauth/tokens")):
        return None
    return TokenCall(
        leg_of(seen),
        given,
        _object(seen.response_body),
        basic=_is_basic(seen),
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
    return Leg(seen.n, seen.started, seen.host, seen.client_user_agent or "", is_secure(seen), seen.status, seen.sent)


def is_secure(seen: Exchange) -> bool:
    return seen.scheme in ENCRYPTED or seen.host in LOOPBACK


def is_logout(seen: Exchange) -> bool:
    """A call of an end-session or revocation endpoint (OIDC RP-Initiated Logout 1.0 §2, RFC 7009)."""
    last = _path(seen).rpartition("/")[2]
    return seen.is_http and last in {"logout", "endsession", "end_session", "revoke", "revocation", "signout"}


def posted_fields(seen: Exchange) -> Values:
    """Of a form, or the texts of a JSON object, for some send their credentials so."""
    if seen.method != "POST":
        return {}
    body = seen.request_body
    if body[:1] == b"{":
        read = _object(body) if len(body) <= _LARGEST and any(mark in body for mark in _MARKS) else {}
        return {name: (value,) for name, value in read.items() if isinstance(value, str)}
    return _values(body.decode("utf-8", "replace"))


def pointer_of(seen: Exchange) -> str | None:
    """Where an answer sends the browser, if that is an authorization request: as `Authorization.address` has it."""
    location = seen.response_header("location")
    if location is None or "client_id=" not in location:
        return None
    try:
        parts = urlsplit(urljoin(seen.url, location))
    except ValueError:
        return None
    return f"{parts.netloc.lower()}{parts.path}?{parts.query}"


def posted_answer_of(seen: Exchange, posted: Values) -> Redirect | None:
    """An answer that the browser posts (OAuth 2.0 Form Post Response Mode §2), if the target was asked for."""
    if "grant_type" in posted or "state" not in posted or not _IN_ANSWER & posted.keys():
        return None
    return Redirect(leg_of(seen), seen.url.partition("?")[0], posted, posted=True)


def bearer_of(seen: Exchange) -> str | None:
    given = seen.header("authorization")
    return given[len(_BEARER) :].strip() if given and given[: len(_BEARER)].lower() == _BEARER else None


def _is_basic(seen: Exchange) -> bool:
    return (seen.header("authorization") or "").lower().startswith("basic ")


def address_of(seen: Exchange) -> str:
    try:
        return f"{urlsplit(seen.url).netloc.lower()}{seen.path}"
    except ValueError:
        return ""


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
