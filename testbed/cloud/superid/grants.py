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
from testbed.cloud.settings import RefreshTokens, SettingsBook
from testbed.cloud.store import Store, digest
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.requests import AuthorizationRequest, Method, request_from
from testbed.cloud.superid.sessions import Session

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
# in place of 1, where a refresh token was exchanged for its successor
ROTATED = 2
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user allowed an application in a tenant; all tokens of one sign-in carry its number.

    `link` names the sign-in at an identity provider that stands behind it (federation/links.py), or is None.
    """

    number: str
    client_id: str
    email: str
    tenant: str
    link: str | None = None

    @property
    def provider(self) -> str | None:
        """Which identity provider vouched for the user; None for SuperID's own password."""
        return self.link.partition(":")[0] if self.link else None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code stood for: the grant, the request it answered, and when the person had signed in."""

    grant: Grant
    asked: AuthorizationRequest
    signed_in_at: float


class Grants:
    def __init__(self, store: Store, clock: Clock, known: KnownSecrets, settings: SettingsBook) -> None:
        self._store = store
        self._clock = clock
        self._known = known
        self._settings = settings
        self._age = -1
        self._live: dict[str, tuple[Grant, float]] = {}

    def issue_code(self, request: AuthorizationRequest, session: Session, tenant: str) -> str:
        code, email, link = _letters(64), session.email, session.link
        expires = self._clock.now() + self._settings.read().code_seconds
        self._store.change(
            "INSERT INTO code (digest, grant_id, email, tenant, link, signed_in_at, body, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                digest(code),
                _letters(16),
                email,
                tenant,
                link,
                session.signed_in_at,
                json.dumps(asdict(request)),
                expires,
            ),
        )
        self._known.add(Kind.AUTHORIZATION_CODE, code, email, tenant)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Redeemed:
        """What is behind a code, once; a replay revokes what the first use gave (RFC 6749 section 4.1.2).

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
        _check_proof(verifier, asked)
        self._store.change("UPDATE code SET used = 1 WHERE digest = ?", (row["digest"],))
        if verifier is not None:
            self._known.add(Kind.CODE_VERIFIER, verifier, row["email"], row["tenant"])
        grant = Grant(row["grant_id"], client_id, row["email"], row["tenant"], row["link"])
        return Redeemed(grant, asked, row["signed_in_at"])

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
        return self._issue(Kind.ACCESS_TOKEN, value, grant, self._settings.read().access_token_seconds)

    def issue_refresh_token(self, grant: Grant) -> str:
        return self._issue(Kind.REFRESH_TOKEN, _letters(64), grant, self._settings.read().refresh_token_seconds)

    def _issue(self, kind: Kind, value: str, grant: Grant, seconds: int) -> str:
        expires = self._clock.now() + seconds
        self._store.change(
            "INSERT INTO token (digest, kind, grant_id, client_id, email, tenant, link, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (digest(value), kind, grant.number, grant.client_id, grant.email, grant.tenant, grant.link, expires),
        )
        self._known.add(kind, value, grant.email, grant.tenant)
        return value

    def of_refresh_token(self, token: str, client_id: str) -> Grant:
        """The grant behind a refresh token of this client; raises RefusedError.

        One that was rotated away and comes again is in two hands, so the whole grant ends (RFC 9700 section 4.14.2).
        """
        row = self._store.one("SELECT * FROM token WHERE digest = ? AND kind = ?", (digest(token), Kind.REFRESH_TOKEN))
        if row is None or row["expires"] <= self._clock.now():
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token is unknown, expired or revoked")
        if row["client_id"] != client_id:
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token was issued to another client")
        if row["revoked"] == ROTATED:
            self.revoke(row["grant_id"])
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token was used before; its tokens are revoked")
        if row["revoked"]:
            raise RefusedError(Refusal.INVALID_GRANT, "the refresh token is unknown, expired or revoked")
        return _grant(row)

    def rotate(self, token: str, grant: Grant) -> str | None:
        """The refresh token to use from now on, or None where the old one stays good, as documented."""
        if self._settings.read().refresh_tokens is RefreshTokens.REUSABLE:
            return None
        with self._store.together():
            self._store.change("UPDATE token SET revoked = ? WHERE digest = ?", (ROTATED, digest(token)))
            return self.issue_refresh_token(grant)

    def of_access_token(self, token: str) -> Grant | None:
        """Looked up again as soon as anything was changed in the store; that time passes is seen at each call."""
        if self._store.age != self._age:
            self._age = self._store.age
            self._live.clear()
        key = digest(token)
        if key not in self._live:
            row = self._store.one(
                "SELECT * FROM token WHERE digest = ? AND kind = ? AND NOT revoked", (key, Kind.ACCESS_TOKEN)
            )
            if row is None:
                return None
            self._live[key] = (_grant(row), float(row["expires"]))
        grant, expires = self._live[key]
        return grant if expires > self._clock.now() else None

    def owner(self, token: str) -> str | None:
        """The client of a token of either kind, dead or alive."""
        row = self._store.one("SELECT client_id FROM token WHERE digest = ?", (digest(token),))
        return str(row["client_id"]) if row else None

    def revoke(self, grant_number: str) -> None:
        self._store.change("UPDATE token SET revoked = 1 WHERE grant_id = ?", (grant_number,))

    def revoke_token(self, token: str) -> int:
        """How many tokens died: a refresh token takes all of its grant along, an access token goes alone.

        RFC 7009 section 2.1 wants the first and allows the second.
        """
        row = self._store.one("SELECT kind, grant_id FROM token WHERE digest = ?", (digest(token),))
        if row is None:
            return 0
        if row["kind"] == Kind.REFRESH_TOKEN:
            return self._revoke_where("grant_id = ?", row["grant_id"])
        return self._revoke_where("digest = ?", digest(token))

    def revoke_all_of(self, email: str) -> int:
        """All tokens of a person and every code not yet redeemed."""
        self._store.change("DELETE FROM code WHERE email = ? AND NOT used", (email,))
        return self._revoke_where("email = ?", email)

    def _revoke_where(self, condition: str, value: str) -> int:
        return self._store.change(
            f"UPDATE token SET revoked = 1 WHERE {condition} AND revoked != 1",  # noqa: S608 -- a constant
            (value,),
        )


def _grant(row: Row) -> Grant:
    return Grant(row["grant_id"], row["client_id"], row["email"], row["tenant"], row["link"])


def _check_proof(verifier: str | None, asked: AuthorizationRequest) -> None:
    """RFC 7636 section 4.6; without a challenge there must be no verifier either (RFC 9700 section 2.1.1)."""
    if asked.challenge is None and verifier is None:
        return
    if verifier is None:
        raise RefusedError(Refusal.INVALID_REQUEST, "code_verifier is missing")
    if asked.challenge is None or not _proves(verifier, asked.challenge, asked.challenge_method):
        raise RefusedError(Refusal.INVALID_GRANT, "code_verifier does not match")


def _proves(verifier: str, challenge: str, method: Method) -> bool:
    if not VERIFIER.fullmatch(verifier):
        return False
    proof = verifier.encode()
    if method is Method.S256:
        proof = base64.urlsafe_b64encode(hashlib.sha256(proof).digest()).rstrip(b"=")
    return hmac.compare_digest(proof, challenge.encode())


def _letters(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
