"""A relying party and its provider: OpenID Connect by authlib's client, id_tokens checked by joserfc."""

import json
import secrets
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from testbed.cloud.clock import Clock
from testbed.cloud.federation.faults import FederationError, RetractedError
from testbed.cloud.store import Store, digest
from testbed.cloud.vault import Vault

HOP_SECONDS = 30 * 60
SECONDS = 10
LEEWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Partner:
    """A provider as its relying party knows it; one that keeps time by itself does not follow the cloud's clock."""

    name: str
    discovery: str
    scope: str = "openid profile email offline_access"
    own_clock: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """What the provider knows the relying party by."""

    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came back: `note` is what the party wrote down at the departure, `browser` the mark it left with."""

    note: str
    browser: str
    subject: str
    email: str
    refresh_token: str


class BackChannel(httpx2.AsyncBaseTransport):
    """Takes every host name to the cloud's own listener, over TLS and under that name."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._inner = httpx2.AsyncHTTPTransport(verify=trust)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        moved = httpx2.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return await self._inner.handle_async_request(moved)

    async def aclose(self) -> None:
        await self._inner.aclose()


class RelyingParty:
    """All of it raises FederationError where the provider cannot be reached or believed."""

    def __init__(  # noqa: PLR0913, PLR0917 -- the party, the partner, and what both need
        self,
        name: str,
        partner: Partner,
        register: Callable[[], Awaitable[Registration]],
        store: Store,
        clock: Clock,
        vault: Vault,
        channel: Callable[[], BackChannel],
    ) -> None:
        self._name = f"{name}:{partner.name}"
        self._partner = partner
        self._register = register
        self._store = store
        self._clock = clock if not partner.own_clock else Clock()
        self._cloud_clock = clock
        self._vault = vault
        self._channel = channel
        self._metadata: Mapping[str, Any] | None = None

    async def depart(self, note: str, browser: str, login_hint: str | None, prompt: str | None = None) -> str:
        """The address to send the browser to; state, nonce and verifier serve once."""
        registration = await self._register()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        kept = self._vault.lock(json.dumps({"nonce": nonce, "verifier": verifier, "browser": browser}))
        self._store.change(
            "INSERT INTO hop VALUES (?, ?, ?, ?, ?)",
            (digest(state), self._name, note, kept, self._cloud_clock.now() + HOP_SECONDS),
        )
        wishes = {"login_hint": login_hint, "prompt": prompt}
        async with self._client(registration) as client:
            endpoint = (await self._known(client))["authorization_endpoint"]
            address, _ = client.create_authorization_url(
                endpoint,
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **{name: value for name, value in wishes.items() if value is not None},
            )
        return str(address)

    async def arrive(self, parameters: Mapping[str, str]) -> Arrival:
        """Whom the provider sent back; the id_token is checked as OpenID Connect Core 1.0 section 3.1.3.7 says."""
        note, kept = self._taken(parameters.get("state", ""))
        if "code" not in parameters:
            raise FederationError("The identity provider did not let you in.")
        registration = await self._register()
        async with self._client(registration) as client:
            try:
                tokens = await client.fetch_token(
                    (await self._known(client))["token_endpoint"],
                    grant_type="authorization_code",
                    code=parameters["code"],
                    code_verifier=kept["verifier"],
                )
            except (OAuthError, httpx2.HTTPError, ValueError):
                raise FederationError("The identity provider's code could not be redeemed.") from None
            claims = await self._checked(client, registration, str(tokens.get("id_token", "")), kept["nonce"])
        email = str(claims.get("email") or claims.get("preferred_username") or claims.get("upn") or "")
        return Arrival(note, kept["browser"], str(claims["sub"]), email.lower(), str(tokens.get("refresh_token", "")))

    async def renew(self, refresh_token: str) -> str:
        """The refresh token to use from now on; raises RetractedError where the provider refuses this one."""
        registration = await self._register()
        async with self._client(registration) as client:
            try:
                endpoint = (await self._known(client))["token_endpoint"]
                tokens = await client.refresh_token(endpoint, refresh_token=refresh_token)
            except OAuthError as error:
                if error.error == "invalid_grant":
                    raise RetractedError from None
                raise FederationError("The identity provider refuses to renew.") from None
            except (httpx2.HTTPError, ValueError):
                raise FederationError("The identity provider cannot be reached.") from None
        return str(tokens.get("refresh_token") or refresh_token)

    def _taken(self, state: str) -> tuple[str, dict[str, str]]:
        row = self._store.one("SELECT * FROM hop WHERE digest = ? AND party = ?", (digest(state), self._name))
        if row is None or row["expires"] <= self._cloud_clock.now():
            raise FederationError("This sign-in is not known here, or has expired.")
        self._store.change("DELETE FROM hop WHERE digest = ?", (row["digest"],))
        kept: dict[str, str] = json.loads(self._vault.unlock(row["body"]))
        return str(row["note"]), kept

    async def _checked(
        self, client: AsyncOAuth2Client, registration: Registration, id_token: str, nonce: str
    ) -> Mapping[str, Any]:
        metadata = await self._known(client)
        try:
            keys = KeySet.import_key_set(
                (await client.request("GET", metadata["jwks_uri"], withhold_token=True)).json()
            )
            claims = jwt.decode(id_token, keys, algorithms=["RS256"]).claims
            self._rules(metadata["issuer"], registration.client_id, nonce).validate(claims)
        except (JoseError, httpx2.HTTPError, ValueError):
            raise FederationError("The identity provider's id_token cannot be believed.") from None
        return claims

    def _rules(self, issuer: str, client_id: str, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock.now()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def _known(self, client: AsyncOAuth2Client) -> Mapping[str, Any]:
        if self._metadata is None:
            try:
                answer = await client.request("GET", self._partner.discovery, withhold_token=True)
                answer.raise_for_status()
                self._metadata = answer.json()
            except (httpx2.HTTPError, ValueError):
                raise FederationError("The identity provider cannot be reached.") from None
        return self._metadata

    def _client(self, registration: Registration) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            registration.client_id,
            registration.secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 -- a method, not a secret
            scope=self._partner.scope,
            redirect_uri=registration.redirect_uri,
            code_challenge_method="S256",
            transport=self._channel(),
            timeout=SECONDS,
            trust_env=False,
            headers={"User-Agent": f"pocketgate-cloud/{self._name}"},
        )
