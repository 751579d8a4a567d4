"""An installation of a customer's own: user name and password at its NetServer, no SuperID (CRM Online = false).

The Web API is the same as Online's, under /netserver; who calls is told by Basic or by a ticket
(authentication/onsite/webapi/index.md), and never by a bearer token.
"""

import base64
import binascii
import hmac
import secrets
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.cloud import addresses
from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError, json_object_of
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.netserver.caller import Caller
from testbed.cloud.netserver.faults import ApiError, answer_any, bad_request
from testbed.cloud.passwords import matches
from testbed.cloud.people import ONSITE, People
from testbed.cloud.roles import Roles
from testbed.cloud.store import Store, digest

FOLDER = "/netserver"
TICKET_PATH = "/api/v1/Agents/SoPrincipal/Authenticate"
CONFIGURATION_LINK = f"soprotocol://?netserverUrl=https://{addresses.ONSITE}{FOLDER}/services88"
# ten hours, and each use begins them anew (superid-webtools-maillink-pocket.mdx)
TICKET_SECONDS = 10 * 3600
UNAUTHORIZED = ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")


class OnsiteCallers:
    def __init__(self, store: Store, clock: Clock, people: People, roles: Roles, known: KnownSecrets) -> None:
        self._store = store
        self._roles = roles
        self._clock = clock
        self._people = people
        self._known = known
        # hashes that a password was found to match: argon2 is slow on purpose, and Basic comes with every request
        self._proved: dict[str, str] = {}

    def caller(self, request: Request) -> Caller:
        """Raises ApiError 401."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "basic":
                login = self.signed_in(*_credentials(text))
            case "soticket":
                login = self._of_ticket(text.strip())
            case _:
                raise UNAUTHORIZED
        person = self._people.find(login)
        membership = person.membership(ONSITE.context) if person else None
        if person is None or membership is None:
            raise UNAUTHORIZED
        return Caller(person, ONSITE, membership, self._roles.of(membership.role))

    def signed_in(self, login: str, password: str) -> str:
        """The user's name; raises ApiError 401."""
        row = self._store.one("SELECT password_hash FROM account WHERE email = ?", (login,))
        if row is None:
            raise UNAUTHORIZED
        proof = digest(f"{row['password_hash']} {password}")
        if not hmac.compare_digest(self._proved.get(login, ""), proof):
            if not matches(row["password_hash"], password):
                raise UNAUTHORIZED
            self._proved[login] = proof
        self._known.add(Kind.PASSWORD, password, login, ONSITE.context)
        return login

    def ticket(self, login: str) -> str:
        ticket = f"7T:{base64.b64encode(secrets.token_bytes(48)).decode()}"
        self._store.change(
            "INSERT INTO ticket VALUES (?, ?, ?)", (digest(ticket), login, self._clock.now() + TICKET_SECONDS)
        )
        self._known.add(Kind.TICKET, ticket, login, ONSITE.context)
        return ticket

    def _of_ticket(self, ticket: str) -> str:
        now = self._clock.now()
        row = self._store.one("SELECT login FROM ticket WHERE digest = ? AND expires > ?", (digest(ticket), now))
        if row is None:
            raise UNAUTHORIZED
        self._store.change("UPDATE ticket SET expires = ? WHERE digest = ?", (now + TICKET_SECONDS, digest(ticket)))
        return str(row["login"])


class OnsitePlaces:
    """Its Web API stays where it is."""

    def web_api(self, _context: str) -> str:
        return f"https://{addresses.ONSITE}{FOLDER}/api/"


class Installation:
    """The host of the installation: what is under /netserver goes to the Web API, the rest is not there."""

    def __init__(self, web_api: ASGIApp, callers: OnsiteCallers) -> None:
        self._web_api = web_api
        self._callers = callers
        self._tickets = Starlette(
            routes=[Route(TICKET_PATH, self.authenticate, methods=["POST"])],
            exception_handlers=dict.fromkeys((ApiError, BadInputError), answer_any),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(FOLDER)
        if path == scope["path"] or not path.startswith("/api"):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        elif path == TICKET_PATH:
            await self._tickets({**scope, "path": path}, receive, send)
        else:
            await self._web_api({**scope, "path": f"/{ONSITE.context}{path}"}, receive, send)

    async def authenticate(self, request: Request) -> Response:
        """User name and password in, a ticket out, so that the app need not keep the password."""
        asked = await json_object_of(request)
        login, password = asked.get("Username"), asked.get("Password")
        if asked.keys() != {"Username", "Password"} or not isinstance(login, str) or not isinstance(password, str):
            raise bad_request("The body takes Username and Password")
        return JSONResponse({"Ticket": self._callers.ticket(self._callers.signed_in(login, password))})


def _credentials(text: str) -> tuple[str, str]:
    """User name and password of RFC 7617; raises ApiError 401."""
    try:
        login, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise UNAUTHORIZED from None
    if not colon:
        raise UNAUTHORIZED
    return login, password
