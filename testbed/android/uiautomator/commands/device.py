"""The phone as a whole: screenshot, keys, sizes, clipboard, battery, orientation."""

import base64
import binascii

from testbed.android.uiautomator.ask import Ask, invalid
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.keys import BACK
from testbed.handset.refusal import Fault, Refusal
from testbed.screen import theme

_ORIENTATIONS = ("LANDSCAPE", "PORTRAIT")
_ROTATIONS = {0: "ROTATION_0", 90: "ROTATION_90", 180: "ROTATION_180", 270: "ROTATION_270"}


async def screenshot(desk: Desk, _ask: Ask) -> object:
    return base64.b64encode(desk.phone.screenshot()).decode()


async def back(desk: Desk, _ask: Ask) -> object:
    await desk.session.hand.press(BACK)
    return None


async def press_key(desk: Desk, ask: Ask) -> object:
    code = ask.need("keycode", int, "KeyCodeModel")
    if any(ask.may(name, int) for name in ("metastate", "flags", "source")):
        desk.on_unmodelled("key", f"modifiers of key {code}")
    if not await desk.session.hand.press(code):
        raise Refusal(Fault.INVALID_ELEMENT_STATE, f"Cannot generate key press event for key code {code}")
    return None


async def window_size(desk: Desk, _ask: Ask) -> object:
    width, height = desk.phone.size
    return {"height": height, "width": width}


async def pixel_ratio(desk: Desk, _ask: Ask) -> object:
    return desk.phone.density / 160


async def display_density(desk: Desk, _ask: Ask) -> object:
    return desk.phone.density


async def system_bars(_desk: Desk, _ask: Ask) -> object:
    return {"statusBar": theme.STATUS_BAR}


async def info(desk: Desk, _ask: Ask) -> object:
    phone, about = desk.phone, desk.phone.device_info
    return {
        "androidId": about.android_id,
        "manufacturer": about.manufacturer,
        "model": phone.model,
        "brand": about.brand,
        "apiVersion": str(phone.api),
        "platformVersion": about.platform_version,
        "carrierName": about.carrier,
        "realDisplaySize": f"{phone.size[0]}x{phone.size[1]}",
        "displayDensity": phone.density,
        "networks": list(about.networks),
        "locale": about.locale,
        "timeZone": about.time_zone,
        "bluetooth": None,
    }


async def battery(desk: Desk, _ask: Ask) -> object:
    return {"level": desk.phone.battery.level, "status": desk.phone.battery.status}


async def read_clipboard(desk: Desk, ask: Ask) -> object:
    _plain_text(ask)
    return base64.b64encode(desk.phone.clipboard.encode()).decode()


async def write_clipboard(desk: Desk, ask: Ask) -> object:
    content = ask.need("content", str, "SetClipboardModel")
    _plain_text(ask)
    try:
        desk.phone.clipboard = base64.b64decode(content, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise invalid(f"bad base-64: {error}") from error
    return None


async def orientation(desk: Desk, _ask: Ask) -> object:
    return desk.phone.orientation


async def declared_orientation(desk: Desk, _ask: Ask) -> object:
    """What the manifest says of the activity in front, or null (uiautomator2 driver, build/lib/commands/misc.js)."""
    return desk.phone.declared_orientation()


async def open_notifications(desk: Desk, _ask: Ask) -> object:
    desk.phone.open_notifications()
    return None


async def set_orientation(desk: Desk, ask: Ask) -> object:
    wanted = ask.need("orientation", str, "OrientationModel").upper()
    if wanted not in _ORIENTATIONS:
        message = f"Orientation value '{wanted}' is not supported. Only 'LANDSCAPE' and 'PORTRAIT' values could be "
        raise invalid(f"{message}translated into a valid screen orientation")
    if wanted != desk.phone.orientation and not desk.phone.rotate(0 if wanted == "PORTRAIT" else 1):
        raise _locked("ROTATION_90" if wanted == "LANDSCAPE" else "ROTATION_0")
    return desk.phone.orientation


async def rotation(desk: Desk, _ask: Ask) -> object:
    return {"x": 0, "y": 0, "z": desk.phone.rotation * 90}


async def set_rotation(desk: Desk, ask: Ask) -> object:
    degrees = ask.need("z", int, "RotationModel")
    if degrees not in _ROTATIONS:
        raise invalid(
            f"Rotation value of {degrees} degrees is not supported. Only 0, 90, 180 and 270 degrees could "
            "be translated into a valid screen rotation"
        )
    if degrees != desk.phone.rotation * 90 and not desk.phone.rotate(degrees // 90):
        raise _locked(_ROTATIONS[degrees])
    return _ROTATIONS[degrees]


async def reset_accessibility_cache(_desk: Desk, _ask: Ask) -> object:
    return None


def _plain_text(ask: Ask) -> None:
    given = ask.may("contentType", str)
    if given is not None and given.upper() != "PLAINTEXT":
        raise invalid(f"Only '[PLAINTEXT]' content types are supported. '{given}' is given instead")


def _locked(rotation: str) -> Refusal:
    message = f"Screen rotation cannot be changed to {rotation} after 2000ms. Is it locked programmatically?"
    return Refusal(Fault.INVALID_ELEMENT_STATE, message)
