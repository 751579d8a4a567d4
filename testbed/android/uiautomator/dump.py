"""The tree as the phone's own `uiautomator dump` writes it (AOSP AccessibilityNodeInfoDumper of uiautomator v1)."""

from lxml import etree

from testbed.android.uiautomator.node import Node

ATTRIBUTES = (
    *("index", "text", "resource-id", "class", "package", "content-desc", "checkable", "checked", "clickable"),
    *("enabled", "focusable", "focused", "scrollable", "long-clickable", "password", "selected", "bounds"),
)


def dumped(root: Node, rotation: int) -> str:
    """One line of XML, every element a `node`."""
    document = etree.Element("hierarchy", {"rotation": str(rotation)})
    _append(document, root)
    return "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>" + etree.tostring(document, encoding="unicode")


def _append(parent: "etree._Element", node: Node) -> None:
    element = etree.SubElement(parent, "node", {name: _text(node.attributes[name]) for name in ATTRIBUTES})
    for child in node.children:
        _append(element, child)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
