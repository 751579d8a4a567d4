"""com.apple.springboardservices (libimobiledevice, src/sbservices.c): the home screen."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.packages.app import App

DOCK: Final = frozenset({"com.apple.mobilesafari"})
METRICS: Final = {
    "homeScreenHeight": 844.0,
    "homeScreenIconColumns": 4.0,
    "homeScreenIconDockMaxCount": 4.0,
    "homeScreenIconHeight": 60.0,
    "homeScreenIconMaxPages": 15.0,
    "homeScreenIconRows": 6.0,
    "homeScreenIconWidth": 60.0,
    "homeScreenWidth": 390.0,
}


async def serve(device: Device, line: Line) -> None:
    async for request in line.requests():
        answer = _answer(device, request)
        if answer is None:
            device.unmodelled.note("springboard", f"{request.get('command')}")
            return  # SpringBoard says nothing to what it does not know, and hangs up
        await line.answer(answer)


def _answer(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any] | list[Any] | None:
    match request.get("command"):
        case "getInterfaceOrientation":
            return {"interfaceOrientation": device.body.orientation}
        case "getIconState":
            icons = [(app.bundle_id in DOCK, _icon(app)) for app in device.apps.installed.values()]
            return [[icon for docked, icon in icons if docked], [icon for docked, icon in icons if not docked]]
        case "getHomeScreenIconMetrics":
            return METRICS
        case "getIconPNGData" if device.apps.get(str(request.get("bundleId"))) is not None:
            return {"pngData": device.body.icon(str(request["bundleId"]))}
    return None


def _icon(app: App) -> Mapping[str, Any]:
    return {
        "bundleIdentifier": app.bundle_id,
        "displayIdentifier": app.bundle_id,
        "displayName": app.info.name,
        "iconModDate": datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    }
