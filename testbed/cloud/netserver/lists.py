"""`GET /Contact` and its like: slim pages of an archive (api/tutorials/native-app-quickstart.md)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.addresses import Addresses
from testbed.cloud.forms import query_of
from testbed.cloud.netserver import query
from testbed.cloud.netserver.caller import Bearer
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.records import Records
from testbed.cloud.rows import Cell, Row


class Lists:
    def __init__(self, addresses: Addresses, bearer: Bearer, records: Records) -> None:
        self._addresses = addresses
        self._bearer = bearer
        self._records = records

    async def page(self, request: Request, kind: EntityKind) -> Response:
        caller = self._bearer.caller(request)
        asked = query.read(query_of(request), kind)
        page = self._records.page(caller, kind, asked)
        api = f"{self._addresses.web_api(caller.tenant.context)}v1"
        return JSONResponse(
            {
                "odata.metadata": f"{api}/Archive/$metadata",
                "odata.nextLink": f"{api}/{kind.resource}?{asked.next().encoded()}" if page.more else None,
                "value": [slim(kind, row, asked.columns) for row in page.rows],
            },
        )


def slim(kind: EntityKind, row: Row, columns: tuple[str, ...]) -> dict[str, Cell]:
    chosen = {name: row[name] for name in columns} if columns else row
    return {"PrimaryKey": str(row[f"{kind.name}Id"]), "EntityName": kind.name, **chosen}
