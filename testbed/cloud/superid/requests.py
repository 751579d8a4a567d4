"""Authorization requests: read, checked, and kept while the user signs in."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from testbed.cloud.clock import Clock
from testbed.cloud.store import Store
from testbed.cloud.superid.clients import CLIENTS
from testbed.cloud.superid.faults import NoRedirectError, Refusal, RefusedError

LIFETIME_SECONDS = 30 * 60
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
TENANT_HINT = re.compile(r"tenant:(Cust[0-9]{1,8})")


class Prompt(StrEnum):
    """OpenID Connect Core 1.0 section 3.1.2.1; consent and account choice are not offered here."""

    UNSAID = ""
    NONE = "none"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """`max_age` in seconds; `created` in the cloud's time; `tenant` from acr_values, to skip the tenant picker."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str | None
    nonce: str | None
    login_hint: str | None
    tenant: str | None
    prompt: Prompt
    max_age: int | None
    created: float


def check_redirect(parameters: Mapping[str, str]) -> None:
    """Before anything else: only a registered client and redirect URI may be sent an answer, be it an error.

    Raises NoRedirectError.
    """
    client = CLIENTS.get(parameters.get("client_id", ""))
    if client is None:
        raise NoRedirectError("This application is not registered.")
    if not client.allows(parameters.get("redirect_uri", "")):
        raise NoRedirectError("The redirect address is not registered for this application.")


def read(parameters: Mapping[str, str], now: float) -> AuthorizationRequest:
    """The request in `parameters`, whose redirect is checked already; raises RefusedError."""
    _check_kind(parameters)
    return AuthorizationRequest(
        client_id=parameters["client_id"],
        redirect_uri=parameters["redirect_uri"],
        challenge=_challenge(parameters),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        login_hint=parameters.get("login_hint"),
        tenant=_tenant(parameters),
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        created=now,
    )


def _check_kind(parameters: Mapping[str, str]) -> None:
    if "response_type" not in parameters:
        raise RefusedError(Refusal.INVALID_REQUEST, "response_type is missing")
    if parameters["response_type"] != "code":
        raise RefusedError(Refusal.UNSUPPORTED_RESPONSE_TYPE, "only response_type=code is offered")
    if parameters.get("scope") != "openid":
        raise RefusedError(Refusal.INVALID_SCOPE, "scope must be openid")
    if parameters.get("response_mode", "query") != "query":
        raise RefusedError(Refusal.INVALID_REQUEST, "only response_mode=query is offered")


def _challenge(parameters: Mapping[str, str]) -> str:
    """PKCE is required of native clients (RFC 8252 section 6), and S256 alone (RFC 9700 section 2.1.1)."""
    challenge = parameters.get("code_challenge")
    if challenge is None:
        raise RefusedError(Refusal.INVALID_REQUEST, "code challenge required")
    if parameters.get("code_challenge_method", "plain") != "S256":
        raise RefusedError(Refusal.INVALID_REQUEST, "transform algorithm not supported")
    if not S256_CHALLENGE.fullmatch(challenge):
        raise RefusedError(Refusal.INVALID_REQUEST, "code_challenge is not a SHA-256 in base64url")
    return challenge


def _prompt(parameters: Mapping[str, str]) -> Prompt:
    try:
        return Prompt(parameters.get("prompt", ""))
    except ValueError:
        raise RefusedError(Refusal.INVALID_REQUEST, "prompt must be none or login") from None


def _max_age(parameters: Mapping[str, str]) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise RefusedError(Refusal.INVALID_REQUEST, "max_age must be a number of seconds")
    return int(text)


def _tenant(parameters: Mapping[str, str]) -> str | None:
    text = parameters.get("acr_values")
    if text is None:
        return None
    hint = TENANT_HINT.fullmatch(text)
    if hint is None:
        raise RefusedError(Refusal.INVALID_REQUEST, "acr_values must be tenant:CustNNNNN")
    return hint[1]


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
    return AuthorizationRequest(**{**kept, "prompt": Prompt(kept["prompt"])})
