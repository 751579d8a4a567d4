"""Finding elements, asking them and using them."""

import base64
import io
import json

from PIL import Image

from testbed.android.uiautomator.ask import Ask
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.elements import Locator
from testbed.android.uiautomator.keys import ENTER
from testbed.android.uiautomator.node import Node, Value
from testbed.android.uiautomator.refusal import NOT_LOCATED
from testbed.android.uiautomator.source import page_source
from testbed.handset.refusal import Fault, Refusal
from testbed.screen import Rect

_ALIASES = {
    "className": "class",
    "contentDescription": "content-desc",
    "longClickable": "long-clickable",
    "resourceId": "resource-id",
    "name": "text",
    "isCollection": "is-collection",
    "isCollectionItem": "is-collection-item",
}
# those that UiObject2Element.getAttribute answers and this phone knows
_ATTRIBUTES = frozenset(
    {
        *("text", "content-desc", "class", "resource-id", "enabled", "checkable", "checked", "clickable"),
        *("focusable", "focused", "long-clickable", "scrollable", "selected", "displayed", "password", "bounds"),
        *("package", "hint", "is-collection", "is-collection-item", "contentSize"),
    }
)
_UNMODELLED = frozenset(
    {
        "selection-start",
        "selection-end",
        "extras",
        "collection-info",
        "collectionInfo",
        "collection-item-info",
        "collectionItemInfo",
    }
)


async def source(desk: Desk, _ask: Ask) -> object:
    return page_source(await desk.session.window(), desk.phone.size, desk.phone.rotation)


async def find_one(desk: Desk, ask: Ask) -> object:
    found = await desk.session.find(_locator(ask, single=True), ask.may("context", str) or None)
    if not found:
        raise Refusal(Fault.NO_SUCH_ELEMENT, NOT_LOCATED)
    return _model(desk, *found[0])


async def find_all(desk: Desk, ask: Ask) -> object:
    found = await desk.session.find(_locator(ask, single=False), ask.may("context", str) or None)
    return [_model(desk, *each) for each in found]


async def active(desk: Desk, _ask: Ask) -> object:
    return _add(desk, await _focused(desk))


async def first_visible(desk: Desk, ask: Ask) -> object:
    children = (await desk.node(ask.element)).children
    if not children:
        raise Refusal(Fault.NO_SUCH_ELEMENT, "Could not get children for container object")
    return _add(desk, children[0])


async def click(desk: Desk, ask: Ask) -> object:
    node = await desk.node(ask.element)
    await desk.session.hand.tap(*node.rect.centre)
    await desk.session.window()
    return None


async def text(desk: Desk, ask: Ask) -> object:
    return (await desk.node(ask.element)).text


async def name(desk: Desk, ask: Ask) -> object:
    return (await desk.node(ask.element)).attributes["content-desc"]


async def attribute(desk: Desk, ask: Ask) -> object:
    return _attribute(await desk.node(ask.element), ask.path["name"], desk)


async def rect(desk: Desk, ask: Ask) -> object:
    return _rect((await desk.node(ask.element)).rect)


async def size(desk: Desk, ask: Ask) -> object:
    rect = (await desk.node(ask.element)).rect
    return {"height": rect.height, "width": rect.width}


async def location(desk: Desk, ask: Ask) -> object:
    rect = (await desk.node(ask.element)).rect
    return {"x": rect.left, "y": rect.top}


async def clear(desk: Desk, ask: Ask) -> object:
    node = await desk.node(ask.element)
    await desk.session.hand.type(node, "")  # UiObject2.clear only logs where it is not possible
    return None


async def send_keys(desk: Desk, ask: Ask) -> object:
    """Set or add text, with all the turns of SendKeysToElement, such as dots that are taken for a password's text."""
    element = ask.path.get("element")
    node = await _focused(desk) if element is None else await desk.node(element)
    given = ask.need("text", str, "SendKeysModel")
    new = given if ask.may("replace", bool) else await _kept(desk, node) + given
    if not await desk.session.hand.type(node, new):
        message = f"Cannot set the element to '{given}'. Did you interact with the correct element?"
        raise Refusal(Fault.INVALID_ELEMENT_STATE, message)
    if given.endswith("\\n"):
        await desk.session.hand.press(ENTER)
    return None


async def screenshot(desk: Desk, ask: Ask) -> object:
    node = await desk.node(ask.element)
    if node.rect.empty:
        raise Refusal(Fault.UNABLE_TO_CAPTURE, "The cropping area is outside of the original bitmap.")
    out = io.BytesIO()
    with Image.open(io.BytesIO(desk.phone.screenshot())) as image:
        image.crop((node.rect.left, node.rect.top, node.rect.right, node.rect.bottom)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


async def _kept(desk: Desk, node: Node) -> str:
    """The text to add to: what the field shows, or nothing where clearing it leaves only a hint."""
    if not node.text or node.attributes["showing-hint"] or node.view is None:
        return ""
    session = desk.session
    if not await session.hand.type(node, ""):
        return ""
    await session.window()
    return node.text


async def _focused(desk: Desk) -> Node:
    for node in (await desk.session.window()).walk():
        if node.attributes["focused"]:
            return node
    raise Refusal(Fault.NO_SUCH_ELEMENT, NOT_LOCATED)


def _locator(ask: Ask, *, single: bool) -> Locator:
    strategy = ask.need("strategy", str, "FindElementModel")
    return Locator(strategy, ask.need("selector", str, "FindElementModel"), single)


def _add(desk: Desk, node: Node) -> dict[str, object]:
    return _model(desk, desk.session.elements.add(node, None), node)


def _model(desk: Desk, element: str, node: Node) -> dict[str, object]:
    model: dict[str, object] = {"ELEMENT": element, "element-6066-11e4-a52e-4f735466cecf": element}
    settings = desk.session.settings
    if settings.flag("shouldUseCompactResponses"):
        return model
    for field in str(settings["elementResponseAttributes"]).split(","):
        model |= _extra(desk, node, field.strip())
    return model


def _extra(desk: Desk, node: Node, field: str) -> dict[str, object]:
    if field == "name":
        return {field: node.attributes["content-desc"]}
    if field == "text":
        return {field: node.text}
    if field == "rect":
        return {field: _rect(node.rect)}
    if field in {"enabled", "displayed", "selected"} or field.startswith("attribute/"):
        return {field: _attribute(node, field.removeprefix("attribute/"), desk)}
    return {}


def _rect(rect: Rect) -> dict[str, int]:
    return {"x": rect.left, "y": rect.top, "width": rect.width, "height": rect.height}


def _attribute(node: Node, name: str, desk: Desk) -> str | None:
    plain = _ALIASES.get(name, name)
    if plain in _UNMODELLED:
        desk.on_unmodelled("attribute", name)
    if plain not in _ATTRIBUTES:
        known = ", ".join(sorted(_ATTRIBUTES))
        message = (
            f"'{name}' attribute is unknown for the element. Only the following attributes are supported: [{known}]"
        )
        raise Refusal(Fault.UNKNOWN_COMMAND, message)
    if plain == "contentSize":
        return _content_size(node)
    return _worded(plain, node.attributes[plain])


def _content_size(node: Node) -> str:
    """What a scrolling container holds and shows (ElementHelpers.getContentSize)."""
    rect = node.rect
    item = node.children[0].rect.height if node.children else 0
    size = {"width": rect.width, "height": rect.height, "top": rect.top, "left": rect.left}
    return json.dumps({**size, "scrollableOffset": node.hidden, "touchPadding": item})


def _worded(name: str, value: Value) -> str | None:
    if value is None:
        return "false" if name.startswith("is-") else None
    return str(value).lower() if isinstance(value, bool) else str(value)
