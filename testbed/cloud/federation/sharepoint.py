"""Documents in Microsoft 365, for those alone whom the Microsoft-like provider vouches for (mobile/security.md).

A browser without a session is sent to that provider, as SharePoint does; a program brings its access token.
"""

import hashlib
import secrets
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from testbed.cloud import addresses
from testbed.cloud.clock import Clock
from testbed.cloud.federation.broker import Party
from testbed.cloud.federation.faults import FederationError
from testbed.cloud.federation.profiles import MICROSOFT
from testbed.cloud.forms import query_of
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.store import Store, digest
from testbed.cloud.superid import pages, redirects
from testbed.cloud.superid.sessions import FORM_COOKIE, browser_mark, set_cookie

LIBRARY = "/sites/crm/documents"
CALLBACK = "/_forms/default.aspx"
COOKIE = "FedAuth"
SITE = "sharepoint"
SESSION_SECONDS = 8 * 3600
LAST_DOCUMENT = 100


def address(number: int) -> str:
    """Where document `number` of the library is opened."""
    return f"https://{addresses.SHAREPOINT}{LIBRARY}/{number}"


def content(number: int) -> str:
    """What the document says, with a marker that stands nowhere else."""
    marker = hashlib.sha256(f"microsoft 365 document {number}".encode()).hexdigest()[:8]
    return f"Document {number} of the library. mk-m365-document-{number:06d}-{marker}"


class SharePoint:
    """`vouched`: whose access token of the Microsoft-like provider a text is, if anybody's."""

    def __init__(
        self,
        party: Party,
        vouched: Callable[[str], str | None],
        store: Store,
        clock: Clock,
        known: KnownSecrets,
    ) -> None:
        self._party = party
        self._vouched = vouched
        self._store = store
        self._clock = clock
        self._known = known

    def application(self) -> Starlette:
        built = Starlette(
            routes=[
                Route(f"{LIBRARY}/{{number}}", self.open, methods=["GET"]),
                Route(CALLBACK, self.come_back, methods=["GET"]),
            ],
            exception_handlers={FederationError: _refuse},
        )
        built.router.redirect_slashes = False
        return built

    async def open(self, request: Request) -> Response:
        number = request.path_params["number"]
        known = number.isascii() and number.isdecimal() and len(number) < len(str(LAST_DOCUMENT)) + 1
        if not known or not 1 <= int(number) <= LAST_DOCUMENT:
            return pages.error_page("There is no such document.", 404)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if self._vouched(token.strip()) is None:
                return PlainTextResponse("Access denied", 401, {"WWW-Authenticate": f'Bearer realm="{MICROSOFT}"'})
        elif self._visitor(request) is None:
            browser = browser_mark(request)
            response = redirects.see(await self._party.depart(number, browser, None), 302)
            set_cookie(response, FORM_COOKIE, browser)
            return response
        return pages.notice_page(content(int(number)))

    async def come_back(self, request: Request) -> Response:
        arrival = await self._party.arrive(query_of(request))
        if arrival.browser != request.cookies.get(FORM_COOKIE):
            raise FederationError("This sign-in was begun in another browser.")
        cookie = secrets.token_urlsafe(32)
        self._store.change(
            "INSERT INTO provider_session VALUES (?, ?, ?, ?)",
            (digest(cookie), SITE, arrival.email, self._clock.now() + SESSION_SECONDS),
        )
        self._known.add(Kind.PROVIDER_COOKIE, cookie, arrival.email)
        response = redirects.see(f"{LIBRARY}/{arrival.note}")
        set_cookie(response, COOKIE, cookie)
        return response

    def _visitor(self, request: Request) -> str | None:
        row = self._store.one(
            "SELECT email FROM provider_session WHERE digest = ? AND provider = ? AND expires > ?",
            (digest(request.cookies.get(COOKIE, "")), SITE, self._clock.now()),
        )
        return str(row["email"]) if row else None


async def _refuse(_request: Request, error: Exception) -> Response:
    return pages.error_page(f"Microsoft 365 needs a Microsoft sign-in. {error}", 403)
