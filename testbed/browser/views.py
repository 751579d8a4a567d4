from collections.abc import Mapping

from testbed.browser.kit import Kit
from testbed.browser.page import Node, Page

BULLET = "\u2022"
CANCEL = "browser:cancel"


def frame(page: Page, typed: Mapping[str, str], kit: Kit) -> dict[str, object]:
    """Return what is on the screen: the host bar, which no page can change, and the page below."""
    bar = {"key": "url_bar", "kind": "browser_bar", "id": kit.bar, "text": page.host}
    cancel = [{"key": CANCEL, "kind": "button", "text": kit.cancel}] if kit.cancel else []
    nodes = [_view(node, typed) for node in page.nodes]
    page_view = {"key": "page", "kind": "column", "children": nodes}
    return {"key": "browser", "kind": "column", "children": [*cancel, bar, page_view]}


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
