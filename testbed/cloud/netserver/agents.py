"""`/Agents/Pocket`: what only the mobile client calls (PocketAgent).

An agent says by 400 that it was called wrongly; what it does not find it answers with 200 and `null`.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from sqlite3 import Row

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.central.devices import Devices
from testbed.cloud.clock import Clock
from testbed.cloud.forms import Json
from testbed.cloud.netserver import zones
from testbed.cloud.netserver.bodies import json_body
from testbed.cloud.netserver.caller import Caller, Callers
from testbed.cloud.netserver.entities import SELECTION
from testbed.cloud.netserver.faults import ApiError, bad_request
from testbed.cloud.netserver.numbers import whole
from testbed.cloud.netserver.preferences import POCKET_SECTION, Preferences
from testbed.cloud.netserver.records import VISIBLE, Records
from testbed.cloud.roles import NONE
from testbed.cloud.store import Store

MOST_TABLES, MOST_CALLERS = 100, 10_000
LONGEST = 500
YEAR = timedelta(days=365)
# persons somebody met or sells to; who may see them is asked of them and of what names them
RELATED = """
SELECT p.id, p.fullName, p.contactId, p."phone/formattedNumber" AS phone FROM temp."{tenant}_person" AS p
WHERE (p.visible_to IS NULL OR p.visible_to = :me) AND p."phone/formattedNumber" <> '' AND p.id IN (
    SELECT personId FROM temp."{tenant}_appointment" WHERE associateId = :me AND date BETWEEN :first AND :last
    UNION SELECT personId FROM temp."{tenant}_sale" WHERE associateId = :me AND date BETWEEN :first AND :last
) ORDER BY p.id LIMIT :most
"""


class PocketAgent:
    def __init__(  # noqa: PLR0913, PLR0917 -- what it tells comes from everywhere
        self, clock: Clock, callers: Callers, store: Store, records: Records, preferences: Preferences, devices: Devices
    ) -> None:
        self._clock = clock
        self._callers = callers
        self._store = store
        self._records = records
        self._preferences = preferences
        self._devices = devices

    async def startup_data(self, request: Request) -> Response:
        """Rights come in the order of the tables asked for."""
        caller = self._callers.caller(request)
        asked = await _asked(request, {"Tables", "CurrentClientTime"})
        tables = [] if asked.get("Tables") is None else asked["Tables"]
        if not isinstance(tables, list) or len(tables) > MOST_TABLES or not all(isinstance(t, str) for t in tables):
            raise bad_request(f"Tables is a list of at most {MOST_TABLES} names")
        now = _moment(asked, "CurrentClientTime", self._today())
        times = zones.times_for(caller.tenant.context, request.headers)
        preferences = self._preferences.of_section(caller.membership, POCKET_SECTION)
        return JSONResponse(
            {
                "TableRights": [caller.role.mask(str(table).lower()) for table in tables],
                "PhoneLocaleTimeZoneData": zones.carrier(times.wanted),
                "BaseLocaleTimeZoneData": zones.carrier(times.base),
                "OverdueSalesCount": self._overdue(caller, now),
                "NotificationsCount": 0,
                "SystemWebPanels": [],
                "PocketPreferences": [each.carrier() for each in preferences],
                "IsPushNotificationEnabled": True,
                "CustomData": "",
            },
        )

    async def my_caller_ids(self, request: Request) -> Response:
        """Of those met or sold to within twelve months either way, unless dates are given; `null` if LastHash is it."""
        caller = self._callers.caller(request)
        asked = await _asked(request, {"LastHash", "MinDate", "MaxDate"})
        last = _text(asked, "LastHash")
        today = datetime.fromisoformat(self._today())
        between = {
            "first": _moment(asked, "MinDate", (today - YEAR).isoformat()),
            "last": _moment(asked, "MaxDate", (today + YEAR).isoformat()),
        }
        return _unless_known(self._related(caller, between), last)

    async def selection_caller_ids(self, request: Request) -> Response:
        """The companies of a selection; `null` for a selection that is not to be seen."""
        caller = self._callers.caller(request)
        asked = await _asked(request, {"SelectionId", "LastHash"})
        number, last = whole(asked.get("SelectionId")), _text(asked, "LastHash")
        if number is None or not 0 <= number < 2**31:
            raise bad_request("SelectionId must be a number")
        row = self._records.one(caller, SELECTION, number)
        if row is None or not row["divisor"] or not caller.may("contact", "Select"):
            return JSONResponse(None)
        rows = self._store.all(
            f'SELECT 0 AS id, name AS fullName, id AS contactId, "phone/formattedNumber" AS phone'  # noqa: S608 -- ours
            f' FROM temp."{caller.tenant.context}_contact" WHERE {VISIBLE} AND id % ? = ? ORDER BY id LIMIT ?',
            (caller.membership.associate_id, row["divisor"], row["rest"], MOST_CALLERS),
        )
        return _unless_known(rows, last)

    async def register(self, request: Request) -> Response:
        """Into the same book as Central Services (central/devices.py)."""
        caller = self._callers.caller(request)
        info = (await _asked(request, {"DeviceInfo"})).get("DeviceInfo")
        if not isinstance(info, dict):
            raise bad_request("The body takes DeviceInfo")
        self._devices.register(caller.tenant.context, caller.person.email, info)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def registered(self, request: Request) -> Response:
        """The caller's own: nobody else's are told."""
        caller = self._callers.caller(request)
        number = whole((await _asked(request, {"AssociateId"})).get("AssociateId", 0))
        if number is None:
            raise bad_request("AssociateId must be a number")
        if number not in {0, caller.membership.associate_id}:
            return JSONResponse(None)
        found = self._devices.of(caller.tenant.context, caller.person.email)
        return JSONResponse([dict(device.info) for device in found])

    async def set_tags(self, request: Request) -> Response:
        """Nothing happens for a device that is not registered, and nothing is said of it."""
        caller = self._callers.caller(request)
        asked = await _asked(request, {"DeviceIdentifier", "Tags"})
        identifier, tags = _needed(asked, "DeviceIdentifier"), tuple(filter(None, _text(asked, "Tags").split(",")))
        try:
            self._devices.set_tags(caller.tenant.context, caller.person.email, identifier, tags)
        except ApiError as error:
            if error.status is not HTTPStatus.NOT_FOUND:
                raise
            return JSONResponse(None)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def tags(self, request: Request) -> Response:
        caller = self._callers.caller(request)
        identifier = _needed(await _asked(request, {"DeviceIdentifier"}), "DeviceIdentifier")
        found = self._devices.of(caller.tenant.context, caller.person.email)
        told = [",".join(device.tags) for device in found if device.identifier == identifier]
        return JSONResponse(told[0] if told else None)

    def _related(self, caller: Caller, between: Mapping[str, str]) -> Sequence[Row]:
        if NONE in {caller.role.mask(table) for table in ("person", "appointment")}:
            return []
        statement = RELATED.format(tenant=caller.tenant.context)
        return self._store.named(statement, {"me": caller.membership.associate_id, "most": MOST_CALLERS, **between})

    def _overdue(self, caller: Caller, now: str) -> int:
        if not caller.may("sale", "Select"):
            return 0
        row = self._store.one(
            f'SELECT count(*) AS amount FROM temp."{caller.tenant.context}_sale"'  # noqa: S608 -- ours
            " WHERE associateId = ? AND saleStatus = 'Open' AND date < ?",
            (caller.membership.associate_id, now),
        )
        return int(row["amount"]) if row else 0

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock.now(), zones.UTC_ZONE.rules).replace(tzinfo=None).isoformat()


async def _asked(request: Request, known: set[str]) -> dict[str, Json]:
    asked = await json_body(request)
    if not asked.keys() <= known:
        raise bad_request(f"The body takes {', '.join(sorted(known))}")
    return asked


def _text(asked: Mapping[str, Json], name: str) -> str:
    value = asked.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise bad_request(f"{name} must be a text of at most {LONGEST} characters")
    return value


def _needed(asked: Mapping[str, Json], name: str) -> str:
    if asked.get(name) is None:
        raise bad_request(f"The body needs {name}")
    return _text(asked, name)


def _moment(asked: Mapping[str, Json], name: str, absent: str) -> str:
    given = _text(asked, name)
    try:
        return datetime.fromisoformat(given or absent).replace(tzinfo=None).isoformat(timespec="milliseconds")
    except ValueError:
        raise bad_request(f"{name} must be a date as in 2026-03-01T12:00:00") from None


def _unless_known(rows: Sequence[Row], last: str) -> Response:
    """Sorted by the number, as the carrier is documented."""
    callers = sorted((_caller(row) for row in rows), key=lambda each: (each["PhoneNumber"], each["PersonId"]))
    digest = hashlib.sha256(json.dumps(callers).encode()).hexdigest()[:32]
    return JSONResponse(None if digest == last else {"CallerIDHash": digest, "CallerIDs": callers})


def _caller(row: Row) -> dict[str, int | str]:
    prefix, _, rest = str(row["phone"]).removeprefix("+").partition(" ")
    return {
        "PhoneNumber": int(re.sub(r"[^0-9]", "", rest)[:18] or 0),
        "DialInPrefix": int(re.sub(r"[^0-9]", "", prefix)[:6] or 0),
        "PersonId": row["id"],
        "PersonName": row["fullName"] if row["id"] else "",
        "Mrmrs": "",
        "ContactId": row["contactId"],
        "ContactName": "" if row["id"] else row["fullName"],
    }
