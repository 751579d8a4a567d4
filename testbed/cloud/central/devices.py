"""Which phones get whose messages: registered over the Web API or handed to Central Services (pocket agent)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from sqlite3 import Row

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.central.cards import signed_in
from testbed.cloud.central.push import PushServices
from testbed.cloud.forms import Json, json_object_of
from testbed.cloud.netserver.faults import ApiError, bad_request
from testbed.cloud.store import Store
from testbed.cloud.superid.grants import Grants

PATH = "/v1/push/devices"
# RegisterDeviceForPushNotification's DeviceInfo (PocketAgent)
FIELDS = (
    *("DeviceName", "DeviceIdentifier", "PocketVersion", "Language", "PNSHandle"),
    *("Platform", "OSVersion", "TimeZoneId"),
)
NEEDED = frozenset({"DeviceIdentifier", "PNSHandle", "Platform"})
TEXT_LIMIT = 500
HANDLE = re.compile(r"[A-Za-z0-9_:-]{16,400}")
TAG = re.compile(r"[a-z]{1,40}=[01]")


class Platform(StrEnum):
    """The documented spelling; who sends follows from it."""

    APPLE = "Apple"
    GOOGLE = "Google"
    MICROSOFT = "Microsoft"
    APPLE_DEVELOPER = "AppleDeveloper"
    APPLE_AD_HOC = "AppleAdHoc"
    GOOGLE_DEVELOPER = "GoogleDeveloper"


SENDERS = {
    Platform.APPLE: "apple",
    Platform.APPLE_DEVELOPER: "apple",
    Platform.APPLE_AD_HOC: "apple",
    Platform.GOOGLE: "google",
    Platform.GOOGLE_DEVELOPER: "google",
}


@dataclass(frozen=True, slots=True)
class Device:
    """`info` as it was registered; `tags` such as `invitations=0` (table PushNotificationService)."""

    tenant: str
    email: str
    identifier: str
    platform: Platform
    handle: str
    info: Mapping[str, str]
    tags: tuple[str, ...]


class Devices:
    """The Web API's agent registers here as well: the same phone of the same user is one device."""

    def __init__(self, store: Store, services: PushServices) -> None:
        self._store = store
        self._services = services

    def register(self, tenant: str, email: str, info: Mapping[str, Json]) -> Device:
        """Raises ApiError 400 for a DeviceInfo that is none."""
        checked = _checked(info)
        identifier, platform = checked["DeviceIdentifier"], Platform(checked["Platform"])
        self._store.change(
            "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, '') ON CONFLICT DO UPDATE SET"
            " platform = excluded.platform, handle = excluded.handle, body = excluded.body",
            (tenant, email, identifier, platform, checked["PNSHandle"], json.dumps(checked)),
        )
        return self._known(tenant, email, identifier)

    def set_tags(self, tenant: str, email: str, identifier: str, tags: tuple[str, ...]) -> Device:
        """Raises ApiError: 404 for a device that is not registered, 400 for a tag that is none."""
        if not all(TAG.fullmatch(tag) for tag in tags):
            raise bad_request("A tag is a name, =, and 0 or 1")
        changed = self._store.change(
            "UPDATE device SET tags = ? WHERE tenant = ? AND email = ? AND identifier = ?",
            (",".join(tags), tenant, email, identifier),
        )
        if not changed:
            raise ApiError(HTTPStatus.NOT_FOUND, "No such device")
        return self._known(tenant, email, identifier)

    def forget(self, tenant: str, email: str, identifier: str) -> bool:
        gone = self._store.change(
            "DELETE FROM device WHERE tenant = ? AND email = ? AND identifier = ?", (tenant, email, identifier)
        )
        return gone == 1

    def of(self, tenant: str, email: str) -> tuple[Device, ...]:
        rows = self._store.all(
            "SELECT * FROM device WHERE tenant = ? AND email = ? ORDER BY identifier", (tenant, email)
        )
        return tuple(_device(row) for row in rows)

    def all(self) -> tuple[Device, ...]:
        return tuple(_device(row) for row in self._store.all("SELECT * FROM device ORDER BY tenant, email, identifier"))

    def send(self, email: str, message: Mapping[str, Json]) -> int:
        """To every phone the person has registered; how many that was."""
        devices = [device for device in self.all() if device.email == email and device.platform in SENDERS]
        return sum(self._services.send(SENDERS[device.platform], device.handle, message) for device in devices)

    def _known(self, tenant: str, email: str, identifier: str) -> Device:
        return next(device for device in self.of(tenant, email) if device.identifier == identifier)


class DeviceDesk:
    """Central Services' own door to the same: registration, tags, and taking leave."""

    def __init__(self, grants: Grants, devices: Devices) -> None:
        self._grants = grants
        self._devices = devices

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.register, methods=["POST"]),
            Route(f"{PATH}/{{identifier}}/tags", self.tag, methods=["PUT"]),
            Route(f"{PATH}/{{identifier}}", self.forget, methods=["DELETE"]),
        ]

    async def register(self, request: Request) -> Response:
        tenant, email = signed_in(request, self._grants)
        info = (await json_object_of(request)).get("DeviceInfo")
        if not isinstance(info, dict):
            raise bad_request("The body takes DeviceInfo")
        return JSONResponse(carrier(self._devices.register(tenant, email, info)))

    async def tag(self, request: Request) -> Response:
        tenant, email = signed_in(request, self._grants)
        tags = (await json_object_of(request)).get("Tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise bad_request("The body takes Tags, a list of texts")
        chosen = tuple(str(tag) for tag in tags)
        return JSONResponse(carrier(self._devices.set_tags(tenant, email, request.path_params["identifier"], chosen)))

    async def forget(self, request: Request) -> Response:
        tenant, email = signed_in(request, self._grants)
        if not self._devices.forget(tenant, email, request.path_params["identifier"]):
            raise ApiError(HTTPStatus.NOT_FOUND, "No such device")
        return Response(status_code=HTTPStatus.NO_CONTENT)


def carrier(device: Device) -> dict[str, object]:
    return {"DeviceInfo": dict(device.info), "Tags": list(device.tags)}


def _checked(info: Mapping[str, Json]) -> dict[str, str]:
    if not info.keys() <= set(FIELDS) or not info.keys() >= NEEDED:
        raise bad_request(f"DeviceInfo takes {', '.join(FIELDS)}, and needs {', '.join(sorted(NEEDED))}")
    texts = {name: value for name, value in info.items() if isinstance(value, str) and 0 < len(value) <= TEXT_LIMIT}
    if len(texts) != len(info):
        raise bad_request(f"Each field of DeviceInfo is a text of 1 to {TEXT_LIMIT} characters")
    if texts["Platform"] not in set(Platform):
        raise bad_request(f"Platform is one of {', '.join(Platform)}")
    if not HANDLE.fullmatch(texts["PNSHandle"]):
        raise bad_request("PNSHandle is no handle of a push service")
    return texts


def _device(row: Row) -> Device:
    tags = tuple(tag for tag in row["tags"].split(",") if tag)
    return Device(
        row["tenant"],
        row["email"],
        row["identifier"],
        Platform(row["platform"]),
        row["handle"],
        json.loads(row["body"]),
        tags,
    )
