"""The lab's hand on a virtual phone: faults and adversities while it runs. No part of what a real phone has.

`GET /state`; `PUT /faults/NAME {"on": true}`; `POST /adversity/NAME {"seconds": 2}`; with the header
`Authorization: Bearer TOKEN`.
"""

import secrets
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from testbed.android.adversity import ADVERSITIES
from testbed.android.faults import WORDS

if TYPE_CHECKING:
    from testbed.android.phone import Phone


class Control:
    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self.token = secrets.token_urlsafe(16)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/state", self._state, methods=["GET"]),
                Route("/faults/{name}", self._fault, methods=["PUT"]),
                Route("/adversity/{name}", self._adversity, methods=["POST"]),
            ]
        )

    async def _state(self, request: Request) -> JSONResponse:
        return self._refused(request) or self._answer()

    async def _fault(self, request: Request) -> JSONResponse:
        found, body = WORDS.get(request.path_params["name"]), await _body(request)
        if found is None or not isinstance(body.get("on"), bool):
            return self._refused(request) or _wrong(f"a fault and on: true or false; faults are {', '.join(WORDS)}")
        if refusal := self._refused(request):
            return refusal
        self._phone.faults.switch(found, on=body["on"])
        return self._answer()

    async def _adversity(self, request: Request) -> JSONResponse:
        happen, body = ADVERSITIES.get(request.path_params["name"]), await _body(request)
        seconds = body.get("seconds", 0)
        if happen is None or not isinstance(seconds, int | float) or seconds < 0:
            return self._refused(request) or _wrong(
                f"an adversity and seconds; adversities are {', '.join(ADVERSITIES)}"
            )
        if refusal := self._refused(request):
            return refusal
        await happen(self._phone, float(seconds))
        return self._answer()

    def _answer(self) -> JSONResponse:
        phone = self._phone
        return JSONResponse({"faults": phone.faults.names, "full": phone.files.full, "slow": phone.slowness})

    def _refused(self, request: Request) -> JSONResponse | None:
        given = request.headers.get("authorization", "")
        if secrets.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return None
        return JSONResponse({"error": "the token of this phone is needed"}, 401)


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _wrong(what: str) -> JSONResponse:
    return JSONResponse({"error": f"expected {what}"}, 400)
