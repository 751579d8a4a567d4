"""The accessibility tree of the window in front, as AccessibilityNodeInfo would give it for the app's views."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from testbed.android.uiautomator.phone import Shown
from testbed.screen import Box, Kind, Placed, Rect, View

type Value = str | bool | int | None

BULLET = "•"  # android.text.method.PasswordTransformationMethod.DOT

_CLASSES = {
    Kind.COLUMN: "android.widget.LinearLayout",
    Kind.ROW: "android.widget.LinearLayout",
    Kind.HEADING: "android.widget.TextView",
    Kind.LABEL: "android.widget.TextView",
    Kind.BUTTON: "android.widget.Button",
    Kind.FIELD: "android.widget.EditText",
    Kind.LIST: "androidx.recyclerview.widget.RecyclerView",
    Kind.ITEM: "android.view.ViewGroup",
    Kind.SWITCH: "android.widget.Switch",
    Kind.IMAGE: "android.widget.ImageView",
    Kind.BROWSER_BAR: "android.widget.EditText",
}
# Chromium's BrowserAccessibilityManagerAndroid maps roles so; anything without a widget is a plain View
_WEB_CLASSES = _CLASSES | {
    Kind.COLUMN: "android.view.View",
    Kind.ROW: "android.view.View",
    Kind.LIST: "android.widget.ListView",
    Kind.ITEM: "android.view.View",
    Kind.SWITCH: "android.widget.CheckBox",
    Kind.IMAGE: "android.widget.Image",
}
_TEXT_INPUT, _PASSWORD_INPUT = 0x1, 0x81  # InputType.TYPE_CLASS_TEXT, with TYPE_TEXT_VARIATION_PASSWORD


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a node the same node in a later frame."""

    package: str
    screen: str
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Node:
    """One accessibility node; `attributes` are those of the page source, in its order, None where a node lacks one."""

    identity: Identity
    rect: Rect
    attributes: Mapping[str, Value]
    view: View | None = None
    children: tuple["Node", ...] = ()
    hidden: int = 0
    beside: tuple["Node", ...] = ()
    """Of the window's root: what the server adds next to it, a toast; no search by UiSelector comes there."""

    @property
    def text(self) -> str:
        return str(self.attributes["text"])

    @property
    def resource_id(self) -> str | None:
        given = self.attributes["resource-id"]
        return None if given is None else str(given)

    def walk(self) -> Iterator["Node"]:
        """The node and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def hierarchy(shown: Shown, placed: Placed) -> Node:
    """The window's root: the decor with the app's content in it; only what is visible to the user is there."""
    app = _node(placed.root, shown, placed, 0, above=None)
    content = _frame(shown, "content", placed.root.rect, "android:id/content", (app,))
    decor = _frame(shown, "decor", placed.screen, None, (content,))
    return replace(decor, beside=(_toast(shown, placed),)) if shown.toast else decor


def _toast(shown: Shown, placed: Placed) -> Node:
    """As UiAutomationElement.addToastMsgToRoot: text and class, nothing to touch."""
    identity = Identity(shown.package, "", f"toast {shown.toast}", "toast")
    attributes = _attributes(1, shown.package, "android.widget.Toast", shown.toast, Rect(0, 0, 0, 0))
    attributes["displayed"] = True
    return Node(identity, placed.screen, MappingProxyType(attributes))


def _frame(shown: Shown, name: str, rect: Rect, resource_id: str | None, children: tuple[Node, ...]) -> Node:
    identity = Identity(shown.package, "", f"window {name}", name)
    attributes = _attributes(0, shown.package, "android.widget.FrameLayout", "", rect)
    attributes["resource-id"] = resource_id
    return Node(identity, rect, MappingProxyType(attributes), None, children)


def _node(box: Box, shown: Shown, placed: Placed, index: int, above: View | None) -> Node:
    view = box.view
    here = Identity(shown.package, shown.screen, view.key, view.kind)
    attributes = _attributes(index, shown.package, _class(box, above), _text(view), box.seen)
    attributes |= _state(box, placed) | _field(view)
    attributes |= {"content-desc": view.description or None, "resource-id": _resource_id(view, shown.package)}
    attributes["is-collection-item"] = True if above and above.kind is Kind.LIST else None
    return Node(here, box.seen, MappingProxyType(attributes), view, _children(box, shown, placed), box.hidden)


def _children(box: Box, shown: Shown, placed: Placed) -> tuple[Node, ...]:
    """A RecyclerView holds only the rows in sight; other parents count the unseen ones in the index."""
    recycles = box.view.kind is Kind.LIST
    boxes = [child for child in box.children if not child.seen.empty] if recycles else box.children
    return tuple(_node(child, shown, placed, n, box.view) for n, child in enumerate(boxes) if not child.seen.empty)


def _attributes(index: int, package: str, name: str, text: str, rect: Rect) -> dict[str, Value]:
    """All that UiElementSnapshot.SUPPORTED_ATTRIBUTES writes into the page source, as a plain View has it."""
    return {
        "index": index,
        "package": package,
        "class": name,
        "text": text,
        "content-desc": None,
        "resource-id": None,
        "checkable": False,
        "checked": False,
        "clickable": False,
        "enabled": True,
        "focusable": False,
        "focused": False,
        "long-clickable": False,
        "password": False,
        "scrollable": False,
        "selected": False,
        "bounds": f"[{rect.left},{rect.top}][{rect.right},{rect.bottom}]",
        "displayed": not rect.empty,
        "hint": None,
        "a11y-important": True,
        "screen-reader-focusable": False,
        "input-type": None,
        "drawing-order": index + 1,
        "showing-hint": False,
        "text-entry-key": False,
        "dismissable": False,
        "a11y-focused": False,
        "heading": False,
        "live-region": 0,
        "context-clickable": False,
        "content-invalid": False,
        "is-collection": None,
        "is-collection-item": None,
    }


def _state(box: Box, placed: Placed) -> dict[str, Value]:
    view = box.view
    editable = view.kind in {Kind.FIELD, Kind.BROWSER_BAR}
    touchable = view.clickable or editable
    return {
        "checkable": view.checked is not None or view.kind is Kind.SWITCH,
        "checked": bool(view.checked),
        "clickable": touchable,
        "enabled": view.enabled,
        "focusable": touchable,
        "focused": view.key == placed.focused,
        "long-clickable": editable,
        "scrollable": box.scrolls,
        "heading": view.kind is Kind.HEADING,
        "is-collection": True if view.kind is Kind.LIST else None,
    }


def _field(view: View) -> dict[str, Value]:
    if view.kind is not Kind.FIELD:
        return {"password": view.password}
    return {
        "password": view.password,
        "hint": view.hint or None,
        "showing-hint": bool(view.hint and not view.text),
        "input-type": _PASSWORD_INPUT if view.password else _TEXT_INPUT,
    }


def _text(view: View) -> str:
    """An empty field gives its hint as text, a password gives dots (TextView.getTextForAccessibility)."""
    if view.kind is Kind.FIELD and not view.text:
        return view.hint
    return BULLET * len(view.text) if view.password else view.text


def _resource_id(view: View, package: str) -> str | None:
    """Chrome gives the HTML id alone; an id that names its package itself (android:id/button1) keeps it."""
    if not view.id or view.web or ":id/" in view.id:
        return view.id or None
    return f"{package}:id/{view.id}"


def _class(box: Box, above: View | None) -> str:
    view = box.view
    if view.is_page and not (above and above.is_page):
        return "android.webkit.WebView"
    if view.kind is Kind.COLUMN and box.scrolls and not view.web:
        return "android.widget.ScrollView"
    if view.kind is Kind.ITEM and not view.children:
        return "android.widget.TextView"
    return (_WEB_CLASSES if view.web else _CLASSES)[view.kind]
