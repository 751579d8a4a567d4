"""`GET /Contact/42` and its like, and all changes to them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from testbed.cloud.clock import Clock, timestamp
from testbed.cloud.forms import Json, content_type, json_of
from testbed.cloud.netserver import shown, writing
from testbed.cloud.netserver.bodies import json_body
from testbed.cloud.netserver.caller import Caller, Callers
from testbed.cloud.netserver.entities import KINDS, EntityKind
from testbed.cloud.netserver.faults import ApiError, bad_request, forbidden, not_found
from testbed.cloud.netserver.filters import Value
from testbed.cloud.netserver.numbers import number_in
from testbed.cloud.netserver.patching import PATCHES
from testbed.cloud.netserver.records import Records
from testbed.cloud.netserver.zones import Times, times_for
from testbed.cloud.tables import BY_NAME

BY_ENTITY = {kind.name: kind for kind in KINDS.values()}
Stored = Mapping[str, Value | None]


class Details:
    def __init__(self, clock: Clock, callers: Callers, records: Records) -> None:
        self._clock = clock
        self._callers = callers
        self._records = records

    async def get(self, request: Request, kind: EntityKind) -> Response:
        """304 where nothing changed since If-Modified-Since (endpoints/http-headers.mdx)."""
        caller = self._callers.caller(request)
        row = self.row(request, caller, kind)
        times = times_for(caller.tenant.context, request.headers)
        since = _date(request, "if-modified-since")
        if since and _updated(row) <= since:
            return Response(status_code=HTTPStatus.NOT_MODIFIED)
        return _answer(kind, row, times, caller)

    async def default(self, request: Request, kind: EntityKind) -> Response:
        """A record with nothing in it yet, to be filled in and posted."""
        caller = self._callers.caller(request)
        times = times_for(caller.tenant.context, request.headers)
        return _answer(kind, self._empty(caller, kind), times, caller)

    async def create(self, request: Request, kind: EntityKind) -> Response:
        caller = self._may(request, kind, "Insert")
        times = times_for(caller.tenant.context, request.headers)
        empty = self._empty(caller, kind)
        given = self._columns(caller, kind, await json_body(request), times, empty)
        number = self._records.next_number(caller, kind)
        row = {**empty, **given, "id": number}
        self._records.put(caller, kind, number, row)
        return _answer(kind, row, times, caller)

    async def replace(self, request: Request, kind: EntityKind) -> Response:
        """PUT: what the body leaves out is empty afterwards; 412 where the record changed after If-Unmodified-Since."""
        caller = self._may(request, kind, "Update")
        row = self.row(request, caller, kind)
        times = times_for(caller.tenant.context, request.headers)
        given = self._columns(caller, kind, await json_body(request), times, row)
        _unchanged(request, row)
        return self._changed(caller, kind, row, given, times)

    async def patch(self, request: Request, kind: EntityKind) -> Response:
        """RFC 7396 or RFC 6902 over the record as it looks alone; raises ApiError, 415 for other kinds of patch."""
        caller = self._may(request, kind, "Update")
        row = self.row(request, caller, kind)
        times = times_for(caller.tenant.context, request.headers)
        apply = PATCHES.get(content_type(request.headers))
        if apply is None:
            raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"PATCH takes {', '.join(PATCHES)}")
        before = json.loads(json.dumps(shown.carrier(kind, row, times, caller)))
        after = apply(before, await json_of(request))
        if not isinstance(after, dict):
            raise bad_request("A record is an object")
        writing.refuse_told(kind, before, after)
        given = self._columns(caller, kind, after, times, row)
        _unchanged(request, row)
        return self._changed(caller, kind, row, given, times)

    async def delete(self, request: Request, kind: EntityKind) -> Response:
        caller = self._may(request, kind, "Delete")
        row = self.row(request, caller, kind)
        _unchanged(request, row)
        self._records.delete(caller, kind, number_in(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def row(self, request: Request, caller: Caller, kind: EntityKind) -> Stored:
        """A record that the caller may not see is not there: raises ApiError 404."""
        number = number_in(request)
        row = self._records.one(caller, kind, number)
        if row is None:
            raise not_found(f"{kind.resource} id {number} not found")
        return row

    def stamped(self, caller: Caller, kind: EntityKind, row: Stored) -> None:
        """Write a record anew, dated now."""
        self._records.put(caller, kind, int(str(row["id"])), {**row, "updatedDate": timestamp(self._clock.now())})

    def _may(self, request: Request, kind: EntityKind, flag: str) -> Caller:
        """Raises ApiError 403, but for what the caller may not even see."""
        caller = self._callers.caller(request)
        if not kind.mobile:
            raise forbidden(f"{kind.resource} is not for a mobile client to change")
        if not caller.may(kind.name, flag):
            raise forbidden(f"The role {caller.role.name} does not give {flag} to {kind.name}")
        return caller

    def _columns(
        self, caller: Caller, kind: EntityKind, body: Mapping[str, Json], times: Times, row: Stored
    ) -> dict[str, Value | None]:
        kept = {(each.refers_to, row[each.column]) for each in kind.fields if each.refers_to}

        def sees(entity: str, number: int) -> bool:
            """What a record points to already may stay, also where the caller does not see it."""
            return (entity, number) in kept or self._records.one(caller, BY_ENTITY[entity], number) is not None

        columns: dict[str, Value | None] = {**writing.columns_of(kind, body, times, sees)}
        if kind.name == "person":
            columns["fullName"] = f"{columns['firstName']} {columns['lastName']}".strip()
        return columns

    def _changed(
        self, caller: Caller, kind: EntityKind, row: Stored, given: Mapping[str, Value | None], times: Times
    ) -> Response:
        changed = {**row, **given, "updatedDate": timestamp(self._clock.now())}
        self._records.put(caller, kind, int(str(row["id"])), changed)
        return _answer(kind, changed, times, caller)

    def _empty(self, caller: Caller, kind: EntityKind) -> dict[str, Value | None]:
        nothing: dict[str, Value | None] = {
            name: "" if kind_of.startswith("TEXT") else 0 for name, kind_of in BY_NAME[kind.name].all
        }
        words: dict[str, Value | None] = {each.column: each.words[0] for each in kind.fields if each.words}
        now = timestamp(self._clock.now())
        dated: dict[str, Value | None] = {"registeredDate": now, "updatedDate": now}
        owned: dict[str, Value | None] = {"associateId": caller.membership.associate_id}
        return {"id": 0, **nothing, **words, **dated, **owned, "visible_to": None, "marker": None}


def _unchanged(request: Request, row: Stored) -> None:
    limit = _date(request, "if-unmodified-since")
    if limit and _updated(row) > limit:
        raise ApiError(HTTPStatus.PRECONDITION_FAILED, "The record was changed meanwhile")


def _answer(kind: EntityKind, row: Stored, times: Times, caller: Caller) -> Response:
    modified = format_datetime(_updated(row), usegmt=True)
    return Response(
        shown.carrier_text(kind, row, times, caller), headers={"Last-Modified": modified}, media_type="application/json"
    )


def _updated(row: Stored) -> datetime:
    """In whole seconds, which is what HTTP dates can say."""
    return datetime.fromisoformat(str(row["updatedDate"])).replace(microsecond=0, tzinfo=UTC)


def _date(request: Request, header: str) -> datetime | None:
    """None where it is absent or no date, which RFC 9110 section 13.1.3 says to ignore."""
    given = request.headers.get(header)
    if given is None:
        return None
    try:
        found = parsedate_to_datetime(given)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
