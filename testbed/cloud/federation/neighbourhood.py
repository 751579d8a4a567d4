"""All providers and relying parties put together; loads authlib, so it is made when somebody first needs one."""

import secrets
import ssl
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from testbed.cloud import addresses
from testbed.cloud.federation.authority import CALLBACK, Authority
from testbed.cloud.federation.doorway import Ground
from testbed.cloud.federation.outsider import Outsider
from testbed.cloud.federation.party import BackChannel, Partner, Registration, RelyingParty
from testbed.cloud.federation.profiles import ADFS, CUSTOM, GOOGLE, MICROSOFT, PROFILES
from testbed.cloud.federation.provider_grants import PartyClient, ProviderServer, Users
from testbed.cloud.federation.sharepoint import CALLBACK as SHAREPOINT_CALLBACK
from testbed.cloud.federation.sharepoint import SharePoint
from testbed.cloud.people import FEDERATED
from testbed.cloud.superid.keys import provider_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SUPERID, SITE = "superid", "sharepoint"


class Neighbourhood:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._trust = ssl.create_default_context(cafile=ground.home / "ca.pem")
        self._secrets = {pair: secrets.token_urlsafe(32) for pair in REDIRECTS}
        self.outsider = Outsider(
            addresses.CUSTOM,
            self._redirect(SUPERID, CUSTOM),
            tuple(person.email for person in FEDERATED if person.email.endswith("@lyngen.test")),
        )
        self._parties = {pair: self._party(*pair) for pair in (*REDIRECTS, (SUPERID, CUSTOM))}
        self._servers: dict[str, ProviderServer] = {}

    def party(self, provider: str) -> RelyingParty:
        """SuperID as the relying party of a provider."""
        return self._parties[SUPERID, provider]

    def provider(self, name: str) -> Starlette:
        """A provider's host."""
        ground, profile = self._ground, PROFILES[name]
        delegated = {other: self._parties[name, other] for other in set(profile.delegates.values())}
        authority = Authority(
            self._server(name),
            ground.accounts,
            delegated,
            ground.store,
            ground.clock,
            ground.known,
            ground.vault.derived(f"forms of {name}"),
        )
        return authority.application()

    def sharepoint(self) -> Starlette:
        ground = self._ground
        vouched = self._server(MICROSOFT).bearer
        party = self._parties[SITE, MICROSOFT]
        return SharePoint(party, vouched, ground.store, ground.clock, ground.known).application()

    def _server(self, name: str) -> ProviderServer:
        """A provider's server, made once; its key takes a moment."""
        if name not in self._servers:
            self._servers[name] = self._new_server(name)
        return self._servers[name]

    def _new_server(self, name: str) -> ProviderServer:
        ground = self._ground
        clients = {
            party: PartyClient(party, secret, self._redirect(party, partner))
            for (party, partner), secret in self._secrets.items()
            if partner == name
        }
        users = Users(ground.people, ground.accounts)
        key = provider_key(ground.home, name)
        return ProviderServer(PROFILES[name], key, clients, ground.store, ground.clock, ground.known, users)

    def _party(self, name: str, provider: str) -> RelyingParty:
        ground, custom = self._ground, provider == CUSTOM
        discovery = (
            f"https://{addresses.CUSTOM}/.well-known/openid-configuration"
            if custom
            else PROFILES[provider].url(PROFILES[provider].discovery)
        )
        register: Callable[[], Awaitable[Registration]] = (
            self.outsider.registration if custom else partial(self._registration, name, provider)
        )
        channel = partial(BackChannel, ground.back_port, self._trust)
        # the library renews without being asked for offline access, and refuses a scope it does not know
        partner = (
            Partner(provider, discovery, "openid email", own_clock=True) if custom else Partner(provider, discovery)
        )
        return RelyingParty(name, partner, register, ground.store, ground.clock, ground.vault, channel)

    async def _registration(self, name: str, provider: str) -> Registration:
        return Registration(name, self._secrets[name, provider], self._redirect(name, provider))

    def _redirect(self, name: str, provider: str) -> str:
        if name == SUPERID:
            return f"https://{self._ground.sign_in_host}/login/callback/{provider}"
        return REDIRECTS[name, provider]


# relying party, provider, and where the party takes its users back (SuperID's own address depends on the domain)
REDIRECTS = {
    (SUPERID, MICROSOFT): "",
    (SUPERID, GOOGLE): "",
    (MICROSOFT, ADFS): f"https://{addresses.MICROSOFT}{CALLBACK}",
    (SITE, MICROSOFT): f"https://{addresses.SHAREPOINT}{SHAREPOINT_CALLBACK}",
}
