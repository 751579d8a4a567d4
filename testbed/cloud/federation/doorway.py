"""The way to the identity providers, who are set up when somebody first asks for one: most runs need none."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from testbed.cloud import addresses
from testbed.cloud.clock import Clock
from testbed.cloud.federation.accounts import ProviderAccounts
from testbed.cloud.federation.profiles import PROFILES
from testbed.cloud.hosts import AtFirstUse
from testbed.cloud.known_secrets import KnownSecrets
from testbed.cloud.people import People
from testbed.cloud.store import Store
from testbed.cloud.vault import Vault

if TYPE_CHECKING:
    from testbed.cloud.federation.neighbourhood import Neighbourhood
    from testbed.cloud.federation.party import RelyingParty


@dataclass(frozen=True, slots=True)
class Ground:
    """What every provider and party stands on; `back_port` is where the cloud itself may call its hosts."""

    home: Path
    store: Store
    clock: Clock
    known: KnownSecrets
    vault: Vault
    people: People
    accounts: ProviderAccounts
    sign_in_host: str
    back_port: int


class Doorway:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._behind: Neighbourhood | None = None

    def party(self, provider: str) -> "RelyingParty":
        """SuperID as the relying party of a provider."""
        return self._opened().party(provider)

    def hosts(self) -> dict[str, ASGIApp]:
        """Every host of the neighbourhood, each made at its first request."""
        providers = {profile.host: AtFirstUse(partial(self._provider, name)) for name, profile in PROFILES.items()}
        return {
            **providers,
            addresses.CUSTOM: AtFirstUse(self._custom),
            addresses.SHAREPOINT: AtFirstUse(self._sharepoint),
        }

    def _provider(self, name: str) -> ASGIApp:
        return self._opened().provider(name)

    def _custom(self) -> ASGIApp:
        return self._opened().outsider.application()

    def _sharepoint(self) -> ASGIApp:
        return self._opened().sharepoint()

    async def retract_outside(self, email: str) -> None:
        await self._opened().outsider.retract(email)

    async def end(self) -> None:
        if self._behind is not None:
            await self._behind.outsider.end()

    def _opened(self) -> "Neighbourhood":
        if self._behind is None:
            from testbed.cloud.federation.neighbourhood import (  # noqa: PLC0415 -- authlib takes a tenth of a second
                Neighbourhood,
            )

            self._behind = Neighbourhood(self._ground)
        return self._behind
