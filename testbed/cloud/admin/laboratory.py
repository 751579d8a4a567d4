"""Reset, clock, secrets, markers, evidence, and the tenants as such."""

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from sqlite3 import Row

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.addresses import CRASH_SINK, Addresses
from testbed.cloud.admin.application import done, no_such
from testbed.cloud.answers import AnswerSheet
from testbed.cloud.clock import Clock, timestamp
from testbed.cloud.evidence import EvidenceLog
from testbed.cloud.forms import BadInputError, Json, json_object_of, query_of
from testbed.cloud.knobs.rules import Orders
from testbed.cloud.known_secrets import KnownSecrets
from testbed.cloud.library import Library
from testbed.cloud.netserver.preferences import DEFINED, SETTABLE, VALUE_LIMIT, Definition, Level, Preferences
from testbed.cloud.onsite import CONFIGURATION_LINK as ONSITE_LINK
from testbed.cloud.people import ONSITE, TENANTS, Membership, People
from testbed.cloud.rows import CONTENT, FEWEST, MOST, amounts
from testbed.cloud.store import Store
from testbed.cloud.tables import BY_NAME
from testbed.cloud.tenancy import State, Tenancy, Whereabouts
from testbed.cloud.touching import touch

# assumed: the vendor publishes no link that chooses CRM Online
CONFIGURATION_LINK = "soprotocol://?crmOnline=true"
# what an app shows, and so what its cache may hold
KEPT = ("contact", "person", "appointment", "sale", "project")
FARTHEST_SECONDS = 50 * 365 * 86_400


@dataclass(frozen=True, slots=True)
class Laboratory:
    """`back_channel` is what the cloud's own services asked of one another, apart from what came from outside."""

    store: Store
    clock: Clock
    known: KnownSecrets
    evidence: EvidenceLog
    back_channel: EvidenceLog
    answers: AnswerSheet
    people: People
    tenancy: Tenancy
    orders: Orders
    addresses: Addresses
    library: Library

    def routes(self) -> list[Route]:
        tenant = "/tenants/{context}"
        return [
            Route("/reset", self.reset, methods=["POST"]),
            Route("/clock", self.advance_clock, methods=["POST"]),
            Route("/secrets", self.secrets, methods=["GET"]),
            Route("/markers", self.markers, methods=["GET"]),
            Route("/evidence", _page_of(self.evidence), methods=["GET"]),
            Route("/evidence/back-channel", _page_of(self.back_channel), methods=["GET"]),
            Route(f"{tenant}/preferences/{{section}}/{{key}}", self.set_preference, methods=["PUT"]),
            Route(f"{tenant}/preferences/{{section}}/{{key}}", self.forget_preference, methods=["DELETE"]),
            Route(f"{tenant}/rows", self.resize, methods=["POST"]),
            Route(f"{tenant}/touch", self.touch, methods=["POST"]),
            Route(f"{tenant}/configuration-link", self.configuration_link, methods=["GET"]),
            Route(f"{tenant}/whereabouts", self.move, methods=["PUT"]),
        ]

    async def reset(self, _request: Request) -> Response:
        """Everything as on the first day; the evidence goes on."""
        self.store.reset()
        self.known.forget()
        self.clock.reset()
        self.answers.forget_changes()
        self.tenancy.reload()
        self.library.reload()
        self.orders.reload()
        return done()

    async def advance_clock(self, request: Request) -> Response:
        seconds = (await json_object_of(request)).get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            raise BadInputError("advance_seconds must be a number")
        if not 0 <= seconds <= FARTHEST_SECONDS - self.clock.ahead:
            raise BadInputError("advance_seconds must lead ahead, and less than 50 years in all")
        self.clock.advance(seconds)
        self.clock.keep(self.store)
        return JSONResponse({"now": timestamp(self.clock.now()), "ahead_seconds": self.clock.ahead})

    async def secrets(self, _request: Request) -> Response:
        return JSONResponse([asdict(secret) for secret in self.known.all()])

    async def markers(self, request: Request) -> Response:
        """The markers a person may see in a tenant, as the Web API would show them, whatever the role says.

        Of the kinds an app keeps, unless `entity` names others, joined by commas; `content` is what documents say.
        """
        parameters = query_of(request)
        person = self.people.find(parameters.get("email", ""))
        membership = person.membership(parameters.get("tenant", "")) if person else None
        if membership is None:
            raise no_such("person in this tenant")
        entities = parameters.get("entity", ",".join(KEPT)).split(",")
        if not set(entities) <= {*BY_NAME, CONTENT}:
            raise BadInputError(f"entity takes {', '.join((*BY_NAME, CONTENT))}, joined by commas")
        return JSONResponse([dict(row) for entity in entities for row in self._marked(membership, entity)])

    def _marked(self, who: Membership, entity: str) -> list[Row]:
        table, column = ("document", "content") if entity == CONTENT else (entity, "marker")
        return self.store.all(
            f'SELECT ? AS entity, id, {column} AS marker FROM temp."{who.tenant}_{table}"'  # noqa: S608 -- ours
            f" WHERE (visible_to IS NULL OR visible_to = ?) AND {column} <> '' ORDER BY id",
            (entity, who.associate_id),
        )

    async def resize(self, request: Request) -> Response:
        """The tenant has so many records from now on, those of the first day; a reset brings the usual number back."""
        context, rows = _tenant(request), (await json_object_of(request)).get("rows")
        if isinstance(rows, bool) or not isinstance(rows, int) or not FEWEST <= rows <= MOST:
            raise BadInputError(f"rows must be a number from {FEWEST} to {MOST}")
        async with self.library.building:
            await asyncio.to_thread(self.library.prepare, context, rows)
            self.library.choose(context, rows)
        return JSONResponse({"rows": amounts(rows)})

    async def set_preference(self, request: Request) -> Response:
        """For all, unless `level` says otherwise; `owner` is the group's or the associate's number."""
        body = await json_object_of(request)
        value = body.get("value")
        if not isinstance(value, str) or len(value) > VALUE_LIMIT:
            raise BadInputError(f"value must be a text of at most {VALUE_LIMIT} characters")
        definition, level = _preference(request), _level(body.get("level", Level.SystemWide.name))
        Preferences(self.store).put(_tenant(request), definition, level, _owner(level, body.get("owner", "")), value)
        return done()

    async def forget_preference(self, request: Request) -> Response:
        """So that the next level shows again."""
        query = query_of(request)
        definition, level = _preference(request), _level(query.get("level", Level.SystemWide.name))
        owner = _owner(level, query.get("owner", ""))
        if not Preferences(self.store).forget(_tenant(request), definition, level, owner):
            raise no_such("value at this level")
        return done()

    async def touch(self, request: Request) -> Response:
        """So many of each hundred records of a tenant changed just now."""
        percent = (await json_object_of(request)).get("percent")
        if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:  # noqa: PLR2004
            raise BadInputError("percent must be a number from 0 to 100")
        changed = touch(self.store, _tenant(request), percent, timestamp(self.clock.now()))
        return JSONResponse({"changed": changed})

    async def configuration_link(self, request: Request) -> Response:
        """What configures an app for this tenant, or for the installation of a customer's own."""
        link = ONSITE_LINK if _tenant(request) == ONSITE.context else CONFIGURATION_LINK
        if self.addresses.crash_sink != CRASH_SINK:
            link += f"&crashSink=https://{self.addresses.crash_sink}"
        return JSONResponse({"link": link})

    async def move(self, request: Request) -> Response:
        """To another host, whose old one answers 421 from now on, or into another state, or both."""
        context, order = _tenant(request), await json_object_of(request)
        known = self.tenancy.of(context)
        if known is None:
            raise no_such("tenant of CRM Online")
        host, state = order.get("host", known.host), order.get("state", known.state.value)
        hosts = (self.addresses.api, self.addresses.spare_api)
        if not order or not order.keys() <= {"host", "state"} or host not in hosts:
            raise BadInputError(f"takes host, one of {', '.join(hosts)}, and state")
        if state not in set(State):
            raise BadInputError(f"state must be one of {', '.join(State)}")
        where = Whereabouts(str(host), State(str(state)))
        self.tenancy.put(context, where)
        return JSONResponse(asdict(where))


def _page_of(log: EvidenceLog) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        since = query_of(request).get("since", "0")
        if not re.fullmatch(r"[0-9]{1,12}", since):
            raise BadInputError("since must be a number")
        return JSONResponse(log.since(int(since)))

    return page


def _preference(request: Request) -> Definition:
    found = DEFINED.get((request.path_params["section"], request.path_params["key"]))
    if found is None:
        raise no_such("preference")
    return found


def _level(name: Json) -> Level:
    if name not in {level.name for level in SETTABLE}:
        raise BadInputError(f"level must be one of {', '.join(level.name for level in SETTABLE)}")
    return Level[str(name)]


def _owner(level: Level, owner: Json) -> str:
    """Only a group and an associate have values of their own."""
    text = str(owner)
    if re.fullmatch(r"[0-9]{1,9}", text) if level in {Level.Group, Level.Individual} else not text:
        return text
    raise BadInputError("owner is the number of a group or an associate, for the levels Group and Individual alone")


def _tenant(request: Request) -> str:
    context: str = request.path_params["context"]
    if context not in TENANTS and context != ONSITE.context:
        raise no_such("tenant")
    return context
