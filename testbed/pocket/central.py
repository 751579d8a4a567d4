"""Central Services, the vendor's own: the business-card scanner, and which phone gets which messages.

Host and paths are not documented; these are ours.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .api import Api, read
from .tokens import Session
from .trouble import Refused

HOST: Final = "https://central.superoffice.test"
CARDS, DEVICES = f"{HOST}/v1/cards", f"{HOST}/v1/push/devices"
NO_CARD: Final = 422
PICTURE_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Device:
    """This phone as a place for messages: what RegisterDeviceForPushNotification wants to know and no more."""

    identifier: str
    handle: str
    platform: str


def scan_card(api: Api, picture: bytes) -> Mapping[str, str]:
    """Return the fields of the card in a picture; raises Refused."""
    try:
        answer = api.ask("POST", at(CARDS), content=jpeg(picture), headers={"Content-Type": "image/jpeg"})
    except Refused as refused:
        if refused.status == NO_CARD:
            raise Refused("No business card was found in the picture.", NO_CARD) from None
        raise
    fields = read(answer).get("Fields")
    return {str(name): str(value) for name, value in fields.items()} if isinstance(fields, dict) else {}


def register(api: Api, device: Device, tags: tuple[str, ...]) -> None:
    """Have messages sent to this phone, of the kinds that the tags say."""
    told = {"DeviceIdentifier": device.identifier, "PNSHandle": device.handle, "Platform": device.platform}
    api.ask("POST", at(DEVICES), json={"DeviceInfo": told})
    api.ask("PUT", at(f"{DEVICES}/{device.identifier}/tags"), json={"Tags": list(tags)})


def forget(api: Api, identifier: str) -> None:
    """Have no more messages sent to this phone."""
    api.ask("DELETE", at(f"{DEVICES}/{identifier}"))


def at(address: str) -> Callable[[Session], str]:
    """Return an address that is the same for every session."""
    return lambda _session: address


def jpeg(picture: bytes) -> bytes:
    """Return a camera's picture as the scanner takes it; raises Refused for what is none."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- slow to import, and only a scan needs it

    out = io.BytesIO()
    try:
        Image.open(io.BytesIO(picture)).convert("RGB").save(out, "JPEG", quality=PICTURE_QUALITY)
    except (UnidentifiedImageError, OSError):
        raise Refused("The camera gave no picture.") from None
    return out.getvalue()
