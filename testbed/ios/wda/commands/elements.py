"""FBElementCommands.m, FBFindElementCommands.m, FBDebugCommands.m: finding elements, asking them, typing."""

import base64
import io

from PIL import Image

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda import attributes, source
from testbed.ios.wda.ask import Ask, element_json
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.locate import find
from testbed.ios.wda.refusal import Unmodelled, invalid
from testbed.ios.wda.session import View
from testbed.ios.wda.snapshot import Snapshot

NO_KEYBOARD = "The on-screen keyboard must be present to send keys"
FORMATS = ("xml", "json", "description")
BACKSPACE = "\b"
TYPE_KEY_SINCE = 17
NAMED = "XCUIKeyboardKey"
NAMED_KEYS = {"Delete": "\b", "Return": "\n", "Enter": "\n", "Space": " "}
"""FBKeyboard.m, keyValueForName; other named keys do nothing to a field that this phone could show."""


async def page_source(desk: Desk, ask: Ask) -> object:
    view = await desk.session.view()
    kind = ask.query.get("format", "xml").lower()
    excluded = [name for name in ask.query.get("excluded_attributes", "").split(",") if name]
    if kind == "xml":
        return source.xml(view.root, view.reader, desk.session.settings, ask.query.get("scope", ""), excluded)
    if kind == "json":
        return source.tree(view.root, view.reader, frozenset(excluded))
    if kind == "description":
        return source.description(view.root)
    known = "(\n    " + ",\n    ".join(FORMATS) + "\n)"
    raise invalid(f"Unknown source format '{ask.query['format']}'. Only {known} source formats are supported.")


async def accessible_source(desk: Desk, _ask: Ask) -> object:
    view = await desk.session.view()
    return source.accessible(view.root, view.reader) or {}


async def find_one(desk: Desk, ask: Ask) -> object:
    view, root = await _context(desk, ask)
    found = _found(desk, ask, view, root)
    if not found:
        words = f"unable to find an element using '{ask.text('using')}', value '{ask.text('value')}'"
        raise Refusal(Fault.NO_SUCH_ELEMENT, words)
    return _answer(desk, view, found[0])


async def find_all(desk: Desk, ask: Ask) -> object:
    view, root = await _context(desk, ask)
    return [_answer(desk, view, one) for one in _found(desk, ask, view, root)]


async def visible_cells(desk: Desk, ask: Ask) -> object:
    view, one = await desk.session.element(ask.element)
    return [_answer(desk, view, each) for each in one.walk() if each.type == "Cell" and each.visible]


async def active(desk: Desk, _ask: Ask) -> object:
    view = await desk.session.view()
    for one in view.root.walk():
        if one.focused:
            return _answer(desk, view, one)
    raise Refusal(Fault.NO_SUCH_ELEMENT, "unable to find an element using '(null)', value '(null)'")


async def enabled(desk: Desk, ask: Ask) -> object:
    return (await desk.session.element(ask.element))[1].enabled


async def displayed(desk: Desk, ask: Ask) -> object:
    return (await desk.session.element(ask.element))[1].visible


async def selected(desk: Desk, ask: Ask) -> object:
    return (await desk.session.element(ask.element))[1].selected


async def rect(desk: Desk, ask: Ask) -> object:
    return attributes.rect((await desk.session.element(ask.element))[1])


async def text(desk: Desk, ask: Ask) -> object:
    return attributes.text_of((await desk.session.element(ask.element))[1])


async def type_name(desk: Desk, ask: Ask) -> object:
    view, one = await desk.session.element(ask.element)
    return view.reader.read("type", one)


async def attribute(desk: Desk, ask: Ask) -> object:
    view, one = await desk.session.element(ask.element)
    return view.reader.read(ask.path["name"], one)


async def accessible(desk: Desk, ask: Ask) -> object:
    view, one = await desk.session.element(ask.element)
    return view.reader.read("accessible", one)


async def container(desk: Desk, ask: Ask) -> object:
    view, one = await desk.session.element(ask.element)
    return view.reader.read("accessibilityContainer", one)


async def click(desk: Desk, ask: Ask) -> object:
    _, one = await desk.session.element(ask.element)
    await desk.session.hand.tap(one.place.centre)
    return None


async def send_keys(desk: Desk, ask: Ask) -> object:
    """Tap the element where it has not the keyboard, then strike the keys: they go to whatever has it."""
    _, one = await desk.session.element(ask.element)
    keys = ask.keys("value", "text")
    if keys is None:
        raise invalid("Neither 'value' nor 'text' parameter is provided")
    if one.type in {"PickerWheel", "Slider"}:
        raise Unmodelled("element", f"setting the value of a {one.type}")
    await _take_keyboard(desk, one)
    await _type(desk, keys)
    return None


async def clear(desk: Desk, ask: Ask) -> object:
    _, one = await desk.session.element(ask.element)
    if not one.value:
        return None
    await _take_keyboard(desk, one)
    await _type(desk, BACKSPACE * len(one.value))
    return None


async def keys(desk: Desk, ask: Ask) -> object:
    await _type(desk, ask.keys("value") or "")
    return None


async def hardware_keys(desk: Desk, ask: Ask) -> object:
    """XCUIElement.typeKey, since iOS 17: a hardware keyboard, which needs none on the screen; /element/0 is the app."""
    if ask.element != "0":
        await desk.session.element(ask.element)
    given = ask.body.get("keys")
    if int(desk.phone.device.ios.partition(".")[0]) < TYPE_KEY_SINCE:
        raise Refusal(Fault.UNSUPPORTED, "typeKey API is only supported since Xcode15 and iPadOS 17")
    if not isinstance(given, list):
        raise invalid("The 'keys' argument must be an array")
    await desk.session.hand.type("".join(map(_struck, given)))
    return None


def _struck(item: object) -> str:
    """One of the `keys`: a character, or XCTest's name of a key, alone or with modifiers."""
    key, flags = (item.get("key"), item.get("modifierFlags")) if isinstance(item, dict) else (item, 0)
    if not isinstance(item, dict | str):
        raise invalid("All items of the 'keys' array must be either dictionaries or strings")
    if not isinstance(key, str):
        words = "All dictionaries of 'keys' array must have the 'key' item of type string"
        raise invalid(f"{words}. Got '{key}' instead in the item {item}")
    if flags or (key.startswith(NAMED) and key.removeprefix(NAMED) not in NAMED_KEYS):
        raise Unmodelled("key", f"the key {key} with modifiers {flags or 0}")
    return NAMED_KEYS.get(key.removeprefix(NAMED), "") if key.startswith(NAMED) else key


async def wheel(desk: Desk, ask: Ask) -> object:
    """FBElementCommands.m, handleWheelSelect: no screen of this phone has a wheel."""
    view, one = await desk.session.element(ask.element)
    kind = view.reader.read("type", one)
    raise invalid(f"The element is expected to be a valid Picker Wheel control. '{kind}' was given instead")


async def screenshot(desk: Desk, ask: Ask) -> object:
    _, one = await desk.session.element(ask.element)
    scale = desk.phone.device.scale
    place = one.place.integral()
    if place.empty:
        raise Refusal(Fault.UNABLE_TO_CAPTURE, f"Cannot take a screenshot of {one.type} {one.identifier}")
    out = io.BytesIO()
    with Image.open(io.BytesIO(desk.phone.screenshot())) as image:
        image.crop(
            (place.x * scale, place.y * scale, (place.x + place.width) * scale, (place.y + place.height) * scale)
        ).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


async def _take_keyboard(desk: Desk, one: Snapshot) -> None:
    if not any(each.focused for each in one.walk()):
        await desk.session.hand.tap(one.place.centre)


async def _type(desk: Desk, text: str) -> None:
    if not await desk.session.hand.type(text):
        raise Refusal(Fault.INVALID_ELEMENT_STATE, NO_KEYBOARD)


async def _context(desk: Desk, ask: Ask) -> tuple[View, Snapshot]:
    if "uuid" in ask.path:
        return await desk.session.element(ask.element)
    view = await desk.session.view()
    return view, view.root


def _found(desk: Desk, ask: Ask, view: View, root: Snapshot) -> list[Snapshot]:
    limited = desk.session.settings.flag("limitXPathContextScope")
    return find(ask.text("using") or "", ask.text("value") or "", root, view, limited=limited)


def _answer(desk: Desk, view: View, one: Snapshot) -> dict[str, object]:
    """FBResponsePayload.m, FBDictionaryResponseWithElement."""
    session = desk.session
    answer: dict[str, object] = dict(element_json(session.elements.add(one, view.scene.bundle_id, view.scene.pid)))
    if session.settings.flag("shouldUseCompactResponses"):
        return answer
    for field in session.settings.text("elementResponseAttributes").split(","):
        answer |= _extra(view, one, field.strip())
    return answer


def _extra(view: View, one: Snapshot, field: str) -> dict[str, object]:
    if field == "name":
        return {field: view.reader.read("type", one)}
    if field == "text":
        return {field: attributes.text_of(one) or None}
    if field == "displayed":
        return {field: one.visible}
    if field in {"type", "rect", "enabled", "selected", "label"} or field.startswith("attribute/"):
        return {field: view.reader.read(field.removeprefix("attribute/"), one)}
    return {}
