"""Codes and tokens: issued, redeemed, looked up, revoked. The database holds their SHA-256 alone."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import string
from dataclasses import asdict, dataclass
from sqlite3 import Row

from testbed.cloud.clock import Clock
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.store import Store, digest
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.requests import AuthorizationRequest, request_from

CODE_SECONDS = 10 * 60
ACCESS_SECONDS = 3600
# "several years" is all that is documented
REFRESH_SECONDS = 5 * 365 * 86_400
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user allowed an application in a tenant; all tokens of one sign-in carry its number."""

    number: str
    client_id: str
    email: str
    tenant: str


class Grants:
    def __init__(self, store: Store, clock: Clock, known: KnownSecrets) -> None:
        self._store = store
        self._clock = clock
        self._known = known

    def issue_code(self, request: AuthorizationRequest, email: str, tenant: str) -> str:
        code = _letters(64)
        self._store.change(
            "INSERT INTO code (digest, grant_id, email, tenant, body, expires) VALUES (?, ?, ?, ?, ?, ?)",
            (digest(code), _letters(16), email, tenant, json.dumps(asdict(request)), self._clock.now() + CODE_SECONDS),
        )
        self._known.add(Kind.AUTHORIZATION_CODE, code, email, tenant)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> tuple[Grant, AuthorizationRequest]:
        """The grant behind a code, once; a replay revokes what the first use gave (RFC 6749 section 4.1.2).

        Raises RefusedError.
        """
        row = self._store.one("SELECT * FROM code WHERE digest = ?", (digest(code),))
        if row is None:
            raise RefusedError(Refusal.INVALID_GRANT, "the code is not known")
        asked = request_from(row["body"])
        if row["used"]:
            self.revoke(row["grant_id"])
            raise RefusedError(Refusal.INVALID_GRANT, "the code was used before; its tokens are revoked")
        self._check_code(row, asked, client_id, redirect_uri)
        if not _proves(verifier, asked.challenge):
            raise RefusedError(Refusal.INVALID_GRANT, "code_verifier does not match")
        self._store.change("UPDATE code SET used = 1 WHERE digest = ?", (row["digest"],))
        self._known.add(Kind.CODE_VERIFIER, verifier, row["email"], row["tenant"])
        return Grant(row["grant_id"], client_id, row["email"], row["tenant"]), asked

    def _check_code(self, row: Row, asked: AuthorizationRequest, client_id: str, redirect_uri: str) -> None:
        if row["expires"] <= self._clock.now():
            raise RefusedError(Refusal.INVALID_GRANT, "the code has expired")
        if asked.client_id != client_id:
            raise RefusedError(Refusal.INVALID_GRANT, "the code was issued to another client")
        if asked.redirect_uri != redirect_uri:
            raise RefusedError(Refusal.INVALID_GRANT, "redirect_uri differs from the authorization request")

    def issue_access_token(self, grant: Grant) -> str:
        """Opaque but for the tenant in front: `8A:CustNNNNN.<base64>`."""
        value = f"8A:{grant.tenant}.{base64.b64encode(secrets.token_bytes(96)).decode()}"
        return self._issue(Kind.ACCESS_TOKEN, value, grant, ACCESS_SECONDS)

    def issue_refresh_token(self, grant: Grant) -> str:
        return self._issue(Kind.REFRESH_TOKEN, _letters(64), grant, REFRESH_SECONDS)

    def _issue(self, kind: Kind, value: str, grant: Grant, seconds: int) -> str:
        self._store.change(
            "INSERT INTO token (digest, kind, grant_id, client_id, email, tenant, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                digest(value),
                kind,
                grant.number,
                grant.client_id,
                grant.email,
                grant.tenant,
                self._clock.now() + seconds,
            ),
        )
        self._known.add(kind, value, grant.email, grant.tenant)
        return value

    def of_refresh_token(self, token: str, client_id: str) -> Grant:
        """Refresh tokens may be used again and again, by the client they were issued to; raises RefusedError."""
        grant = self._of(Kind.REFRESH_TOKEN, token)
        if grant is None:
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token is unknown, expired or revoked")
        if grant.client_id != client_id:
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token was issued to another client")
        return grant

    def of_access_token(self, token: str) -> Grant | None:
        return self._of(Kind.ACCESS_TOKEN, token)

    def _of(self, kind: Kind, token: str) -> Grant | None:
        row = self._store.one(
            "SELECT * FROM token WHERE digest = ? AND kind = ? AND NOT revoked AND expires > ?",
            (digest(token), kind, self._clock.now()),
        )
        return Grant(row["grant_id"], row["client_id"], row["email"], row["tenant"]) if row else None

    def revoke(self, grant_number: str) -> None:
        self._store.change("UPDATE token SET revoked = 1 WHERE grant_id = ?", (grant_number,))


def _proves(verifier: str, challenge: str) -> bool:
    """RFC 7636 section 4.6, S256."""
    if not VERIFIER.fullmatch(verifier):
        return False
    digested = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digested, challenge.encode())


def _letters(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
