"""The crash sink, as App Center took reports until it was retired (docs/diagnostics/upload-custom-crashes.md).

Bodies are kept as they came, to be searched for what must not be in them.
"""

import json
import re
import uuid
from http import HTTPStatus
from sqlite3 import Row

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError, Json, content_type, json_object_of, query_of
from testbed.cloud.store import Store

PATH = "/logs"
API_VERSION = "1.0.0"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TYPES = frozenset(
    {"managedError", "appleError", "handledError", "errorAttachment", "startSession", "startService", "event"}
)
DIAGNOSTICS = frozenset({"managedError", "appleError", "handledError"})
# what a crash carries beside the device (same page)
CRASH_FIELDS = frozenset({"id", "processId", "processName", "fatal", "appLaunchTimestamp"})


class CrashSink:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def reports(self) -> list[Row]:
        return self._store.all("SELECT * FROM crash_report ORDER BY id")

    def application(self) -> Starlette:
        built = Starlette(
            routes=[Route(PATH, self.take, methods=["POST"])],
            exception_handlers={BadInputError: _refuse},
        )
        built.router.redirect_slashes = False
        return built

    async def take(self, request: Request) -> Response:
        secret, install = (_guid(request, name) for name in ("App-Secret", "Install-ID"))
        named = {name.lower(): value for name, value in query_of(request).items()}
        if named != {"api-version": API_VERSION}:
            raise BadInputError("Api-Version must be 1.0.0")
        if content_type(request.headers) != "application/json":
            raise BadInputError("The body must be application/json")
        logs = _logs(await json_object_of(request))
        self._store.change(
            "INSERT INTO crash_report (at, app_secret, install_id, body) VALUES (?, ?, ?, ?)",
            (self._clock.now(), secret, install, await request.body()),
        )
        valid = [log["id"] for log in logs if log["type"] in DIAGNOSTICS]
        return JSONResponse(
            {
                "status": "Success",
                "validDiagnosticsIds": valid,
                "throttledDiagnosticsIds": [],
                "correlationId": str(uuid.uuid4()),
            },
        )


def _guid(request: Request, name: str) -> str:
    value = request.headers.get(name, "")
    if not GUID.fullmatch(value):
        raise BadInputError(f"{name} must be a GUID")
    return value


def _logs(body: dict[str, Json]) -> list[dict[str, Json]]:
    logs = body.get("logs")
    if not isinstance(logs, list) or not logs or not all(isinstance(log, dict) for log in logs):
        raise BadInputError("logs must be a list of objects")
    found = [log for log in logs if isinstance(log, dict)]
    for log in found:
        if log.get("type") not in TYPES:
            raise BadInputError("a log has no known type")
        if not isinstance(log.get("device"), dict) or not isinstance(log.get("timestamp"), str):
            raise BadInputError("a log has no device or no timestamp")
        if log["type"] in DIAGNOSTICS and not log.keys() >= CRASH_FIELDS:
            raise BadInputError(f"a crash needs {', '.join(sorted(CRASH_FIELDS))}")
    return found


async def _refuse(_request: Request, error: Exception) -> Response:
    body = {"code": "BadRequest", "message": str(error)}
    return JSONResponse(body, HTTPStatus.BAD_REQUEST)


def carrier(row: Row) -> dict[str, object]:
    """A kept report, its body as text; UTF-8, as it was readable JSON."""
    body = row["body"].decode()
    return {
        "id": row["id"],
        "at": row["at"],
        "app_secret": row["app_secret"],
        "install_id": row["install_id"],
        "types": [log["type"] for log in json.loads(body)["logs"]],
        "body": body,
    }
