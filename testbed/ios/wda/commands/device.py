"""FBCustomCommands.m, FBOrientationCommands.m, FBScreenshotCommands.m: the phone as a whole."""

import asyncio
import base64
import binascii

from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.phone import AppFailedError, AppMissingError
from testbed.ios.wda.refusal import Fault, Refusal, Unmodelled, invalid

RUNNERS = frozenset({"com.facebook.WebDriverAgentRunner.xctrunner", "com.facebook.WebDriverAgentRunner"})
CONTENT = frozenset({"plaintext", "image", "url"})
BUTTONS = ("home", "volumedown", "volumeup")
DEACTIVATED = 3.0
"""Seconds, where the client names none."""
ROTATIONS = {"PORTRAIT": 0, "LANDSCAPE": 90}


async def screenshot(desk: Desk, _ask: Ask) -> object:
    await desk.session.hand.settle()
    return base64.b64encode(desk.phone.screenshot()).decode()


async def home(desk: Desk, _ask: Ask) -> object:
    await desk.phone.press_home()
    return None


async def deactivate(desk: Desk, ask: Ask) -> object:
    """To the home screen, and back after so many seconds."""
    seconds = ask.number("duration")
    active = desk.session.active().bundle_id
    await desk.phone.press_home()
    await asyncio.sleep(max(0.0, DEACTIVATED if seconds is None else seconds))
    try:
        await desk.phone.activate(active)
    except (AppMissingError, AppFailedError) as error:
        raise Refusal(Fault.UNKNOWN_ERROR, str(error)) from error
    return None


async def timeouts(_desk: Desk, _ask: Ask) -> object:
    return None  # FBCustomCommands.m: intentionally not supported, and answered with OK


async def dismiss_keyboard(desk: Desk, _ask: Ask) -> object:
    if not await desk.phone.dismiss_keyboard():
        message = "Did not know how to dismiss the keyboard. Try to dismiss it in the way supported by your application"
        raise Refusal(Fault.INVALID_ELEMENT_STATE, f"{message} under test.")
    return None


async def lock(desk: Desk, _ask: Ask) -> object:
    await desk.phone.press_lock()
    return None


async def unlock(desk: Desk, _ask: Ask) -> object:
    await desk.phone.unlock()
    return None


async def locked(desk: Desk, _ask: Ask) -> object:
    return desk.phone.locked


async def screen(desk: Desk, _ask: Ask) -> object:
    device = desk.phone.device
    width, height = device.size
    return {
        "screenSize": {"width": width, "height": height},
        "statusBarSize": {"width": width, "height": device.status_bar},
        "displayId": 1,
        "scale": device.scale,
    }


async def window_size(desk: Desk, _ask: Ask) -> object:
    width, height = desk.phone.device.size
    return {"width": width, "height": height}


async def window_rect(desk: Desk, _ask: Ask) -> object:
    width, height = desk.phone.device.size
    return {"x": 0, "y": 0, "width": width, "height": height}


async def active_app(desk: Desk, _ask: Ask) -> object:
    scene = desk.session.active()
    started = {"args": list(scene.arguments), "env": dict(scene.environment or {})}
    return {"pid": scene.pid, "bundleId": scene.bundle_id, "name": scene.name, "processArguments": started}


async def battery(desk: Desk, _ask: Ask) -> object:
    return {"level": desk.phone.battery.level, "state": desk.phone.battery.state}


async def info(desk: Desk, _ask: Ask) -> object:
    device = desk.phone.device
    return {
        "currentLocale": device.locale,
        "timeZone": device.time_zone,
        "name": device.name,
        "model": device.model,
        "uuid": device.vendor_id,
        "userInterfaceIdiom": 0,
        "userInterfaceStyle": desk.phone.appearance,
        "isSimulator": False,
        "thermalState": 0,
    }


async def set_appearance(desk: Desk, ask: Ask) -> object:
    name = (ask.text("name") or "").lower()
    if name not in {"light", "dark"}:
        raise invalid("The appearance name must be either 'light' or 'dark'")
    if name != desk.phone.appearance:
        raise Unmodelled("appearance", name)
    return None


async def write_pasteboard(desk: Desk, ask: Ask) -> object:
    """An app in the background writes nothing (since iOS 14): WebDriverAgent's own app must be in front."""
    kind = _content_type(ask)
    try:
        content = base64.b64decode(ask.text("content") or "")
    except (binascii.Error, ValueError) as error:
        raise invalid("Cannot decode the pasteboard content from base64") from error
    if desk.phone.front().bundle_id in RUNNERS:
        desk.phone.pasteboard = (kind, content)
    return None


async def read_pasteboard(desk: Desk, ask: Ask) -> object:
    """Only the app in front reads it; to any other, WebDriverAgent's own included, it is empty (UIPasteboard)."""
    wanted = _content_type(ask)
    kind, content = desk.phone.pasteboard
    readable = desk.phone.front().bundle_id in RUNNERS and kind == wanted
    return base64.b64encode(content if readable else b"").decode()


async def press_button(desk: Desk, ask: Ask) -> object:
    name = (ask.text("name") or "").lower()
    if name not in BUTTONS:
        known = "(\n    " + ",\n    ".join(BUTTONS) + "\n)"
        message = f"The button '{ask.text('name')}' is not supported. The device under test only supports the following"
        raise Refusal(Fault.UNKNOWN_ERROR, f"{message} buttons: {known}")
    if name == "home":
        desk.session.hand.await_answer()
        await desk.phone.press_home()
    return None


async def siri(_desk: Desk, _ask: Ask) -> object:
    raise Refusal(Fault.UNKNOWN_ERROR, "Siri service is not available on the device under test")


async def reset_permission(desk: Desk, ask: Ask) -> object:
    resource = ask.number("resource")
    if resource is None:
        words = "The 'resource' argument must be set to a valid resource identifier (numeric value)"
        link = "https://developer.apple.com/documentation/xctest/xcuiprotectedresource?language=objc"
        raise invalid(f"{words}. See {link}")
    desk.phone.reset_permission(desk.session.active().bundle_id, int(resource))
    return None


async def touch_id(_desk: Desk, _ask: Ask) -> object:
    """FBTouchIDCommands.m notifies BiometricKit's simulator half, which a phone has not; the answer is OK anyway."""
    return None


async def orientation(desk: Desk, _ask: Ask) -> object:
    return desk.phone.orientation


async def set_orientation(desk: Desk, ask: Ask) -> object:
    wanted = (ask.text("orientation") or "").upper()
    if wanted != desk.phone.orientation:
        raise Refusal(Fault.UNKNOWN_ERROR, "Unable To Rotate Device")
    return None


async def rotation(desk: Desk, _ask: Ask) -> object:
    return {"x": 0, "y": 0, "z": ROTATIONS[desk.phone.orientation]}


async def set_rotation(desk: Desk, ask: Ask) -> object:
    if any(ask.body.get(axis) is None for axis in "xyz"):
        raise invalid(f"x, y and z arguments must exist in the request body: {dict(ask.body)}")
    if ask.number("z") != ROTATIONS[desk.phone.orientation]:
        rotation = {axis: ask.body[axis] for axis in "xyz"}
        words = f"The current rotation cannot be set to {rotation}. Make sure the {desk.session.active().bundle_id}"
        raise Refusal(Fault.INVALID_ELEMENT_STATE, f"{words} application supports it")
    return None


def _content_type(ask: Ask) -> str:
    kind = ask.text("contentType") or "plaintext"
    if kind.lower() not in CONTENT:
        raise Refusal(Fault.UNKNOWN_ERROR, f"Unsupported content type: {kind}")
    return kind.lower()
