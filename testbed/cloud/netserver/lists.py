"""`GET /Contact` and its like: pages of an archive (api/tutorials/native-app-quickstart.md)."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.clock import Clock
from testbed.cloud.forms import options_of
from testbed.cloud.netserver import query, shown
from testbed.cloud.netserver.caller import Caller, Callers
from testbed.cloud.netserver.entities import CONTACT, RELATIONS, SELECTION, EntityKind
from testbed.cloud.netserver.faults import not_found
from testbed.cloud.netserver.filters import Asker, Condition
from testbed.cloud.netserver.numbers import number_in
from testbed.cloud.netserver.records import Page, Records
from testbed.cloud.netserver.zones import Times, times_for, today_in


class Places(Protocol):
    """Where an installation's Web API is reached now."""

    def web_api(self, context: str) -> str: ...


class Lists:
    def __init__(self, places: Places, clock: Clock, callers: Callers, records: Records) -> None:
        self._places = places
        self._clock = clock
        self._callers = callers
        self._records = records

    async def page(self, request: Request, kind: EntityKind) -> Response:
        return self._answer(request, self._callers.caller(request), kind, kind.resource, None)

    async def of_company(self, request: Request, relation: str) -> Response:
        """`GET /Contact/7/Persons` and its like; raises ApiError 404 where the company is not to be seen."""
        caller, number = self._callers.caller(request), number_in(request)
        if self._records.one(caller, CONTACT, number) is None:
            raise not_found(f"Contact id {number} not found")
        within = Condition("contactId = ?", (number,))
        return self._answer(request, caller, RELATIONS[relation], f"Contact/{number}/{relation}", within)

    async def members(self, request: Request) -> Response:
        """The companies in a selection."""
        caller, number = self._callers.caller(request), number_in(request)
        row = self._records.one(caller, SELECTION, number)
        if row is None:
            raise not_found(f"Selection id {number} not found")
        divisor, rest = int(str(row["divisor"])), int(str(row["rest"]))
        within = Condition("id % ? = ?", (divisor, rest)) if divisor else Condition("0")
        return self._answer(request, caller, CONTACT, f"Selection/{number}/Members", within)

    def _answer(
        self, request: Request, caller: Caller, kind: EntityKind, place: str, within: Condition | None
    ) -> Response:
        context = caller.tenant.context
        times = times_for(context, request.headers)
        asker = Asker(caller.membership.associate_id, today_in(times.base, self._clock.now()), times)
        asked = query.read(options_of(request), kind, asker)
        page = self._records.page(caller, kind, asked, within)
        api = f"{self._places.web_api(context)}v1"
        return JSONResponse(
            {
                "odata.metadata": f"{api}/Archive/$metadata",
                "odata.nextLink": f"{api}/{place}?{asked.next(page.last)}" if page.last else None,
                "value": _lines(page, kind, asked, times, caller),
            },
        )


def _lines(
    page: Page, kind: EntityKind, asked: query.ListQuery, times: Times, caller: Caller
) -> list[dict[str, object]]:
    write = shown.full(kind, asked.columns, times, caller) if asked.full else shown.slim(kind, asked.columns, times)
    return [write(row) for row in page.rows]
