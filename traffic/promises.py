"""What the traffic must keep to: a function each, all of them in PROMISES."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from traffic.belonging import is_loopback
from traffic.events import ENCRYPTED, Exchange
from traffic.findings import Finding
from traffic.leaks import LEAK_CLAIMS
from traffic.redaction import redacted
from traffic.secrets import Secrets, Side

type Promise = Callable[[Exchange, Secrets], Iterable[Finding]]

_API = re.compile(r"/Cust\d+/(api/v\d+|Remote)(/|\?|$)", re.IGNORECASE)  # REST, and the older services
_BEARER = re.compile(r"Bearer +[A-Za-z0-9\-._~+/:]+=*", re.IGNORECASE)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/(?!/)\S*", re.IGNORECASE)
_NOT_IN_CLEAR = ENCRYPTED | {"dns"}  # names are asked for in clear by every phone
_STATE = 22  # characters: 128 bits in base64url
_TOKEN_PARAMETERS = {"grant_type", "code", "code_verifier", "refresh_token", "client_id"}


def all_traffic_is_tls(seen: Exchange, secrets: Secrets) -> Iterator[Finding]:
    """No request leaves in clear (MASTG-TEST-0236; RFC 9700 §2.6; RFC 8252 §8.3 spares the loopback redirect)."""
    if seen.scheme not in _NOT_IN_CLEAR and not is_loopback(seen.host):
        text = f"{seen.method} to {redacted(seen.host, secrets)}:{seen.port} in clear ({seen.scheme})"
        yield _finding(all_traffic_is_tls, seen, secrets, "request", text)


def api_calls_carry_a_bearer_token(seen: Exchange, secrets: Secrets) -> Iterator[Finding]:
    """Each call to a tenant's Web API is authorised by OAuth alone (RFC 6750 §2.1; the vendor's webapi/index.mdx)."""
    if not seen.is_http or not _API.match(seen.path):  # what a WebSocket carries was authorised when it was opened
        return
    given = seen.headers_named("authorization")
    if not given:
        yield _finding(
            api_calls_carry_a_bearer_token, seen, secrets, "header:authorization", "an API call without a token"
        )
    elif len(given) > 1 or not _BEARER.fullmatch(given[0].strip()):
        scheme = given[0].split(" ", 1)[0] if given[0].startswith(("Basic ", "SOTicket ")) else "no bearer token"
        text = f"an API call authorised otherwise: {scheme}" + (", several headers" if len(given) > 1 else "")
        yield _finding(api_calls_carry_a_bearer_token, seen, secrets, "header:authorization", text)
    if seen.header("cookie") is not None:
        text = "an API call with a cookie: a browser's session instead of OAuth"
        yield _finding(api_calls_carry_a_bearer_token, seen, secrets, "cookie", text)
    if seen.header("so-apptoken") is not None:
        text = "an API call with SO-AppToken: a client secret in the app (RFC 8252 §8.5)"
        yield _finding(api_calls_carry_a_bearer_token, seen, secrets, "header:so-apptoken", text)


def authorization_uses_pkce_and_state(seen: Exchange, secrets: Secrets) -> Iterator[Finding]:
    """Code flow with S256 and state, by a client without a secret (RFC 8252 §6, §7, §8.1, §8.5, §8.9; RFC 7636 §4).

    RFC 9700 §2.1.1 and §2.1.2 (no implicit or hybrid flow), §2.4 (no password grant).
    """
    path = seen.path.partition("?")[0].lower().rstrip("/")
    if path.endswith("/oauth/authorize"):
        given = _parameters(seen)
        if "request_uri" in given:
            return  # it was pushed ahead (RFC 9126), where O2, O3, O5 and O6 look at it
        troubles = _authorization_troubles(given)
    elif path.endswith("/oauth/tokens"):
        troubles = _token_troubles(seen, _parameters(seen))
    else:
        return
    for trouble in troubles:
        yield _finding(authorization_uses_pkce_and_state, seen, secrets, "request", trouble)


CLAIMS: dict[Promise, str] = {
    all_traffic_is_tls: "C16",
    **LEAK_CLAIMS,
    api_calls_carry_a_bearer_token: "C19",
    authorization_uses_pkce_and_state: "C37",
}
PROMISES: tuple[Promise, ...] = tuple(CLAIMS)


def _authorization_troubles(given: Mapping[str, list[str]]) -> Iterator[str]:
    yield from (f"{name} is given {len(values)} times" for name, values in given.items() if len(values) > 1)
    one = {name: values[0] for name, values in given.items()}
    if one.get("response_type") != "code":
        yield "response_type is not code"
    if one.get("code_challenge_method") != "S256":
        yield "code_challenge_method is not S256"
    if not _CHALLENGE.fullmatch(one.get("code_challenge", "")):
        yield "code_challenge is no SHA-256 in base64url"
    if len(one.get("state", "")) < _STATE:
        yield "state is missing or has less than 128 bits"
    if not _is_native_redirect(one.get("redirect_uri", "")):
        yield "redirect_uri is neither loopback, nor a private scheme, nor https"
    if "client_secret" in one:
        yield "a client_secret in the app"


def _token_troubles(seen: Exchange, given: Mapping[str, list[str]]) -> Iterator[str]:
    yield from (f"{name} is given {len(values)} times" for name, values in given.items() if len(values) > 1)
    one = {name: values[0] for name, values in given.items()}
    grant = one.get("grant_type")
    if grant not in {"authorization_code", "refresh_token"}:
        yield "grant_type is neither authorization_code nor refresh_token"
    if grant == "authorization_code" and not _VERIFIER.fullmatch(one.get("code_verifier", "")):
        yield "code_verifier is missing or not of 43 to 128 unreserved characters"
    if "client_secret" in one or (seen.header("authorization") or "").lower().startswith("basic"):
        yield "a client secret in the app"
    if _TOKEN_PARAMETERS & set(_query(seen)):
        yield "parameters of the token request stand in the URL (RFC 6749 §3.2)"


def _parameters(seen: Exchange) -> dict[str, list[str]]:
    """Query and form body together."""
    body = seen.request_body.decode("utf-8", "replace") if seen.method == "POST" else ""
    found = _query(seen)
    for name, value in parse_qsl(body, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _query(seen: Exchange) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(seen.path.partition("?")[2], keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _is_native_redirect(uri: str) -> bool:
    """RFC 8252 §7.1 to §7.3: reverse-domain scheme with a single slash, claimed https, or a loopback address."""
    parts = urlsplit(uri)
    if parts.scheme == "https":
        return bool(parts.hostname) and not parts.fragment
    if parts.scheme == "http":
        return parts.hostname in {"127.0.0.1", "::1"} and not parts.fragment
    return _PRIVATE_SCHEME.fullmatch(uri) is not None


def _finding(promise: Promise, seen: Exchange, secrets: Secrets, where: str, text: str) -> Finding:
    host = redacted(seen.host, secrets)
    return Finding(
        promise.__name__,
        CLAIMS[promise],
        seen.n,
        host,
        Side.APP,
        where,
        redacted(text, secrets),
        sent=redacted(seen.sent, secrets),
    )
