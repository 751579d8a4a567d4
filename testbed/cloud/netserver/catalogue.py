"""Every operation of the Web API, once: the routes and the description of the API are both made from this table."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from testbed.cloud.netserver.agents import PocketAgent
from testbed.cloud.netserver.caller import Callers
from testbed.cloud.netserver.details import Details
from testbed.cloud.netserver.documents import Documents
from testbed.cloud.netserver.entities import CONTACT, KINDS, RELATIONS, EntityKind
from testbed.cloud.netserver.lists import Lists
from testbed.cloud.netserver.refusals import not_for_mobile
from testbed.cloud.netserver.session import ClientSession
from testbed.cloud.netserver.wishes import Wishes

Answer = Callable[[Request], Awaitable[Response]]


class Takes(Enum):
    """What a body is made of, beside the name of its schema."""

    NOTHING = ()
    JSON = ("application/json",)
    PATCH = ("application/merge-patch+json", "application/json", "application/json-patch+json")
    BYTES = ("application/octet-stream",)


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` below /api/v1; `gives` the schema of a good answer and `body` that of what is sent.

    `lists` is the kind of record that a list has, and whose columns its options name.
    `statuses` are all that can come, besides those that any request can meet (openapi.ANY).
    """

    method: str
    path: str
    summary: str
    answer: Answer
    gives: str
    statuses: tuple[int, ...]
    takes: Takes = Takes.NOTHING
    body: str = ""
    query: str = ""
    lists: EntityKind | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """Who answers."""

    callers: Callers
    lists: Lists
    details: Details
    documents: Documents
    session: ClientSession
    wishes: Wishes
    agent: PocketAgent


def operations(services: Services) -> tuple[Operation, ...]:
    entities = (each for kind in KINDS.values() for each in _of_kind(services, kind))
    return (
        *entities,
        *_of_companies(services.lists),
        *_of_selections(services.lists),
        *_of_documents(services.documents),
        *_of_session(services.session),
        *_of_wishes(services.wishes),
        *_of_agent(services.agent),
        *_refused(not_for_mobile(services.callers)),
    )


def _of_kind(services: Services, kind: EntityKind) -> Iterator[Operation]:
    name, place = kind.resource, f"/{kind.resource}"
    one = f"{place}/{{id}}"
    details = services.details
    yield Operation(
        "GET", place, f"A page of {name}", partial(services.lists.page, kind=kind), "Page", (200,), lists=kind
    )
    yield Operation("GET", one, f"One {name}", partial(details.get, kind=kind), name, (200, 304, 404))
    if not kind.mobile:
        refuse = not_for_mobile(services.callers)
        for method, path in (("POST", place), ("PUT", one), ("DELETE", one)):
            yield Operation(method, path, f"Not for a mobile client: {name}", refuse, "", (403,))
        return
    yield Operation("GET", f"{place}/default", f"An empty {name}", partial(details.default, kind=kind), name, (200,))
    yield Operation(
        *("POST", place, f"A new {name}", partial(details.create, kind=kind), name),
        *((200, 403, 404, 415), Takes.JSON, f"{name}Body"),
    )
    yield Operation(
        *("PUT", one, f"Another {name} in its place", partial(details.replace, kind=kind), name),
        *((200, 403, 404, 412, 415), Takes.JSON, f"{name}Body"),
    )
    yield Operation(
        *("PATCH", one, f"Change part of a {name}", partial(details.patch, kind=kind), name),
        *((200, 403, 404, 412, 415), Takes.PATCH, f"{name}Patch"),
    )
    yield Operation("DELETE", one, f"Delete a {name}", partial(details.delete, kind=kind), "", (204, 403, 404, 412))


def _of_companies(lists: Lists) -> Iterator[Operation]:
    for relation, kind in RELATIONS.items():
        answer = partial(lists.of_company, relation=relation)
        yield Operation(
            "GET", f"/Contact/{{id}}/{relation}", f"{relation} of a company", answer, "Page", (200, 404), lists=kind
        )


def _of_selections(lists: Lists) -> Iterator[Operation]:
    yield Operation(
        "GET", "/Selection/{id}/Members", "Companies in a selection", lists.members, "Page", (200, 404), lists=CONTACT
    )


def _of_documents(documents: Documents) -> Iterator[Operation]:
    one = "/Document/{id}"
    yield Operation("GET", f"{one}/Content", "The bytes", documents.content, "Bytes", (200, 403, 404))
    yield Operation(
        "PUT", f"{one}/Content", "Store bytes", documents.store, "Document", (200, 403, 404), Takes.BYTES, "Bytes"
    )
    yield Operation("GET", f"{one}/Length", "The number of bytes", documents.length, "Number", (200, 403, 404))
    yield Operation("GET", f"{one}/Url", "Where it is opened", documents.url, "Text", (200, 404))


def _of_session(session: ClientSession) -> Iterator[Operation]:
    yield Operation("GET", "/User/currentPrincipal", "Who is signed in", session.principal, "Principal", (200,))
    yield Operation("GET", "/TimeZone", "All time zones", session.time_zones, "Page", (200,))
    yield Operation("GET", "/TimeZone/base", "The tenant's", session.base_zone, "TimeZone", (200,))
    yield Operation("GET", "/TimeZone/current", "The caller's", session.current_zone, "TimeZone", (200,))
    yield Operation("GET", "/List/{name}/Items", "What to choose from", session.list_items, "Items", (200, 404))
    yield Operation("GET", "/MDOList", "Names of lists", session.mdo_lists, "Texts", (200,))
    yield Operation(
        "GET", "/MDOList/{name}", "What to choose from", session.mdo_items, "Items", (200, 404), query="Flat"
    )


def _of_wishes(wishes: Wishes) -> Iterator[Operation]:
    key = "/Preference/{section}/{key}"
    level = f"{key}/{{level}}"
    yield Operation("GET", "/Preference", "All preferences", wishes.list, "Preferences", (200,))
    yield Operation("GET", "/Preference/{section}", "Those of a section", wishes.list, "Preferences", (200,))
    yield Operation("GET", key, "The value nearest to the user", wishes.get, "Preference", (200,))
    yield Operation("GET", level, "The value of one level", wishes.get_at, "Text", (200, 404))
    for method in ("PUT", "POST"):
        yield Operation(method, key, "Set it", wishes.put, "", (204, 403, 404, 415), Takes.JSON, "PreferenceBody")
        yield Operation(method, level, "Set one level", wishes.put_at, "", (204, 403, 404), query="Value")


def _of_agent(agent: PocketAgent) -> Iterator[Operation]:
    calls = (
        ("GetPocketStartupData", agent.startup_data, "Startup", (200,)),
        ("GetMyCallerIDs", agent.my_caller_ids, "CallerIds", (200,)),
        ("GetCallerIDsFromSelection", agent.selection_caller_ids, "CallerIds", (200,)),
        ("RegisterDeviceForPushNotification", agent.register, "", (204,)),
        ("GetRegisteredDevices", agent.registered, "Devices", (200,)),
        ("SetPushNotificationTagsForDevice", agent.set_tags, "Nothing", (200, 204)),
        ("GetPushNotificationTagsForDevice", agent.tags, "TextOrNull", (200,)),
    )
    for name, answer, gives, statuses in calls:
        path = f"/Agents/Pocket/{name}"
        yield Operation("POST", path, f"The agent's {name}", answer, gives, (*statuses, 415), Takes.JSON, name)


def _refused(refuse: Answer) -> Iterator[Operation]:
    """What a mobile client never writes (mobile/customization.mdx): stakeholders, quotes, relations, members."""
    for path in (
        "/Selection/{id}/Members/Add",
        "/Sale/{id}/Stakeholders",
        "/Contact/{id}/Relations",
        "/Agents/Quote/SaveQuoteEntity",
    ):
        yield Operation("POST", path, "Not for a mobile client", refuse, "", (403,))
