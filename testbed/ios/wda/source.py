"""The page source in its three forms, and XPath over the XML one (FBXPath.m, XCUIApplication+FBHelpers.m)."""

import re
from collections.abc import Collection

from lxml import etree

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda import attributes
from testbed.ios.wda.attributes import Reader
from testbed.ios.wda.settings import Settings
from testbed.ios.wda.snapshot import ACCESSIBLE, PREFIX, TEXTUAL, Snapshot

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ORDER = (
    *("type", "value", "name", "label", "enabled", "visible", "accessible", "nativeAccessibilityElement"),
    *("x", "y", "width", "height", "index", "hittable", "placeholderValue", "traits", "nativeFrame"),
    *("minValue", "maxValue", "customActions"),
)
"""FBElementAttribute.supportedAttributes, in their order."""
_ON_REQUEST = {
    "hittable": "includeHittableInPageSource",
    "nativeFrame": "includeNativeFrameInPageSource",
    "nativeAccessibilityElement": "includeNativeAccessibilityElementInPageSource",
    "minValue": "includeMinMaxValueInPageSource",
    "maxValue": "includeMinMaxValueInPageSource",
    "customActions": "includeCustomActionsInPageSource",
}
_INDEX_PATH = "private_indexPath"
_TOP = "top"


def xml(root: Snapshot, reader: Reader, settings: Settings, scope: str, excluded: Collection[str]) -> str:
    """The XML form; `scope` names an element to stand around it, if any."""
    left_out = {name.lower() for name in excluded} | {
        name.lower() for name, setting in _ON_REQUEST.items() if not settings.flag(setting)
    }
    document = _element(root, reader, [name for name in _ORDER if name.lower() not in left_out])
    document.set("processId", str(reader.pid))
    document.set("bundleId", root.identity.owner)
    if scope:
        around = etree.Element(scope)
        around.append(document)
        document = around
    body = etree.tostring(document, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'


def by_xpath(query: str, root: Snapshot, reader: Reader) -> list[Snapshot]:
    """Elements that match, in document order. Numbers and texts are no elements, so nothing is found.

    :raises Refusal: invalid selector; unknown error, where attributes and not elements were asked for.
    """
    query = query.replace(f"{PREFIX}Any", "*")
    asked = [name for name in _ORDER if re.search(rf"@{name}\b", query) or "@*" in query]
    store: dict[str, Snapshot] = {}
    document = _element(root, reader, asked, _TOP, store)
    cannot = f'Cannot evaluate results for XPath expression "{query}"'
    try:
        found = etree.XPath(query, extensions=_EXTENSIONS)(etree.ElementTree(document))
    except (etree.XPathError, re.error) as error:
        raise Refusal(Fault.INVALID_SELECTOR, f"{cannot}: {error}") from error
    nodes = found if isinstance(found, list) else []
    elements = [node for node in nodes if isinstance(node, etree._Element)]  # noqa: SLF001 -- lxml's only name for it
    if len(elements) < len(nodes):
        raise Refusal(Fault.UNKNOWN_ERROR, cannot)
    return [store[element.get(_INDEX_PATH, "")] for element in elements]


def tree(one: Snapshot, reader: Reader, excluded: Collection[str]) -> dict[str, object]:
    """The JSON form of an element and all below it."""
    info: dict[str, object] = {
        "type": one.type,
        "rawIdentifier": one.identifier or None,
        "name": attributes.name(one),
        "value": attributes.value(one),
        "label": attributes.label(one),
        "rect": attributes.rect(one),
        "customActions": None,
    }
    info |= {name: value for name, value in _json_more(one, reader).items() if _unprefixed(name) not in excluded}
    if one.children:
        info["children"] = [tree(child, reader, excluded) for child in one.children]
    return info


def accessible(one: Snapshot, reader: Reader) -> dict[str, object] | None:
    """What an assistive technology reads out; None for what it passes over."""
    info: dict[str, object] = {}
    if one.type in ACCESSIBLE:
        if one.visible:
            info = {"value": attributes.value(one), "label": attributes.label(one)}
    elif children := [child for each in one.children if (child := accessible(each, reader))]:
        info["children"] = children
    if not info:
        return None
    return {**info, "type": one.type, "rawIdentifier": one.identifier or None, "name": attributes.name(one)}


def description(one: Snapshot, depth: int = 0) -> str:
    """The form of XCUIElement.debugDescription, line by line."""
    words = [one.type, attributes.cg_rect(one.place)]
    words += [f"identifier: '{one.identifier}'"] if one.identifier else []
    words += [f"label: '{one.label}'"] if one.label else []
    words += [f"placeholderValue: '{one.placeholder}'"] if one.placeholder else []
    words += [f"value: {one.value}"] if one.value else []
    words += [] if one.enabled else ["Disabled"]
    lines = ["  " * depth + ", ".join(words)]
    return "\n".join([*lines, *(description(child, depth + 1) for child in one.children)])


def _json_more(one: Snapshot, reader: Reader) -> dict[str, object]:
    more: dict[str, object] = {
        "frame": attributes.cg_rect(one.place.integral()),
        "nativeFrame": attributes.cg_rect(one.place),
        "traits": one.traits,
        "isEnabled": str(int(one.enabled)),
        "isVisible": str(int(one.visible)),
        "isAccessible": str(int(one.type in ACCESSIBLE)),
        "isNativeAccessibilityElement": str(int(one.type in ACCESSIBLE)),
        "isFocused": str(int(one.focused)),
    }
    return more | ({"placeholderValue": reader.read("placeholderValue", one)} if one.type in TEXTUAL else {})


def _unprefixed(name: str) -> str:
    rest = name.removeprefix("is")
    return name if rest == name else rest[0].lower() + rest[1:]


def _element(
    one: Snapshot, reader: Reader, names: Collection[str], path: str = "", store: dict[str, Snapshot] | None = None
) -> "etree._Element":
    element = etree.Element(PREFIX + one.type, _attributes(one, reader, names))
    if store is not None:
        element.set(_INDEX_PATH, path)
        store[path] = one
    for number, child in enumerate(one.children):
        element.append(_element(child, reader, names, f"{path},{number}", store))
    return element


def _attributes(one: Snapshot, reader: Reader, names: Collection[str]) -> dict[str, str]:
    rect = attributes.rect(one)
    found: dict[str, str] = {}
    for name in names:
        value = rect[name] if name in rect else reader.read(name, one)
        if value is None or (name == "placeholderValue" and one.type not in TEXTUAL):
            continue
        found[name] = _NOT_XML.sub("", _worded(value))
    return found


def _worded(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _string(given: object) -> str:
    """The string value of an XPath argument: a text, a number, or the first of a node set."""
    if isinstance(given, list):
        return _string(given[0]) if given else ""
    return "" if isinstance(given, etree._Element) else str(given)  # noqa: SLF001 -- as above; elements hold no text


_EXTENSIONS = {
    (None, "matches"): lambda _, text, pattern: re.search(_string(pattern), _string(text)) is not None,
    (None, "ends-with"): lambda _, text, end: _string(text).endswith(_string(end)),
    (None, "lower-case"): lambda _, text: _string(text).lower(),
    (None, "upper-case"): lambda _, text: _string(text).upper(),
    (None, "replace"): lambda _, text, pattern, new: re.sub(_string(pattern), _string(new), _string(text)),
}
"""Of FBXPathExtensions.m all but `tokenize` and `string-join`, whose sequences lxml has no type for."""
