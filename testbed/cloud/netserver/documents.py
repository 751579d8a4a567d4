"""What is in a document: its bytes, their number, and where they are opened."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.federation import sharepoint
from testbed.cloud.federation.profiles import MICROSOFT
from testbed.cloud.netserver.caller import Caller, Callers
from testbed.cloud.netserver.details import Details, Stored
from testbed.cloud.netserver.entities import DOCUMENT
from testbed.cloud.netserver.faults import bad_request, forbidden
from testbed.cloud.netserver.lists import Places
from testbed.cloud.store import Store

# each so many documents lie in Microsoft 365 instead of the archive, as many as the library there has
LIBRARY_ONE_IN = 7
MEDIA_TYPE = "application/octet-stream"


class Documents:
    def __init__(self, places: Places, callers: Callers, store: Store, details: Details) -> None:
        self._places = places
        self._callers = callers
        self._store = store
        self._details = details

    async def content(self, request: Request) -> Response:
        """The bytes; raises ApiError: 404, or 403 for one in Microsoft 365, which NetServer does not hand out."""
        caller, row = self._found(request)
        return Response(self._bytes(caller, row), media_type=MEDIA_TYPE)

    async def length(self, request: Request) -> Response:
        caller, row = self._found(request)
        return JSONResponse(len(self._bytes(caller, row)))

    async def url(self, request: Request) -> Response:
        """Where a program or a browser opens it (Document/{id}/Url)."""
        caller = self._callers.caller(request)
        row = self._details.row(request, caller, DOCUMENT)
        if in_library(row):
            return JSONResponse(_library_address(row))
        api = self._places.web_api(caller.tenant.context)
        return JSONResponse(f"{api}v1/Document/{row['id']}/Content")

    async def store(self, request: Request) -> Response:
        """New bytes in place of the old, whatever they are; answers with the document (Document/{id}/Content)."""
        caller, row = self._found(request)
        if not caller.may("document", "Update"):
            raise forbidden(f"The role {caller.role.name} does not give Update to document")
        body = await request.body()
        if not body and "content-type" not in request.headers:
            raise bad_request("The bytes are missing; a document may be empty, but then its media type says so")
        with self._store.together():
            self._store.change(
                "INSERT OR REPLACE INTO content VALUES (?, ?, ?)",
                (caller.tenant.context, int(str(row["id"])), body),
            )
            self._details.stamped(caller, DOCUMENT, row)
        return await self._details.get(request, DOCUMENT)

    def _found(self, request: Request) -> tuple[Caller, Stored]:
        caller = self._callers.caller(request)
        row = self._details.row(request, caller, DOCUMENT)
        if in_library(row):
            reason = "Open it at its address" if caller.provider == MICROSOFT else "Sign in with Microsoft to open it"
            raise forbidden(f"The document is in Microsoft 365. {reason}")
        return caller, row

    def _bytes(self, caller: Caller, row: Stored) -> bytes:
        kept = self._store.one(
            "SELECT body FROM content WHERE tenant = ? AND document = ?", (caller.tenant.context, row["id"])
        )
        return bytes(kept["body"]) if kept else written(row)


def in_library(row: Stored) -> bool:
    return bool(row["content"]) and int(str(row["id"])) % LIBRARY_ONE_IN == 0


def written(row: Stored) -> bytes:
    """What a seeded document says: text, its own marker in every paragraph, and nothing of its metadata's."""
    if not row["content"]:
        return b""
    paragraph = f"This page is confidential and must not be kept. {row['content']}\r\n"
    return (paragraph * 40).encode()


def _library_address(row: Stored) -> str:
    number = int(str(row["id"])) // LIBRARY_ONE_IN
    return sharepoint.address((number - 1) % sharepoint.LAST_DOCUMENT + 1)
