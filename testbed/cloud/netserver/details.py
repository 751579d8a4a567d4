"""`GET /Contact/42` and its like, and small changes to them."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.clock import Clock, timestamp
from testbed.cloud.forms import Json, content_type, json_object_of
from testbed.cloud.netserver.caller import Bearer, Caller
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import ApiError, bad_request, not_found
from testbed.cloud.netserver.records import Records
from testbed.cloud.rows import Row

MERGE_PATCH = frozenset({"application/merge-patch+json", "application/json"})
TEXT_LIMIT = 500


class Details:
    def __init__(self, clock: Clock, bearer: Bearer, records: Records) -> None:
        self._clock = clock
        self._bearer = bearer
        self._records = records

    async def get(self, request: Request, kind: EntityKind) -> Response:
        """304 where nothing changed since If-Modified-Since (endpoints/http-headers.mdx)."""
        _, row = self._found(request, kind)
        since = _date(request, "if-modified-since")
        if since and _updated(row) <= since:
            return Response(status_code=HTTPStatus.NOT_MODIFIED)
        return _answer(kind, row)

    async def patch(self, request: Request, kind: EntityKind) -> Response:
        """RFC 7396 over the texts of a record; 412 where it changed after If-Unmodified-Since."""
        caller, row = self._found(request, kind)
        changes = _texts(kind, await _merge_patch(request))
        limit = _date(request, "if-unmodified-since")
        if limit and _updated(row) > limit:
            raise ApiError(HTTPStatus.PRECONDITION_FAILED, "The record was changed meanwhile")
        changed: Row = {**row, **changes, "updatedDate": timestamp(self._clock.now())}
        self._records.write(caller, kind, _number(request), changed)
        return _answer(kind, changed)

    def _found(self, request: Request, kind: EntityKind) -> tuple[Caller, Row]:
        """A record that the caller may not see is not there."""
        caller = self._bearer.caller(request)
        row = self._records.one(caller, kind, _number(request))
        if row is None:
            raise not_found(f"{kind.resource} id {_number(request)} not found")
        return caller, row


async def _merge_patch(request: Request) -> dict[str, Json]:
    if content_type(request.headers) not in MERGE_PATCH:
        raise bad_request("The body must be application/merge-patch+json")
    return await json_object_of(request)


def _texts(kind: EntityKind, changes: dict[str, Json]) -> dict[str, str]:
    """The changes by archive column."""
    texts: dict[str, str] = {}
    for name, value in changes.items():
        if name not in kind.writable:
            raise bad_request(f"{kind.resource} has no property of this name that can be changed here")
        if not isinstance(value, str) or len(value) > TEXT_LIMIT:
            raise bad_request(f"{name} must be a text of at most {TEXT_LIMIT} characters")
        texts[kind.properties[name]] = value
    return texts


def _number(request: Request) -> int:
    text = request.path_params["number"]
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_request("The id must be a number")
    return int(text)


def _answer(kind: EntityKind, row: Row) -> Response:
    return JSONResponse(kind.carrier(row), headers={"Last-Modified": format_datetime(_updated(row), usegmt=True)})


def _updated(row: Row) -> datetime:
    """In whole seconds, which is what HTTP dates can say."""
    return datetime.fromisoformat(str(row["updatedDate"])).replace(microsecond=0, tzinfo=UTC)


def _date(request: Request, header: str) -> datetime | None:
    """None where it is absent or no date, which RFC 9110 section 13.1.3 says to ignore."""
    try:
        found = parsedate_to_datetime(request.headers[header])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
