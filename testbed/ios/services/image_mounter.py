"""com.apple.mobile.mobile_image_mounter: the developer disk image (libimobiledevice, src/mobile_image_mounter.c).

The phone comes with a personalised image mounted, as Xcode leaves it. Another cannot be mounted: that needs a manifest
signed by Apple for this very phone.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.line import Line, LineClosedError

MOUNT: Final = "/System/Developer"
PERSONALISED: Final = "Personalized"
DONE: Final = {"Status": "Complete"}


async def serve(device: Device, line: Line) -> None:
    async for request in line.requests():
        if request.get("Command") == "Hangup":
            await line.answer({"Goodbye": True})
            return
        if request.get("Command") == "ReceiveBytes":
            await _receive(line, request)
        else:
            await line.answer(_answer(device, request))


def _answer(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    match request.get("Command"):
        case "LookupImage":
            present = device.image_mounted and request.get("ImageType") == PERSONALISED
            return {**DONE, "ImagePresent": present, "ImageSignature": [_signature(device)] if present else []}
        case "CopyDevices":
            return {**DONE, "EntryList": [_entry(device)] if device.image_mounted else []}
        case "QueryDeveloperModeStatus":
            return {**DONE, "DeveloperModeStatus": device.developer_mode}
        case "UnmountImage":
            return _unmount(device, request)
        case "MountImage":
            return _failure(_why_not_mounted(device, request))
        case name:
            device.unmodelled.note("image_mounter", f"{name}")
            return {"Error": "UnknownCommand", "DetailedError": f"Unknown command: {name}"}


def _why_not_mounted(device: Device, request: Mapping[str, Any]) -> str:
    if device.image_mounted:
        return f"The image of type {request.get('ImageType')} is already mounted at {MOUNT}"
    device.unmodelled.note("image_mounter", f"MountImage {request.get('ImageType')}")
    return "Failed to verify the personalization manifest"


def _unmount(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    if not device.image_mounted or request.get("MountPath") != MOUNT:
        return _failure(f"There is no matching entry for {request.get('MountPath')}")
    device.image_mounted = False
    return DONE


async def _receive(line: Line, request: Mapping[str, Any]) -> None:
    """Take the bytes of an image, and forget them: MountImage will not take them."""
    await line.answer({"Status": "ReceiveBytesAck"})
    size = request.get("ImageSize")
    left = size if isinstance(size, int) else 0
    while left > 0:
        more = await line.read_some(left)
        if not more:
            raise LineClosedError("the image ended early")
        left -= len(more)
    await line.answer(DONE)


def _failure(detail: str) -> Mapping[str, Any]:
    return {"Error": "InternalError", "DetailedError": detail}


def _signature(device: Device) -> bytes:
    return hashlib.sha384(device.model.udid.encode()).digest()


def _entry(device: Device) -> Mapping[str, Any]:
    return {
        "DiskImageType": PERSONALISED,
        "ImageSignature": _signature(device),
        "IsMounted": True,
        "MountPath": MOUNT,
        "PersonalizedImageType": "DeveloperDiskImage",
    }
