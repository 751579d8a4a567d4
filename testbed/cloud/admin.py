"""What the lab sets and reads, on a listener of its own; the public hosts know nothing of it."""

import hmac
import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.cloud.clock import Clock, timestamp
from testbed.cloud.evidence import EvidenceLog
from testbed.cloud.forms import BadInputError, json_object_of, query_of
from testbed.cloud.known_secrets import KnownSecrets
from testbed.cloud.netserver.preferences import Preferences
from testbed.cloud.people import PEOPLE, TENANTS
from testbed.cloud.store import Store

# assumed: the vendor publishes no link that chooses CRM Online
CONFIGURATION_LINK = "soprotocol://?crmOnline=true"
VALUE_LIMIT = 200
FARTHEST_SECONDS = 50 * 365 * 86_400


class AdminToken:
    """Nothing is answered without the token, not even whether a path exists."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            refused = JSONResponse({"error": "admin token required"}, 401, {"WWW-Authenticate": "Bearer"})
            await refused(scope, receive, send)


class Admin:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        known: KnownSecrets,
        evidence: EvidenceLog,
        passwords: Mapping[str, str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._known = known
        self._evidence = evidence
        self._passwords = passwords

    def routes(self) -> list[Route]:
        tenant = "/tenants/{context}"
        return [
            Route("/reset", self.reset, methods=["POST"]),
            Route("/clock", self.advance_clock, methods=["POST"]),
            Route("/accounts", self.accounts, methods=["GET"]),
            Route("/secrets", self.secrets, methods=["GET"]),
            Route("/markers", self.markers, methods=["GET"]),
            Route("/evidence", self.evidence, methods=["GET"]),
            Route(f"{tenant}/preferences/{{section}}/{{key}}", self.set_preference, methods=["PUT"]),
            Route(f"{tenant}/configuration-link", self.configuration_link, methods=["GET"]),
        ]

    async def reset(self, _request: Request) -> Response:
        """Records, preferences, sessions, tokens and clock as on the first day; the evidence goes on."""
        self._store.reset()
        self._known.forget()
        self._clock.reset()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def advance_clock(self, request: Request) -> Response:
        seconds = (await json_object_of(request)).get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            raise BadInputError("advance_seconds must be a number")
        if not 0 <= seconds <= FARTHEST_SECONDS - self._clock.ahead:
            raise BadInputError("advance_seconds must lead ahead, and less than 50 years in all")
        self._clock.advance(seconds)
        return JSONResponse({"now": timestamp(self._clock.now()), "ahead_seconds": self._clock.ahead})

    async def accounts(self, _request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": person.name,
                    "email": person.email,
                    "password": self._passwords[person.email],
                    "tenants": list(person.tenants),
                }
                for person in PEOPLE.values()
            ],
        )

    async def secrets(self, _request: Request) -> Response:
        return JSONResponse([asdict(secret) for secret in self._known.all()])

    async def markers(self, request: Request) -> Response:
        """The marker of each record that a person may see in a tenant."""
        parameters = query_of(request)
        person = PEOPLE.get(parameters.get("email", ""))
        membership = person.membership(parameters.get("tenant", "")) if person else None
        if membership is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such person in this tenant")
        rows = self._store.all(
            "SELECT entity, id, marker FROM record"
            " WHERE tenant = ? AND (visible_to IS NULL OR visible_to = ?) ORDER BY entity, id",
            (membership.tenant, membership.associate_id),
        )
        return JSONResponse([dict(row) for row in rows])

    async def evidence(self, request: Request) -> Response:
        since = query_of(request).get("since", "0")
        if not re.fullmatch(r"[0-9]{1,12}", since):
            raise BadInputError("since must be a number")
        return JSONResponse([asdict(entry) for entry in self._evidence.since(int(since))])

    async def set_preference(self, request: Request) -> Response:
        value = (await json_object_of(request)).get("value")
        if not isinstance(value, str) or len(value) > VALUE_LIMIT:
            raise BadInputError(f"value must be a text of at most {VALUE_LIMIT} characters")
        section, key = request.path_params["section"], request.path_params["key"]
        if not Preferences(self._store).set_for_all(_tenant(request), section, key, value):
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such preference")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def configuration_link(self, request: Request) -> Response:
        _tenant(request)
        return JSONResponse({"link": CONFIGURATION_LINK})


def application(admin: Admin, token: str) -> Starlette:
    built = Starlette(
        routes=admin.routes(),
        middleware=[Middleware(AdminToken, token=token)],
        exception_handlers={BadInputError: _bad_input, HTTPException: _refused},
    )
    built.router.redirect_slashes = False
    return built


def _tenant(request: Request) -> str:
    context: str = request.path_params["context"]
    if context not in TENANTS:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such tenant")
    return context


async def _bad_input(_request: Request, bad: Exception) -> Response:
    return JSONResponse({"error": str(bad)}, 400)


async def _refused(_request: Request, raised: Exception) -> Response:
    status = raised.status_code if isinstance(raised, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = raised.detail if isinstance(raised, HTTPException) else ""
    return JSONResponse({"error": detail}, status)
