"""Faults to order, and what the services beside the tenant's own keep."""

import re
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.admin.application import done, no_such
from testbed.cloud.central.crashes import CrashSink, carrier
from testbed.cloud.central.devices import Devices
from testbed.cloud.central.push import HANDLES, PushServices
from testbed.cloud.forms import BadInputError, json_object_of
from testbed.cloud.knobs.rules import Order, Orders, read

MESSAGE_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    orders: Orders
    devices: Devices
    push: PushServices
    crashes: CrashSink

    def routes(self) -> list[Route]:
        return [
            Route("/faults", self.list_faults, methods=["GET"]),
            Route("/faults", self.give, methods=["POST"]),
            Route("/faults", self.take_all_back, methods=["DELETE"]),
            Route("/faults/{number}", self.take_back, methods=["DELETE"]),
            Route("/devices", self.list_devices, methods=["GET"]),
            Route("/push", self.send, methods=["POST"]),
            Route("/crashes", self.list_crashes, methods=["GET"]),
        ]

    async def list_faults(self, _request: Request) -> Response:
        return JSONResponse([_carrier(order) for order in self.orders.all()])

    async def give(self, request: Request) -> Response:
        return JSONResponse(_carrier(self.orders.give(read(await json_object_of(request)))), 201)

    async def take_all_back(self, _request: Request) -> Response:
        self.orders.take_back()
        return done()

    async def take_back(self, request: Request) -> Response:
        number = request.path_params["number"]
        if not re.fullmatch(r"[0-9]{1,9}", number) or not self.orders.take_back(int(number)):
            raise no_such("fault")
        return done()

    async def list_devices(self, _request: Request) -> Response:
        return JSONResponse([asdict(device) for device in self.devices.all()])

    async def send(self, request: Request) -> Response:
        """To all phones a person registered (`email`), or to one handle as anybody who knows it could."""
        order = await json_object_of(request)
        message, email = order.get("message"), order.get("email")
        service, handle = order.get("service"), order.get("handle")
        if not isinstance(message, dict) or len(await request.body()) > MESSAGE_LIMIT:
            raise BadInputError(f"message must be an object, {MESSAGE_LIMIT} bytes with all around it")
        if order.keys() == {"message", "email"} and isinstance(email, str):
            return JSONResponse({"sent": self.devices.send(email, message)})
        if order.keys() == {"message", "service", "handle"} and service in HANDLES and isinstance(handle, str):
            return JSONResponse({"sent": self.push.send(str(service), handle, message)})
        raise BadInputError("takes message, and email or service and handle")

    async def list_crashes(self, _request: Request) -> Response:
        return JSONResponse([carrier(row) for row in self.crashes.reports()])


def _carrier(order: Order) -> dict[str, object]:
    return {"id": order.number, **order.rule.carrier(), "hits": order.hits}
