from collections.abc import Mapping

from testbed.browser.page import Node, Page

BULLET = "\u2022"


def frame(page: Page, typed: Mapping[str, str]) -> dict[str, object]:
    """Return what is on the screen: the host bar, which no page can change, and the page below."""
    bar = {"key": "url_bar", "kind": "browser_bar", "id": "url_bar", "text": page.host}
    nodes = [_view(node, typed) for node in page.nodes]
    return {"key": "browser", "kind": "column", "children": [bar, {"key": "page", "kind": "column", "children": nodes}]}


def _view(node: Node, typed: Mapping[str, str]) -> dict[str, object]:
    text = typed.get(node.key, node.text)
    return {
        "key": node.key,
        "kind": node.kind,
        "id": node.id,
        "text": BULLET * len(text) if node.password else text,
        "hint": node.hint,
        "password": node.password,
        "clickable": node.kind in {"button", "field"},
        "web": True,
    }
