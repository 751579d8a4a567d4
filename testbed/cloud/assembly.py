"""The cloud put together: every host name with the application that answers for it, and the lab's side of each."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testbed.cloud import addresses as names
from testbed.cloud import certificates
from testbed.cloud.addresses import Addresses
from testbed.cloud.admin.laboratory import Laboratory
from testbed.cloud.admin.people import PeopleDesk
from testbed.cloud.admin.providers import ProviderDesk
from testbed.cloud.admin.services import ServiceDesk
from testbed.cloud.admin.superid import SuperIdDesk
from testbed.cloud.answers import AnswerSheet
from testbed.cloud.central import push
from testbed.cloud.central.cards import IMAGE_LIMIT, CardScanner
from testbed.cloud.central.crashes import CrashSink
from testbed.cloud.central.devices import DeviceDesk, Devices
from testbed.cloud.clock import Clock
from testbed.cloud.evidence import EvidenceLog
from testbed.cloud.federation.accounts import ProviderAccounts
from testbed.cloud.federation.broker import Broker
from testbed.cloud.federation.doorway import Doorway, Ground
from testbed.cloud.federation.faults import FederationError
from testbed.cloud.forms import BadInputError, content_type
from testbed.cloud.hosts import VirtualHosts
from testbed.cloud.knobs import revocation
from testbed.cloud.knobs.disturbance import Disturbance
from testbed.cloud.knobs.forgeries import LIST_PATH, Forger
from testbed.cloud.knobs.handshake import Wardrobe
from testbed.cloud.knobs.rules import Orders
from testbed.cloud.known_secrets import KnownSecrets
from testbed.cloud.library import Library
from testbed.cloud.netserver.application import Ground as ApiGround
from testbed.cloud.netserver.application import web_api
from testbed.cloud.netserver.caller import Bearer
from testbed.cloud.netserver.faults import ApiError, answer_any
from testbed.cloud.onsite import Installation, OnsiteCallers, OnsitePlaces
from testbed.cloud.people import People
from testbed.cloud.roles import Roles
from testbed.cloud.settings import SettingsBook
from testbed.cloud.store import Store
from testbed.cloud.superid import online, pages
from testbed.cloud.superid.accounts import Accounts
from testbed.cloud.superid.clients import Clients
from testbed.cloud.superid.consents import Consents
from testbed.cloud.superid.faults import NoRedirectError
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.identity import Signer
from testbed.cloud.superid.keys import KeyRing
from testbed.cloud.superid.requests import PendingRequests
from testbed.cloud.superid.sessions import Sessions
from testbed.cloud.superid.signin import Desk, SignIn
from testbed.cloud.tenancy import Tenancy
from testbed.cloud.vault import Vault

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SINK_LIMIT = 8_000_000

ExceptionHandler = Callable[[Request, Exception], Awaitable[Response]]


class Cloud:
    """`back_port` is the listener on which the cloud's services call one another."""

    def __init__(  # noqa: PLR0913, PLR0917 -- the cloud's footing
        self,
        home: Path,
        addresses: Addresses,
        clock: Clock,
        store: Store,
        passwords: Mapping[str, str],
        back_port: int,
        library: Library,
    ) -> None:
        self._home = home
        self._library = library
        self._addresses = addresses
        self._clock = clock
        self._store = store
        self._known = KnownSecrets()
        self._vault = Vault(home)
        self._answers = AnswerSheet(passwords, home)
        self._people = People(store)
        self._settings = SettingsBook(store)
        self._tenancy = Tenancy(store, addresses)
        self._orders = Orders(store)
        self._clients = Clients(store, addresses.domain)
        self._consents = Consents(store, clock)
        self._keys = KeyRing(home, store, clock, self._settings)
        self._grants = Grants(store, clock, self._known, self._settings)
        self._sessions = Sessions(store, clock, self._known, self._settings)
        self._accounts = ProviderAccounts(store, clock, self._known, self._vault)
        self._doorway = Doorway(
            Ground(
                home,
                store,
                clock,
                self._known,
                self._vault,
                self._people,
                self._accounts,
                addresses.sign_in,
                back_port,
            ),
        )
        self._broker = Broker(store, self._vault, self._doorway)
        self._push = push.PushServices(store, clock)
        self._devices = Devices(store, self._push)
        self._crashes = CrashSink(store, clock)
        self._forger: Forger | None = None
        self.evidence = EvidenceLog(home / "evidence.jsonl")
        self.back_channel = EvidenceLog(home / "back-channel.jsonl")
        self.wardrobe = Wardrobe(self._orders, self.forger, lambda context: certificates.load(context, home))
        self.body_limits = {addresses.central: IMAGE_LIMIT, addresses.crash_sink: SINK_LIMIT}
        self.public = Disturbance(self._hosts(), self._orders)

    def forger(self) -> Forger:
        if self._forger is None:
            self._forger = Forger(certificates.authority(self._home), self._home / "forged")
        return self._forger

    async def end(self) -> None:
        await self._doorway.end()
        self.evidence.close()
        self.back_channel.close()

    def admin_routes(self) -> list[Route]:
        laboratory = Laboratory(
            self._store,
            self._clock,
            self._known,
            self.evidence,
            self.back_channel,
            self._answers,
            self._people,
            self._tenancy,
            self._orders,
            self._addresses,
            self._library,
        )
        people = PeopleDesk(
            self._store,
            self._people,
            Roles(self._store),
            self._answers,
            self._accounts,
            self._broker,
            self._grants,
            self._sessions,
        )
        super_id = SuperIdDesk(
            self._store, self._settings, self._clients, self._keys, self._grants, self._sessions, self._consents
        )
        providers = ProviderDesk(
            self._store, self._accounts, self._broker, self._people, self._answers, self._doorway.retract_outside
        )
        services = ServiceDesk(self._orders, self._devices, self._push, self._crashes)
        desks = (laboratory, people, super_id, providers, services)
        return [route for desk in desks for route in desk.routes()]

    def _hosts(self) -> VirtualHosts:
        addresses = self._addresses
        bearer = Bearer(self._store, self._grants, self._people, Roles(self._store))
        api = web_api(ApiGround(self._tenancy, self._clock, self._store, bearer, self._devices))
        applications: dict[str, ASGIApp] = {
            addresses.online: _pages(self._sign_on()),
            addresses.sign_in: _pages(self._sign_in().routes()),
            addresses.api: api,
            addresses.spare_api: api,
            addresses.central: _services(
                [*CardScanner(self._grants).routes(), *DeviceDesk(self._grants, self._devices).routes()]
            ),
            addresses.crash_sink: self._crashes.application(),
            names.APPLE_PUSH: push.application("apple", self._push),
            names.GOOGLE_PUSH: push.application("google", self._push),
            names.ONSITE: self._onsite(),
            names.REVOCATION_LIST: _services(
                [
                    Route(LIST_PATH, self._revocation_list, methods=["GET"]),
                    Route(revocation.STATUS_PATH, self._certificate_status, methods=["POST"]),
                ]
            ),
            **self._doorway.hosts(),
        }
        return VirtualHosts(applications, self._tenancy, frozenset(addresses.vendor))

    def _sign_in(self) -> SignIn:
        accounts = Accounts(self._store, self._known)
        pending = PendingRequests(self._store, self._clock)
        return SignIn(
            Desk(
                self._clock,
                self._people,
                accounts,
                pending,
                self._sessions,
                self._grants,
                self._clients,
                self._consents,
                self._broker,
                self._signer(),
                self._vault.derived("sign-in forms"),
            ),
        )

    def _sign_on(self) -> list[Route]:
        pending, signer = PendingRequests(self._store, self._clock), self._signer()
        desk = online.ClientDesk(self._clients)
        return online.routes(
            online.Authorize(self._addresses, self._clock, pending, self._clients, signer),
            online.Tokens(desk, self._grants, signer, self._broker, self._settings),
            online.Directory(self._addresses, self._clock, signer, self._tenancy),
        )

    def _signer(self) -> Signer:
        return Signer(
            self._keys, self._addresses, self._clock, self._known, self._people, self._tenancy, self._settings
        )

    def _onsite(self) -> Installation:
        callers = OnsiteCallers(self._store, self._clock, self._people, Roles(self._store), self._known)
        return Installation(
            web_api(ApiGround(OnsitePlaces(), self._clock, self._store, callers, self._devices)), callers
        )

    async def _revocation_list(self, _request: Request) -> Response:
        return Response(self.forger().revocation_list(), media_type="application/pkix-crl")

    async def _certificate_status(self, request: Request) -> Response:
        if content_type(request.headers) != revocation.REQUEST_TYPE:
            raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {revocation.REQUEST_TYPE}")
        return Response(self.forger().status(await request.body()), media_type=revocation.RESPONSE_TYPE)


def _pages(routes: list[Route]) -> Starlette:
    return _application(routes, dict.fromkeys((BadInputError, NoRedirectError, FederationError), _error_page))


def _services(routes: list[Route]) -> Starlette:
    return _application(routes, dict.fromkeys((ApiError, BadInputError, HTTPException), answer_any))


def _application(routes: list[Route], handlers: Mapping[type[Exception], ExceptionHandler]) -> Starlette:
    application = Starlette(routes=routes, exception_handlers=dict(handlers))
    application.router.redirect_slashes = False
    return application


async def _error_page(_request: Request, error: Exception) -> Response:
    return pages.error_page(str(error))
