"""FBCustomCommands.m, FBOrientationCommands.m, FBScreenshotCommands.m: the phone as a whole."""

import asyncio
import base64
import binascii

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.phone import AppFailedError, AppMissingError, Held
from testbed.ios.wda.refusal import Unmodelled, invalid

RUNNERS = frozenset({"com.facebook.WebDriverAgentRunner.xctrunner", "com.facebook.WebDriverAgentRunner"})
CONTENT = frozenset({"plaintext", "image", "url"})
BUTTONS = ("home", "volumedown", "volumeup")
DEACTIVATED = 3.0
"""Seconds, where the client names none."""
PATIENCE = 60.0
"""Seconds that a notification is waited for, where the client names none."""
ORIENTATIONS = {
    "PORTRAIT": Held.PORTRAIT,
    "LANDSCAPE": Held.LANDSCAPE_LEFT,
    "UIA_DEVICE_ORIENTATION_LANDSCAPERIGHT": Held.LANDSCAPE_RIGHT,
    "UIA_DEVICE_ORIENTATION_PORTRAIT_UPSIDEDOWN": Held.UPSIDE_DOWN,
}
ROTATIONS = {
    Held.PORTRAIT: {"x": 0, "y": 0, "z": 0},
    Held.UPSIDE_DOWN: {"x": 0, "y": 0, "z": 180},
    Held.LANDSCAPE_LEFT: {"x": 0, "y": 0, "z": 270},
    Held.LANDSCAPE_RIGHT: {"x": 0, "y": 0, "z": 90},
    Held.FACE_UP: {"x": 90, "y": 0, "z": 0},
    Held.FACE_DOWN: {"x": 270, "y": 0, "z": 0},
}
"""XCUIDevice+FBRotation.m."""
HID = {(0x0C, 0x40): "home", (0x0C, 0x30): "power", (0x0C, 0xE9): "volume up", (0x0C, 0xEA): "volume down"}
"""Of the consumer page: Menu, Power, Volume Increment and Decrement."""
AUDIT_SINCE = 17
AUDITS = tuple(
    f"XCUIAccessibilityAuditType{name}"
    for name in (
        *("Action", "All", "Contrast", "DynamicType", "ElementDetection", "HitRegion", "ParentChild"),
        *("SufficientElementDescription", "TextClipped", "Trait"),
    )
)


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


async def screens(desk: Desk, _ask: Ask) -> object:
    """FBScreen.m, screensWithError."""
    device = desk.phone.device
    width, height = device.size
    bounds = {"x": 0, "y": 0, "width": width, "height": height}
    return [{"displayId": 1, "isMain": True, "scale": device.scale, "bounds": bounds, "traits": 0}]


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


async def launch_unattached(desk: Desk, ask: Ask) -> object:
    """FBUnattachedAppLauncher.m: through LSApplicationWorkspace, and so without XCTest looking on."""
    try:
        await desk.phone.activate(ask.text("bundleId") or "")
    except (AppMissingError, AppFailedError) as error:
        raise Refusal(Fault.UNKNOWN_ERROR, "LSApplicationWorkspace failed to launch app") from error
    return None


async def expect_notification(desk: Desk, ask: Ask) -> object:
    """Wait for a name that is posted: a Darwin one by anybody, a plain one by WebDriverAgent's own app, so never."""
    name, kind = ask.text("name"), ask.text("type") or "plain"
    seconds = ask.number("timeout")
    seconds = PATIENCE if seconds is None else seconds
    if name is None:
        raise invalid("Notification name argument must be provided")
    if kind not in {"plain", "darwin"}:
        raise invalid(f"Notification type could only be 'plain' or 'darwin'. Got '{kind}' instead")
    if not await desk.phone.expect(name if kind == "darwin" else None, seconds):
        words = f"Did not receive any expected {name} notifications within {seconds:g}s"
        raise Refusal(Fault.TIMEOUT, words)
    return None


async def hid_event(desk: Desk, ask: Ask) -> object:
    """A button by its number in USB's HID usage tables; those that change what is seen do so here."""
    page, usage = ask.number("page"), ask.number("usage")
    button = HID.get((int(page or 0), int(usage or 0)))
    if button is None:
        raise Unmodelled("hid event", f"page {page} usage {usage}")
    desk.session.hand.await_answer()
    if button == "home":
        await desk.phone.press_home()
    elif button == "power":
        await (desk.phone.unlock() if desk.phone.locked else desk.phone.press_lock())
    return None


async def audit(desk: Desk, ask: Ask) -> object:
    """XCUIApplication+FBHelpers.m; what Apple's audit finds in a screen is not known here."""
    kinds = ask.body.get("auditTypes") or []
    unknown = next((one for one in kinds if one not in AUDITS), None)
    if unknown is not None:
        known = "(\n    " + ",\n    ".join(AUDITS) + "\n)"
        words = f"Audit type value '{unknown}' is not known. Only the following audit types are supported: {known}"
        raise invalid(words)
    if int(desk.phone.device.ios.partition(".")[0]) < AUDIT_SINCE:
        raise Refusal(Fault.UNKNOWN_ERROR, "Accessibility audit is only supported since iOS 17/Xcode 15")
    raise Unmodelled("audit", "an accessibility audit")


async def orientation(desk: Desk, _ask: Ask) -> object:
    """Both landscapes are one to a client, as are both portraits (_wdOrientationsMapping)."""
    return "LANDSCAPE" if desk.phone.interface.landscape else "PORTRAIT"


async def set_orientation(desk: Desk, ask: Ask) -> object:
    wanted = ORIENTATIONS.get((ask.text("orientation") or "").upper())
    if wanted is None or not desk.phone.turn(wanted):
        raise Refusal(Fault.UNKNOWN_ERROR, "Unable To Rotate Device")
    return None


async def rotation(desk: Desk, _ask: Ask) -> object:
    return ROTATIONS[desk.phone.interface]


async def set_rotation(desk: Desk, ask: Ask) -> object:
    given = {axis: ask.body.get(axis) for axis in "xyz"}
    if None in given.values():
        raise invalid(f"x, y and z arguments must exist in the request body: {dict(ask.body)}")
    wanted = next((held for held, mapped in ROTATIONS.items() if mapped == given), None)
    if wanted is None:
        raise invalid(
            f"{given} rotation is not supported. Only the following values are supported: {[*ROTATIONS.values()]}"
        )
    if not desk.phone.turn(wanted):
        words = f"The current rotation cannot be set to {given}. Make sure the {desk.session.active().bundle_id}"
        raise Refusal(Fault.INVALID_ELEMENT_STATE, f"{words} application supports it")
    return None


async def device_orientation(desk: Desk, _ask: Ask) -> object:
    return desk.phone.held.value


def _content_type(ask: Ask) -> str:
    kind = ask.text("contentType") or "plaintext"
    if kind.lower() not in CONTENT:
        raise Refusal(Fault.UNKNOWN_ERROR, f"Unsupported content type: {kind}")
    return kind.lower()
