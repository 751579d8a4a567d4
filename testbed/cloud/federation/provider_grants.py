"""A provider's codes and tokens: authlib's authorization server, with the database behind it."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, Response

from testbed.cloud.clock import Clock
from testbed.cloud.federation.accounts import ProviderAccounts
from testbed.cloud.federation.profiles import Profile, domain_of
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.people import People
from testbed.cloud.store import Store, digest

CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS = 300, 3600, 90 * 86_400
METHODS = ["client_secret_post", "client_secret_basic"]


@dataclass(frozen=True, slots=True)
class PartyClient:
    """A relying party as the provider has it registered (authlib's ClientMixin)."""

    client_id: str
    secret: str
    redirect_uri: str

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        known = {"openid", "profile", "email", "offline_access"}
        return " ".join(each for each in scope.split() if each in known)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in METHODS

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


@dataclass(frozen=True, slots=True)
class ProviderUser:
    email: str
    name: str

    @property
    def subject(self) -> str:
        """Says nothing of the person and stays the same, as providers' subjects do."""
        return base64.b32encode(hashlib.sha256(self.email.encode()).digest()[:15]).decode().lower()

    def claims(self) -> dict[str, str]:
        claims = {"email": self.email, "preferred_username": self.email, "upn": self.email, "name": self.name}
        return {"sub": self.subject, **claims}


@dataclass(frozen=True, slots=True)
class Kept:
    """A code or a refresh token as it was kept (authlib's AuthorizationCodeMixin and TokenMixin)."""

    digest: str
    client_id: str
    email: str
    scope: str
    redirect_uri: str = ""
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    auth_time: int = 0

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None

    def check_client(self, client: PartyClient) -> bool:
        return client.client_id == self.client_id


class ProviderServer(AuthorizationServer):  # type: ignore[misc]  # authlib publishes no types
    """One provider's authorization server; what it answers is Starlette's."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what a provider knows
        self,
        profile: Profile,
        key: RSAKey,
        clients: Mapping[str, PartyClient],
        store: Store,
        clock: Clock,
        known: KnownSecrets,
        users: "Users",
    ) -> None:
        super().__init__()
        self.profile = profile
        self.key = key
        self.clients = clients
        self.store = store
        self.clock = clock
        self.known = known
        self.users = users
        self.register_token_generator("default", self._new_token)
        self.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(self)])
        self.register_grant(RefreshGrant)

    def query_client(self, client_id: str) -> PartyClient | None:
        return self.clients.get(client_id)

    def create_oauth2_request(self, request: "Asked") -> OAuth2Request:
        made = OAuth2Request(request.method, request.url, headers=request.headers)
        made.payload = BasicOAuth2Payload(dict(request.parameters))
        made._body = dict(request.parameters)  # noqa: SLF001 -- grants read `form`, which has no other source
        return made

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Response:
        return (
            JSONResponse(body, status, dict(headers)) if body else Response(status_code=status, headers=dict(headers))
        )

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        email = request.user.email
        self._keep("access", token["access_token"], request, token["scope"], ACCESS_SECONDS)
        self.known.add(Kind.PROVIDER_TOKEN, token["access_token"], email)
        if "refresh_token" in token:
            self._keep("refresh", token["refresh_token"], request, token["scope"], REFRESH_SECONDS)
            self.known.add(Kind.PROVIDER_TOKEN, token["refresh_token"], email)

    def bearer(self, token: str) -> str | None:
        """Whose access token this is, while it lives and the account is active."""
        row = self.store.one(
            "SELECT email FROM provider_token WHERE digest = ? AND provider = ? AND kind = 'access' AND expires > ?",
            (digest(token), self.profile.name, self.clock.now()),
        )
        return str(row["email"]) if row and self.users.active(self.profile, row["email"]) else None

    def _keep(self, kind: str, value: str, request: OAuth2Request, scope: str, seconds: int) -> None:
        self.store.change(
            "INSERT INTO provider_token VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                digest(value),
                self.profile.name,
                kind,
                request.client.client_id,
                request.user.email,
                scope,
                self.clock.now() + seconds,
            ),
        )

    def _new_token(
        self, *, scope: str | None = None, include_refresh_token: bool = True, **_: object
    ) -> dict[str, Any]:
        token = {
            "token_type": "Bearer",
            "access_token": secrets.token_urlsafe(48),
            "expires_in": ACCESS_SECONDS,
            "scope": scope or "openid",
        }
        return token | ({"refresh_token": secrets.token_urlsafe(48)} if include_refresh_token else {})


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # authlib publishes no types
    """Codes: five minutes, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        server: ProviderServer = self.server
        asked = request.payload.data
        now = server.clock.now()
        body = {
            "client_id": request.client.client_id,
            "email": request.user.email,
            "scope": request.scope or "openid",
            "redirect_uri": request.payload.redirect_uri,
            "nonce": asked.get("nonce"),
            "code_challenge": asked.get("code_challenge"),
            "code_challenge_method": asked.get("code_challenge_method"),
            "auth_time": int(now),
        }
        server.store.change(
            "INSERT INTO provider_code VALUES (?, ?, ?, ?)",
            (digest(code), server.profile.name, json.dumps(body), now + CODE_SECONDS),
        )
        server.known.add(Kind.PROVIDER_CODE, code, request.user.email)

    def query_authorization_code(self, code: str, client: PartyClient) -> Kept | None:
        server: ProviderServer = self.server
        row = server.store.one(
            "SELECT * FROM provider_code WHERE digest = ? AND provider = ? AND expires > ?",
            (digest(code), server.profile.name, server.clock.now()),
        )
        kept = Kept(digest(code), **json.loads(row["body"])) if row else None
        return kept if kept and kept.check_client(client) else None

    def delete_authorization_code(self, authorization_code: Kept) -> None:
        self.server.store.change("DELETE FROM provider_code WHERE digest = ?", (authorization_code.digest,))

    def authenticate_user(self, authorization_code: Kept) -> ProviderUser | None:
        found: ProviderUser | None = self.server.users.find(self.server.profile, authorization_code.email)
        return found


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # authlib publishes no types
    """Refresh tokens serve again and again until the administrator retracts the account."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> Kept | None:
        server: ProviderServer = self.server
        row = server.store.one(
            "SELECT * FROM provider_token WHERE digest = ? AND provider = ? AND kind = 'refresh' AND expires > ?",
            (digest(refresh_token), server.profile.name, server.clock.now()),
        )
        if row is None or not server.users.active(server.profile, row["email"]):
            return None
        return Kept(row["digest"], row["client_id"], row["email"], row["scope"])

    def authenticate_user(self, refresh_token: Kept) -> ProviderUser | None:
        found: ProviderUser | None = self.server.users.find(self.server.profile, refresh_token.email)
        return found

    def revoke_old_credential(self, refresh_token: Kept) -> None:
        """It stays good."""


class IdToken(OpenIDCode):  # type: ignore[misc]  # authlib publishes no types
    """id_tokens of the provider."""

    def __init__(self, server: ProviderServer) -> None:
        super().__init__(require_nonce=True)
        self._server = server

    def resolve_client_private_key(self, _client: PartyClient) -> RSAKey:
        return self._server.key

    def get_client_claims(self, client: PartyClient) -> dict[str, Any]:
        now = int(self._server.clock.now())
        lifetime = {"iat": now, "nbf": now, "exp": now + ACCESS_SECONDS}
        return {"iss": self._server.profile.issuer, "aud": client.client_id, **lifetime}

    def get_client_algorithm(self, _client: PartyClient) -> str:
        return "RS256"

    def get_encode_header(self, _client: PartyClient) -> dict[str, str]:
        return {"alg": "RS256", "kid": str(self._server.key.kid)}

    def exists_nonce(self, _nonce: str, _request: OAuth2Request) -> bool:
        return False

    def generate_user_info(self, user: ProviderUser, _scope: str) -> dict[str, str]:
        return user.claims()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as authlib is told of it."""

    method: str
    url: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]


class Users:
    """Who a provider vouches for: its own accounts, and those of the provider it delegates to."""

    def __init__(self, people: People, accounts: ProviderAccounts) -> None:
        self._people = people
        self._accounts = accounts

    def active(self, profile: Profile, email: str) -> bool:
        account = self._accounts.find(profile.delegates.get(domain_of(email), profile.name), email)
        return account is not None and account.active

    def find(self, profile: Profile, email: str) -> ProviderUser | None:
        """The user of an active account."""
        person = self._people.find(email)
        return ProviderUser(email, person.name if person else email) if self.active(profile, email) else None
