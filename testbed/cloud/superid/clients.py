"""Registered applications, and what the lab may set of each."""

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from testbed.cloud.store import Store, digest


class Pkce(StrEnum):
    """What a client must prove (RFC 7636): RFC 8252 wants S256 of native apps, the vendor takes `plain` as well."""

    S256 = "S256"
    PLAIN = "plain"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Client:
    """`secret` is the digest of a confidential client's; a native client can keep none (RFC 8252 section 8.4).

    `consent`: whether each user must approve the application the first time.
    """

    client_id: str
    name: str
    redirects: tuple[str, ...]
    loopback_path: str | None = None
    after_logout: tuple[str, ...] = ()
    pkce: Pkce = Pkce.S256
    consent: bool = True
    secret: str | None = None

    def allows(self, redirect_uri: str) -> bool:
        """Exact match, but for the loopback's port, which the app picks (RFC 8252 section 7.3)."""
        if redirect_uri in self.redirects:
            return True
        if self.loopback_path is None:
            return False
        loopback = rf"http://(127\.0\.0\.1|\[::1\])(:[0-9]{{1,5}})?{re.escape(self.loopback_path)}"
        return re.fullmatch(loopback, redirect_uri) is not None

    def knows(self, secret: str) -> bool:
        return self.secret is not None and hmac.compare_digest(self.secret, digest(secret))


def registered(domain: str) -> tuple[Client, ...]:
    """The vendor's own app is first-party, so its users are asked for no consent; others are (get-consent.mdx)."""
    return (
        Client(
            "pocket-mobile",
            "SuperOffice Mobile CRM",
            ("test.superoffice.pocket:/signed-in",),
            "/signed-in",
            after_logout=("test.superoffice.pocket:/signed-out",),
            consent=False,
        ),
        Client("other-app", "Another app", ("test.superoffice.other:/signed-in",), "/other/signed-in"),
        Client(
            "crm-web",
            "SuperOffice CRM",
            (f"https://online2.{domain}/signed-in",),
            after_logout=(f"https://online2.{domain}/signed-out",),
            pkce=Pkce.OPTIONAL,
            consent=False,
        ),
    )


class Clients:
    def __init__(self, store: Store, domain: str) -> None:
        self._store = store
        self._registered = {client.client_id: client for client in registered(domain)}

    def find(self, client_id: str) -> Client | None:
        client = self._registered.get(client_id)
        if client is None:
            return None
        row = self._store.one("SELECT body FROM client WHERE client_id = ?", (client_id,))
        return _with(client, json.loads(row["body"])) if row else client

    def all(self) -> tuple[Client, ...]:
        found = (self.find(client_id) for client_id in self._registered)
        return tuple(client for client in found if client is not None)

    def put(self, client: Client) -> None:
        """Keeps what may be set: PKCE, consent, and the digest of the secret."""
        body = {"pkce": client.pkce.value, "consent": client.consent, "secret": client.secret}
        self._store.change("INSERT OR REPLACE INTO client VALUES (?, ?)", (client.client_id, json.dumps(body)))


def with_new_secret(client: Client) -> tuple[Client, str]:
    """The client made confidential, and its secret, which nobody can read again."""
    secret = secrets.token_hex(16)
    return replace(client, secret=digest(secret)), secret


def _with(client: Client, body: Mapping[str, object]) -> Client:
    secret = body["secret"]
    return replace(
        client,
        pkce=Pkce(str(body["pkce"])),
        consent=bool(body["consent"]),
        secret=None if secret is None else str(secret),
    )
