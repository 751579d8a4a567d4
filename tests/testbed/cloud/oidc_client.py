"""An independent OpenID Connect client (authlib's) that knows the cloud by its discovery document alone."""

import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

DISCOVERY = "https://online.superoffice.test/login/.well-known/openid-configuration"


class ToPort(httpx2.BaseTransport):
    """As cloud_visitor.ToPort, for the HTTP library that authlib uses."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._inner = httpx2.HTTPTransport(verify=trust)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        moved = httpx2.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return self._inner.handle_request(moved)

    def close(self) -> None:
        self._inner.close()


@dataclass
class Relying:
    """One client of the cloud, and the attempt it makes."""

    client: OAuth2Client
    metadata: Mapping[str, Any] = field(init=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __post_init__(self) -> None:
        self.metadata = self.client.request("GET", DISCOVERY, withhold_token=True).json()

    def start(self, **wishes: str) -> tuple[str, str]:
        """The address for the browser, and the state it must come back with."""
        address, state = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], nonce=self.nonce, code_verifier=self.verifier, **wishes
        )
        return str(address), str(state)

    def finish(self, answer: str, state: str) -> Mapping[str, Any]:
        """The tokens for the redirect that came back; authlib checks the state."""
        tokens: Mapping[str, Any] = self.client.fetch_token(
            self.metadata["token_endpoint"], authorization_response=answer, state=state, code_verifier=self.verifier
        )
        return tokens

    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.client.request("GET", self.metadata["jwks_uri"], withhold_token=True).json())

    def claims(self, id_token: str, now: float, *, nonce: bool = True) -> Mapping[str, Any]:
        """The claims of an id_token, checked as OpenID Connect Core 1.0 section 3.1.3.7 says."""
        claims = jwt.decode(id_token, self.keys(), algorithms=["RS256"]).claims
        rules = jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=5,
            iss={"essential": True, "value": self.metadata["issuer"]},
            aud={"essential": True, "value": self.client.client_id},
            exp={"essential": True},
            **({"nonce": {"essential": True, "value": self.nonce}} if nonce else {}),
        )
        rules.validate(claims)
        return claims
