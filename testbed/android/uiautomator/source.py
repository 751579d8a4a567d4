"""The page source as XML and XPath over it, after io.appium.uiautomator2.core.AccessibilityNodeInfoDumper."""

import re
from collections.abc import Callable

from lxml import etree

from testbed.android.uiautomator.node import Node, Value
from testbed.handset.refusal import Fault, Refusal

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def page_source(root: Node, size: tuple[int, int], rotation: int = 0) -> str:
    """The whole window as the server writes it: element names are class names, `hierarchy` stands above all."""
    document, _ = _document(root)
    document.set("rotation", str(rotation))
    document.set("width", str(size[0]))
    document.set("height", str(size[1]))
    body = etree.tostring(document, encoding="unicode", pretty_print=True)
    return f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n{body}"


def by_xpath(expression: str, root: Node, on_unmodelled: Callable[[str, str], None]) -> list[Node]:
    """Nodes that match, in document order. The real server speaks XPath 2; of that, the string functions are there.

    :raises Refusal: invalid selector.
    """
    document, nodes = _document(root)
    try:
        query = etree.XPath(expression, extensions=_XPATH_2)
    except etree.XPathSyntaxError as error:
        raise Refusal(Fault.INVALID_SELECTOR, f"{error}: {expression}") from error
    try:
        found = query(etree.ElementTree(document))
    except etree.XPathEvalError as error:
        on_unmodelled("xpath", expression)
        raise Refusal(Fault.INVALID_SELECTOR, f"{error}: {expression}") from error
    matches = found if isinstance(found, list) else []  # a number or a text is no node, so nothing is found
    return [nodes[match] for match in matches if isinstance(match, etree._Element) and match in nodes]  # noqa: SLF001 -- lxml's only name for it


def _document(root: Node) -> tuple["etree._Element", dict["etree._Element", Node]]:
    document = etree.Element("hierarchy", {"index": "0", "class": "hierarchy"})
    nodes: dict[etree._Element, Node] = {}
    for node in (root, *root.beside):
        _append(document, node, nodes)
    return document, nodes


def _append(parent: "etree._Element", node: Node, nodes: dict["etree._Element", Node]) -> None:
    given = {name: _text(value) for name, value in node.attributes.items() if value is not None}
    element = etree.SubElement(parent, given["class"], given)
    nodes[element] = node
    for child in node.children:
        _append(element, child, nodes)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("?", str(value))


def _string(given: object) -> str:
    """The string value of an XPath argument: a text, a number, or the first of a node set."""
    if isinstance(given, list):
        return _string(given[0]) if given else ""
    return str(given)


_XPATH_2 = {
    (None, "matches"): lambda _, text, pattern: re.search(_string(pattern), _string(text)) is not None,
    (None, "ends-with"): lambda _, text, end: _string(text).endswith(_string(end)),
    (None, "lower-case"): lambda _, text: _string(text).lower(),
    (None, "upper-case"): lambda _, text: _string(text).upper(),
}
