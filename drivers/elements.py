"""What stands on a screen, read from a driver's page source.

Sources: UiAutomator2's AccessibilityNodeInfoDumper (attributes of a node), WebDriverAgent's FBXPath (attributes of an
element). A container that nobody can touch and that says nothing is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
IOS_KIND = "XCUIElementType"
IOS_FIELDS = frozenset({"TextField", "SecureTextField", "SearchField", "TextView"})
IOS_BUTTONS = frozenset({"Button", "Cell", "Link", "Switch", "MenuItem", "Tab", "Key"})

HOLDERS = frozenset({"Application", "Window", "Other", "WebView"})
"""What others stand in, and nobody means when they speak of a control (iOS)."""


@dataclass(frozen=True, slots=True)
class Element:
    """One that a person can read or touch.

    `id` is Android's resource id, `name` the content description or the accessibility identifier, `typed` what was put
    into a field (its hint is in `text`), `path` its XPath, `place` its number among those of its class on the screen.
    """

    kind: str
    id: str
    name: str
    text: str
    typed: str
    is_field: bool
    is_secret: bool
    is_button: bool
    path: str
    place: int


def elements_of(source: str, platform: str) -> tuple[Element, ...]:
    """In the order of the tree; raises ValueError for a source that is no tree."""
    try:
        root = etree.fromstring(source.encode(), PARSER)
    except etree.XMLSyntaxError as error:
        msg = f"the driver's page source is no XML ({error})"
        raise ValueError(msg) from error
    return tuple(one for one in _read(root, READERS[platform]) if _tells(one))


def _read(root: etree._Element, reader: Callable[[Mapping[str, str], str, int], Element]) -> Iterator[Element]:
    tree, places = root.getroottree(), dict[str, int]()
    for node in root.iter(etree.Element):
        kind = str(node.tag)
        places[kind] = places.get(kind, 0) + 1
        attributes = {str(name): str(value) for name, value in node.attrib.items()}
        if "class" in attributes or "type" in attributes:
            yield reader(attributes, tree.getpath(node), places[kind])


def _tells(one: Element) -> bool:
    if one.kind in HOLDERS:
        return False
    return bool(one.is_field or one.is_button or one.text or one.name)


def _of_android(given: Mapping[str, str], path: str, place: int) -> Element:
    kind = given["class"].rpartition(".")[2]
    is_field, text = kind.endswith(("EditText", "AutoCompleteTextView")), given.get("text", "")
    hinted = is_field and (given.get("showing-hint") == "true" or text == given.get("hint"))
    return Element(
        kind,
        given.get("resource-id", ""),
        given.get("content-desc", ""),
        given.get("hint", "") if is_field else text,
        "" if hinted or not is_field else text,
        is_field,
        given.get("password") == "true",
        not is_field and given.get("clickable") == "true",
        path,
        place,
    )


def _of_ios(given: Mapping[str, str], path: str, place: int) -> Element:
    kind, label, value = given["type"].removeprefix(IOS_KIND), given.get("label", ""), given.get("value", "")
    is_field, hint = kind in IOS_FIELDS, given.get("placeholderValue", "")
    return Element(
        kind,
        "",
        given.get("name", ""),
        (label or hint) if is_field else label,
        value if is_field and value != hint else "",
        is_field,
        kind == "SecureTextField",
        kind in IOS_BUTTONS,
        path,
        place,
    )


READERS: Mapping[str, Callable[[Mapping[str, str], str, int], Element]] = {"android": _of_android, "ios": _of_ios}
