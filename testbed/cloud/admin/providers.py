"""Identity providers: which domain goes where, second factors, and an administrator's second thoughts."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.admin.application import done, no_such
from testbed.cloud.answers import AnswerSheet
from testbed.cloud.federation.accounts import ProviderAccount, ProviderAccounts
from testbed.cloud.federation.broker import Broker
from testbed.cloud.federation.profiles import CUSTOM, PARTNERS, domain_of, home_of
from testbed.cloud.forms import BadInputError, json_object_of
from testbed.cloud.passwords import hash_of
from testbed.cloud.people import People
from testbed.cloud.store import Store

DOMAIN = re.compile(r"([a-z0-9-]{1,63}\.){1,4}(test|example)")


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """`retract_outside` makes the custom provider, which keeps its own accounts, drop a user's tokens."""

    store: Store
    accounts: ProviderAccounts
    broker: Broker
    people: People
    answers: AnswerSheet
    retract_outside: Callable[[str], Awaitable[None]]

    def routes(self) -> list[Route]:
        return [
            Route("/identity-providers", self.list, methods=["GET"]),
            Route("/identity-providers/domains/{domain}", self.connect, methods=["PUT"]),
            Route("/identity-providers/domains/{domain}", self.disconnect, methods=["DELETE"]),
            Route("/accounts/{email}/second-factor", self.set_second_factor, methods=["PUT"]),
            Route("/accounts/{email}/retract", self.retract, methods=["POST"]),
            Route("/accounts/{email}/restore", self.restore, methods=["POST"]),
        ]

    async def list(self, _request: Request) -> Response:
        rows = self.store.all("SELECT * FROM provider_domain ORDER BY domain")
        domains = {row["domain"]: row["provider"] for row in rows}
        return JSONResponse({"providers": list(PARTNERS), "domains": domains})

    async def connect(self, request: Request) -> Response:
        domain, order = request.path_params["domain"], await json_object_of(request)
        if not DOMAIN.fullmatch(domain):
            raise BadInputError("the domain must be under .test or .example")
        if order.keys() != {"provider"} or order["provider"] not in PARTNERS:
            raise BadInputError(f"takes provider, one of {', '.join(PARTNERS)}")
        provider = str(order["provider"])
        self.store.change("INSERT OR REPLACE INTO provider_domain VALUES (?, ?)", (domain, provider))
        for person in self.people.everybody():
            if domain_of(person.email) == domain:
                await self._open_account(person.email, provider)
        return done()

    async def disconnect(self, request: Request) -> Response:
        """New users of the domain get a password page; who came through the provider before stays with it."""
        if not self.store.change("DELETE FROM provider_domain WHERE domain = ?", (request.path_params["domain"],)):
            raise no_such("domain")
        return done()

    async def set_second_factor(self, request: Request) -> Response:
        account, order = self._account(request), await json_object_of(request)
        wanted = order.get("wanted")
        if order.keys() != {"wanted"} or not isinstance(wanted, bool):
            raise BadInputError("takes wanted, true or false")
        self.accounts.set_second_factor(account.provider, account.email, wanted=wanted)
        return done()

    async def retract(self, request: Request) -> Response:
        """The provider's administrator ends the authorisation: no sign-in, no renewal, until restored."""
        email = request.path_params["email"]
        if self.broker.provider_of(email) == CUSTOM:
            await self.retract_outside(email)
            return done()
        account = self._account(request)
        self.accounts.set_active(account.provider, account.email, active=False)
        return done()

    async def restore(self, request: Request) -> Response:
        account = self._account(request)
        self.accounts.set_active(account.provider, account.email, active=True)
        return done()

    async def _open_account(self, email: str, provider: str) -> None:
        """With the person's password; not for those who have an account with a provider, and none at the custom one."""
        home, password = home_of(email, provider), self.answers.password(email)
        if home is not None and password is not None and self.accounts.of(email) is None:
            self.accounts.open(home, email, await asyncio.to_thread(hash_of, password))

    def _account(self, request: Request) -> ProviderAccount:
        account = self.accounts.of(request.path_params["email"])
        if account is None:
            raise no_such("account at an identity provider")
        return account
