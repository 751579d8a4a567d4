"""One connection to lockdownd: its requests and the names of its errors (libimobiledevice, src/lockdown.c)."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.frame import FrameError
from testbed.ios.line import Line, LineClosedError
from testbed.ios.lockdown.pairing import PairingError
from testbed.ios.lockdown.values import SETTABLE, UNPAIRED, values
from testbed.ios.services.table import Service, service

PORT: Final = 62078
TYPE: Final = "com.apple.mobile.lockdown"

type Request = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 -- an answer
    """The message is the `Error` of the answer."""


class Session:
    """Requests in turn; after StartSession the line is TLS until StopSession."""

    def __init__(self, device: Device, line: Line) -> None:
        self._device = device
        self._line = line
        self._host: str | None = None
        self._id: str | None = None
        self._answers: dict[str, Callable[[Request], Awaitable[None]]] = {
            "EnterRecovery": self._enter_recovery,
            "GetValue": self._get_value,
            "Pair": self._pair,
            "QueryType": self._query_type,
            "RemoveValue": self._remove_value,
            "SetValue": self._set_value,
            "StartService": self._start_service,
            "StartSession": self._start_session,
            "StopSession": self._stop_session,
            "Unpair": self._unpair,
            "ValidatePair": self._validate_pair,
        }

    async def run(self) -> None:
        """Answer until the client goes."""
        while True:
            try:
                request = await self._line.receive()
            except (LineClosedError, FrameError):
                return
            await self._take(request)

    async def _take(self, request: Request) -> None:
        name = request.get("Request")
        answer = self._answers.get(name) if isinstance(name, str) else None
        if answer is None:
            self._device.unmodelled.note("lockdown", f"{name}")
            await self._say(request, Error="InvalidRequest")
            return
        try:
            await answer(request)
        except (Refused, PairingError) as error:
            await self._say(request, Error=str(error))

    async def _say(self, request: Request, **rest: Any) -> None:  # noqa: ANN401 -- values of a property list
        named = {"Request": request["Request"]} if "Request" in request else {}
        await self._line.answer({**named, **rest})

    async def _query_type(self, request: Request) -> None:
        await self._say(request, Type=TYPE)

    async def _get_value(self, request: Request) -> None:
        domain, key = _text(request, "Domain"), _text(request, "Key")
        if self._host is None and domain is not None:
            raise Refused("GetProhibited")
        known = values(self._device, domain)
        if known is None:
            self._device.unmodelled.note("lockdown", f"GetValue {domain} {key}")
            if key is None:
                await self._say(request, Domain=domain, Value={})
                return
            raise Refused("MissingValue")
        if self._host is None:
            if key in known and key not in UNPAIRED:
                raise Refused("GetProhibited")
            known = {name: value for name, value in known.items() if name in UNPAIRED}
        named = {name: value for name, value in (("Domain", domain), ("Key", key)) if value is not None}
        if key is None:
            await self._say(request, **named, Value=known)
        elif key in known:
            await self._say(request, **named, Value=known[key])
        else:
            self._device.unmodelled.note("lockdown", f"GetValue {domain} {key}")
            raise Refused("MissingValue")

    async def _set_value(self, request: Request) -> None:
        self._need_session()
        domain, key = _text(request, "Domain"), _text(request, "Key")
        if domain is not None or key not in SETTABLE or not isinstance(request.get("Value"), str):
            self._device.unmodelled.note("lockdown", f"SetValue {domain} {key}")
            raise Refused("SetProhibited")
        self._device.name = str(request["Value"])
        self._device.notifications.post("com.apple.mobile.lockdown.device_name_changed")
        await self._say(request, Key=key, Value=self._device.name)

    async def _remove_value(self, request: Request) -> None:
        self._need_session()
        self._device.unmodelled.note("lockdown", f"RemoveValue {request.get('Domain')} {request.get('Key')}")
        raise Refused("RemoveProhibited")

    async def _pair(self, request: Request) -> None:
        escrow = self._device.pairing.pair(request.get("PairRecord"))
        await self._say(request, EscrowBag=escrow)

    async def _validate_pair(self, request: Request) -> None:
        self._device.pairing.validate(request.get("PairRecord"))
        await self._say(request)

    async def _unpair(self, request: Request) -> None:
        self._device.pairing.unpair(request.get("PairRecord"))
        await self._say(request)

    async def _start_session(self, request: Request) -> None:
        if self._host is not None:
            raise Refused("SessionActive")
        host = _text(request, "HostID")
        if host is None:
            raise Refused("MissingHostID")
        context = self._device.pairing.context(host)
        self._host, self._id = host, str(uuid.uuid4()).upper()
        await self._say(request, SessionID=self._id, EnableSessionSSL=True)
        await self._line.start_tls(context)

    async def _stop_session(self, request: Request) -> None:
        self._need_session()
        if _text(request, "SessionID") is None:
            raise Refused("MissingSessionID")
        if request["SessionID"] != self._id:
            raise Refused("InvalidSessionID")
        await self._say(request)
        self._host = self._id = None
        await self._line.stop_tls()

    async def _start_service(self, request: Request) -> None:
        host = self._need_session()
        name = _text(request, "Service")
        if name is None:
            raise Refused("MissingService")
        found = service(name)
        if found is None or (found.for_developers and not self._device.image_mounted):
            self._device.unmodelled.note("service", name)
            raise Refused("InvalidService")
        await self._say(request, Service=name, Port=self._open(found, host), EnableServiceSSL=True)

    def _open(self, found: Service, host: str) -> int:
        device = self._device

        async def serve(line: Line) -> None:
            await line.start_tls(device.pairing.context(host))
            await found.serve(device, line)

        return device.ports.once(serve)

    async def _enter_recovery(self, request: Request) -> None:
        self._need_session()
        self._device.unmodelled.note("lockdown", f"{request['Request']}")
        raise Refused("ProhibitedBySupervision")

    def _need_session(self) -> str:
        if self._host is None:
            raise Refused("SessionInactive")
        return self._host


def _text(request: Request, key: str) -> str | None:
    found = request.get(key)
    return found if isinstance(found, str) else None
