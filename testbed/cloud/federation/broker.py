"""SuperID as the gateway to identity providers: who goes where, who came back, and who still may.

A provider is chosen by the domain of the e-mail address; taking it off a domain affects new users only
(identity/superid/overview.mdx), so who came through a provider once stays with it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from testbed.cloud.federation.faults import FederationError, RetractedError
from testbed.cloud.federation.profiles import PARTNERS, domain_of
from testbed.cloud.store import Store
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.vault import Vault


class Returned(Protocol):
    """party.Arrival, named here so that authlib is loaded only when somebody departs."""

    @property
    def note(self) -> str: ...
    @property
    def browser(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def refresh_token(self) -> str: ...


class Party(Protocol):
    """party.RelyingParty, see above."""

    async def depart(self, note: str, browser: str, login_hint: str | None, prompt: str | None = None) -> str: ...
    async def arrive(self, parameters: Mapping[str, str]) -> Returned: ...
    async def renew(self, refresh_token: str) -> str: ...


class Parties(Protocol):
    """Where relying parties come from, one for each provider."""

    def party(self, provider: str) -> Party: ...


@dataclass(frozen=True, slots=True)
class Welcome:
    """Somebody a provider vouches for, on the way to the request `number`."""

    number: str
    browser: str
    email: str
    link: str


class Broker:
    def __init__(self, store: Store, vault: Vault, parties: Parties) -> None:
        self._store = store
        self._vault = vault
        self._parties = parties

    def provider_of(self, email: str) -> str | None:
        """The identity provider that signs this address in; None for a password of SuperID's own."""
        row = self._store.one("SELECT id FROM link WHERE email = ? LIMIT 1", (email,))
        if row is not None:
            return str(row["id"]).partition(":")[0]
        row = self._store.one("SELECT provider FROM provider_domain WHERE domain = ?", (domain_of(email),))
        return str(row["provider"]) if row else None

    def offers(self, provider: str) -> bool:
        return provider in PARTNERS

    async def depart(self, provider: str, number: str, browser: str, email: str | None, *, again: bool) -> str:
        """Where the browser goes; `again` makes the provider ask although it has a session. Raises FederationError."""
        return await self._parties.party(provider).depart(number, browser, email, "login" if again else None)

    async def arrive(self, provider: str, parameters: Mapping[str, str]) -> Welcome:
        """Who came back, with the link under which the provider can be asked again; raises FederationError."""
        arrival = await self._parties.party(provider).arrive(parameters)
        link = f"{provider}:{secrets.token_hex(12)}"
        self._store.change(
            "INSERT INTO link VALUES (?, ?, ?, ?)",
            (link, arrival.email, arrival.subject, self._vault.lock(arrival.refresh_token)),
        )
        return Welcome(arrival.note, arrival.browser, arrival.email, link)

    async def confirm(self, link: str) -> None:
        """That the provider still vouches; where it does not, all that hangs on the link ends. Raises RefusedError.

        A provider that does not answer is no reason to end a session, and none to go on with it: 503.
        """
        row = self._store.one("SELECT * FROM link WHERE id = ?", (link,))
        if row is None:
            raise RefusedError(Refusal.INVALID_GRANT, "the identity provider no longer vouches for the user")
        provider = link.partition(":")[0]
        try:
            renewed = await self._parties.party(provider).renew(self._vault.unlock(row["refresh"]))
        except RetractedError:
            self._end(link)
            raise RefusedError(Refusal.INVALID_GRANT, "the identity provider no longer vouches for the user") from None
        except FederationError as error:
            raise RefusedError(Refusal.TEMPORARILY_UNAVAILABLE, str(error)) from None
        self._store.change("UPDATE link SET refresh = ? WHERE id = ?", (self._vault.lock(renewed), link))

    def _end(self, link: str) -> None:
        with self._store.together():
            self._store.change("UPDATE token SET revoked = 1 WHERE link = ?", (link,))
            self._store.change("DELETE FROM code WHERE link = ? AND NOT used", (link,))
            self._store.change("DELETE FROM session WHERE link = ?", (link,))
            self._store.change("DELETE FROM link WHERE id = ?", (link,))
