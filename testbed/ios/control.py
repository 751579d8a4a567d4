"""The hand's channel: what a person does in Settings and before the camera. No part of what Appium can reach.

A lane that is driven through it says so in its report. Each request carries `Authorization: Bearer TOKEN`.

    GET    /                    what is set, and the machine's address on the phone's Wi-Fi
    PUT    /proxy               {"host": …, "port": …}; DELETE takes it away
    PUT    /airplane-mode       {"on": true}
    PUT    /clock               {"epoch": 1700000000.0} or {"automatic": true}
    POST   /certificate         {"pem": …}: installs the profile and trusts it in full; answers its fingerprint
    DELETE /certificate/{fingerprint}
    PUT    /camera              {"png": base64}: what is held before it
    PUT    /face                {"owner": true}: the owner looks at the phone, or somebody else
    DELETE /website-data        Safari's cookies
    DELETE /keychain            what erasing the phone does to it
    GET    /connections         what left the phone, and where to
    PUT    /faults/{name}       {"on": true}: the lab's own switch, no hand has it (testbed.ios.faults)
"""

import base64
import binascii
import json
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from testbed.handset.camera import ImageError
from testbed.ios.connectivity import MACHINE
from testbed.ios.faults import Fault

if TYPE_CHECKING:
    from testbed.ios.phone import Phone

type Act = Callable[[Request], Awaitable[object]]


class WrongError(ValueError):
    """What was asked for makes no sense; the message says what is expected."""


class Control:
    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self.token = secrets.token_urlsafe(16)

    def app(self) -> Starlette:
        rows = (
            ("GET", "/", self._state),
            ("PUT", "/proxy", self._set_proxy),
            ("DELETE", "/proxy", self._clear_proxy),
            ("PUT", "/airplane-mode", self._airplane),
            ("PUT", "/clock", self._clock),
            ("POST", "/certificate", self._certificate),
            ("DELETE", "/certificate/{fingerprint}", self._distrust),
            ("PUT", "/camera", self._camera),
            ("PUT", "/face", self._face),
            ("DELETE", "/website-data", self._website_data),
            ("DELETE", "/keychain", self._keychain),
            ("GET", "/connections", self._connections),
            ("PUT", "/faults/{name}", self._fault),
        )
        return Starlette(routes=[Route(path, self._guarded(act), methods=[method]) for method, path, act in rows])

    def _guarded(self, act: Act) -> Callable[[Request], Awaitable[JSONResponse]]:
        async def endpoint(request: Request) -> JSONResponse:
            given = request.headers.get("authorization", "")
            if not secrets.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
                return JSONResponse({"error": "the token of this phone is needed"}, 401)
            try:
                return JSONResponse(await act(request))
            except WrongError as error:
                return JSONResponse({"error": f"expected {error}"}, 400)

        return endpoint

    async def _state(self, _: Request) -> object:
        phone = self._phone
        proxy = phone.connectivity.proxy
        profiles = [
            {"name": one.name, "fingerprint": one.fingerprint, "trusted": one.trusted} for one in phone.trust.profiles
        ]
        return {
            "machine": MACHINE,
            "faults": phone.faults.names,
            "airplane_mode": phone.connectivity.airplane,
            "proxy": None if proxy is None else {"host": proxy[0], "port": proxy[1]},
            "clock": phone.clock.now(),
            "certificates": profiles,
            "notifications": [{"app": app, "title": title, "text": text} for app, title, text in phone.notifications],
        }

    async def _set_proxy(self, request: Request) -> object:
        body = await _body(request)
        host, port = body.get("host", MACHINE), body.get("port")
        if not isinstance(host, str) or not isinstance(port, int):
            raise WrongError("host, a text, and port, a number")
        self._phone.connectivity.proxy = (host, port)
        return await self._state(request)

    async def _clear_proxy(self, request: Request) -> object:
        self._phone.connectivity.proxy = None
        return await self._state(request)

    async def _airplane(self, request: Request) -> object:
        on = (await _body(request)).get("on")
        if not isinstance(on, bool):
            raise WrongError("on: true or false")
        self._phone.connectivity.airplane = on
        return await self._state(request)

    async def _clock(self, request: Request) -> object:
        body = await _body(request)
        epoch = body.get("epoch")
        if body.get("automatic") is True:
            self._phone.clock.set(time.time())
        elif isinstance(epoch, int | float) and not isinstance(epoch, bool):
            if Fault.CLOCK_IGNORED not in self._phone.faults:
                self._phone.clock.set(float(epoch))
        else:
            raise WrongError("epoch, seconds since 1970, or automatic: true")
        return await self._state(request)

    async def _certificate(self, request: Request) -> object:
        pem = (await _body(request)).get("pem")
        try:
            profile = self._phone.trust.install(str(pem).encode())
        except ValueError as error:
            raise WrongError(f"pem, one certificate: {error}") from error
        self._phone.trust.trust(profile.fingerprint, on=True)
        return {"fingerprint": profile.fingerprint, "name": profile.name}

    async def _distrust(self, request: Request) -> object:
        if not self._phone.trust.remove(request.path_params["fingerprint"]):
            raise WrongError("the fingerprint of an installed profile")
        return await self._state(request)

    async def _camera(self, request: Request) -> object:
        try:
            png = base64.b64decode(str((await _body(request)).get("png")), validate=True)
            if Fault.CAMERA_FROZEN not in self._phone.faults:
                _hold(self._phone, png)
        except (binascii.Error, ImageError) as error:
            raise WrongError(f"png, a picture in base64: {error}") from error
        return await self._state(request)

    async def _face(self, request: Request) -> object:
        owner = (await _body(request)).get("owner")
        if not isinstance(owner, bool):
            raise WrongError("owner: true or false")
        return {"awaited": await self._phone.face.look(owner=owner)}

    async def _website_data(self, request: Request) -> object:
        await self._phone.clear_website_data()
        return await self._state(request)

    async def _keychain(self, request: Request) -> object:
        self._phone.device.keychain.erase()
        return await self._state(request)

    async def _fault(self, request: Request) -> object:
        name, on = request.path_params["name"], (await _body(request)).get("on")
        found = next((fault for fault in Fault if fault.value == name), None)
        if found is None or not isinstance(on, bool):
            raise WrongError(f"a fault, one of {', '.join(fault.value for fault in Fault)}, and on: true or false")
        self._phone.faults.switch(found, on=on)
        return await self._state(request)

    async def _connections(self, _: Request) -> object:
        log = self._phone.connections
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def _hold(phone: "Phone", png: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "held.png")
        file.write_bytes(png)
        phone.camera.look_at(file)


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
