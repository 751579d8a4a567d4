"""Authorization requests: read, checked, and kept while the user signs in."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from testbed.cloud.clock import Clock
from testbed.cloud.store import Store
from testbed.cloud.superid.clients import Client, Clients, Pkce
from testbed.cloud.superid.faults import NoRedirectError, Refusal, RefusedError

LIFETIME_SECONDS = 30 * 60
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PLAIN_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
TENANT_HINT = re.compile(r"tenant:(Cust[0-9]{1,8})")
PROVIDER_HINT = re.compile(r"idp:([a-z]{1,32})")


class Method(StrEnum):
    """How a code challenge is made of its verifier (RFC 7636 section 4.2)."""

    S256 = "S256"
    PLAIN = "plain"


class Prompt(StrEnum):
    """What must be asked of the person, whatever is known (OpenID Connect Core 1.0 section 3.1.2.1)."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """`max_age` in seconds; `created` in the cloud's time.

    `tenant` and `provider` come from acr_values: the first skips the tenant picker, the second the e-mail page.
    """

    client_id: str
    redirect_uri: str
    challenge: str | None
    challenge_method: Method
    state: str | None
    nonce: str | None
    login_hint: str | None
    tenant: str | None
    provider: str | None
    prompt: tuple[Prompt, ...]
    max_age: int | None
    created: float


def check_redirect(parameters: Mapping[str, str], clients: Clients) -> Client:
    """Before anything else: only a registered client and redirect URI may be sent an answer, be it an error.

    Raises NoRedirectError.
    """
    client = clients.find(parameters.get("client_id", ""))
    if client is None:
        raise NoRedirectError("This application is not registered.")
    if not client.allows(parameters.get("redirect_uri", "")):
        raise NoRedirectError("The redirect address is not registered for this application.")
    return client


def read(parameters: Mapping[str, str], client: Client, now: float, hinted: str | None) -> AuthorizationRequest:
    """The request in `parameters`, whose redirect is checked already; raises RefusedError.

    `hinted` is who an id_token_hint was issued to: like a login_hint, it says whose sign-in is wanted.
    """
    _check_kind(parameters)
    challenge, method = _challenge(parameters, client.pkce)
    tenant, provider = _hints(parameters)
    return AuthorizationRequest(
        client_id=parameters["client_id"],
        redirect_uri=parameters["redirect_uri"],
        challenge=challenge,
        challenge_method=method,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        login_hint=parameters.get("login_hint", hinted),
        tenant=tenant,
        provider=provider,
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        created=now,
    )


def _check_kind(parameters: Mapping[str, str]) -> None:
    """What is not offered is refused by the names of OpenID Connect Core 1.0 section 3.1.2.6."""
    if "request" in parameters:
        raise RefusedError(Refusal.REQUEST_NOT_SUPPORTED, "request objects are not offered")
    if "request_uri" in parameters:
        raise RefusedError(Refusal.REQUEST_URI_NOT_SUPPORTED, "request objects are not offered")
    if "response_type" not in parameters:
        raise RefusedError(Refusal.INVALID_REQUEST, "response_type is missing")
    if parameters["response_type"] != "code":
        raise RefusedError(Refusal.UNSUPPORTED_RESPONSE_TYPE, "only response_type=code is offered")
    if parameters.get("scope") != "openid":
        raise RefusedError(Refusal.INVALID_SCOPE, "scope must be openid")
    if parameters.get("response_mode", "query") != "query":
        raise RefusedError(Refusal.INVALID_REQUEST, "only response_mode=query is offered")


def _challenge(parameters: Mapping[str, str], pkce: Pkce) -> tuple[str | None, Method]:
    """Without a method it is `plain` (RFC 7636 section 4.3), which most may not use (RFC 9700 section 2.1.1)."""
    challenge, named = parameters.get("code_challenge"), parameters.get("code_challenge_method", Method.PLAIN.value)
    if challenge is None:
        if pkce is not Pkce.OPTIONAL:
            raise RefusedError(Refusal.INVALID_REQUEST, "code challenge required")
        return None, Method.S256
    if named not in set(Method) or (named == Method.PLAIN and pkce is Pkce.S256):
        raise RefusedError(Refusal.INVALID_REQUEST, "transform algorithm not supported")
    method = Method(named)
    if method is Method.S256 and not S256_CHALLENGE.fullmatch(challenge):
        raise RefusedError(Refusal.INVALID_REQUEST, "code_challenge is not a SHA-256 in base64url")
    if method is Method.PLAIN and not PLAIN_CHALLENGE.fullmatch(challenge):
        raise RefusedError(Refusal.INVALID_REQUEST, "code_challenge is no code verifier")
    return challenge, method


def _prompt(parameters: Mapping[str, str]) -> tuple[Prompt, ...]:
    """Values parted by blanks; `none` stands alone."""
    words = parameters.get("prompt", "").split()
    if not set(words) <= set(Prompt) or (Prompt.NONE in words and len(words) > 1):
        raise RefusedError(Refusal.INVALID_REQUEST, "prompt must be none, or some of login, consent, select_account")
    return tuple(Prompt(word) for word in words)


def _max_age(parameters: Mapping[str, str]) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise RefusedError(Refusal.INVALID_REQUEST, "max_age must be a number of seconds")
    return int(text)


def _hints(parameters: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Tenant and identity provider; each value of acr_values once, parted by blanks."""
    found: dict[str, str] = {}
    for text in parameters.get("acr_values", "").split():
        hint = TENANT_HINT.fullmatch(text) or PROVIDER_HINT.fullmatch(text)
        kind = text.partition(":")[0]
        if hint is None or kind in found:
            raise RefusedError(Refusal.INVALID_REQUEST, "acr_values must be tenant:CustNNNNN, idp:NAME, or both")
        found[kind] = hint[1]
    return found.get("tenant"), found.get("idp")


class PendingRequests:
    """Requests whose user is still on the sign-in pages, with the e-mail typed so far."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def keep(self, request: AuthorizationRequest) -> str:
        """The number under which the pages find it; no secret, as PKCE and state bind the answer to the app."""
        number = secrets.token_urlsafe(16)
        self._store.change("INSERT INTO request VALUES (?, ?, NULL)", (number, json.dumps(asdict(request))))
        return number

    def find(self, number: str) -> AuthorizationRequest | None:
        row = self._store.one("SELECT body FROM request WHERE id = ?", (number,))
        if row is None:
            return None
        request = request_from(row["body"])
        return request if request.created + LIFETIME_SECONDS > self._clock.now() else None

    def email(self, number: str) -> str | None:
        row = self._store.one("SELECT email FROM request WHERE id = ?", (number,))
        return row["email"] if row else None

    def note_email(self, number: str, email: str) -> None:
        self._store.change("UPDATE request SET email = ? WHERE id = ?", (email, number))

    def drop(self, number: str) -> None:
        self._store.change("DELETE FROM request WHERE id = ?", (number,))


def request_from(body: str) -> AuthorizationRequest:
    kept = json.loads(body)
    enums = {"prompt": tuple(map(Prompt, kept["prompt"])), "challenge_method": Method(kept["challenge_method"])}
    return AuthorizationRequest(**{**kept, **enums})
