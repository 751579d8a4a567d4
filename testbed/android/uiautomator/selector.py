"""androidx.test.uiautomator.UiSelector and the search of its QueryController, rule for rule."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from testbed.android.uiautomator.node import Node
from testbed.screen.view import HOLDERS

type Criterion = str | bool | int | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Selector:
    """Criteria that one node must meet, and whether the search then goes on below it or below its parent."""

    criteria: tuple[tuple[str, Criterion], ...] = ()
    child: "Selector | None" = None
    parent: "Selector | None" = None

    def having(self, name: str, value: Criterion) -> "Selector":
        """As each method of UiSelector does: setting a criterion again replaces it."""
        return replace(self, criteria=(*(kept for kept in self.criteria if kept[0] != name), (name, value)))

    def then_child(self, inner: "Selector") -> "Selector":
        return _hung(self, inner, is_child=True)

    def then_parent(self, inner: "Selector") -> "Selector":
        return _hung(self, inner, is_child=False)

    def names(self, name: str) -> bool:
        return any(kept == name for kept, _ in self.criteria)


def _hung(outer: Selector, inner: Selector, *, is_child: bool) -> Selector:
    """Hang it on the innermost selector, as UiSelector.getLastSubSelector does."""
    if outer.child:
        return replace(outer, child=_hung(outer.child, inner, is_child=is_child))
    if outer.parent:
        return replace(outer, parent=_hung(outer.parent, inner, is_child=is_child))
    return replace(outer, child=inner) if is_child else replace(outer, parent=inner)


def search(selector: Selector, root: Node) -> Node | None:
    """The first node that the selector finds in document order, the root itself included."""
    return _Search().below(selector, (), root, 0)


def search_all(selector: Selector, find: Callable[[Selector], Node | None]) -> list[Node]:
    """All that it finds, by counting instances up, with the quirks of ByUiAutomatorFinder.matchDescendantElements."""
    if selector.names("instance"):
        node = find(selector)
        return [] if node is None else [node]
    counter = "index" if selector.names("classNameMatches") else "instance"
    found: list[Node] = []
    while (node := find(selector.having(counter, len(found)))) is not None:
        found.append(node)
    return found


class _Search:
    """One walk; it counts matches of every part of the selector that asks for a later instance."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def below(self, selector: Selector, above: Sequence[Node], node: Node, index: int) -> Node | None:
        trail = (*above, node)
        if _meets(selector, node, index) and self._is_instance(selector):
            if selector.child is None and selector.parent is None:
                return node
            if selector.child is not None:
                selector = selector.child
            elif selector.parent is not None:
                if not above:
                    return None
                selector, trail = selector.parent, tuple(above)
        for child in trail[-1].children:
            found = self.below(selector, trail, child, _index(child))
            if found is not None:
                return found
        return None

    def _is_instance(self, selector: Selector) -> bool:
        wanted = int(dict(selector.criteria).get("instance", 0))  # type: ignore[arg-type] # the parser gives a number
        seen = self._counts.get(id(selector), 0)
        if seen == wanted:
            return True
        self._counts[id(selector)] = seen + 1
        return False


def _index(node: Node) -> int:
    return int(node.attributes["index"] or 0)


def _meets(selector: Selector, node: Node, index: int) -> bool:
    return all(_CHECKS[name](node, value, index) for name, value in selector.criteria)


def _value(node: Node, attribute: str) -> str | bool | int | None:
    """What AccessibilityNodeInfo holds: a container has no text at all, where the page source writes an empty one."""
    value = node.attributes[attribute]
    bare = attribute == "text" and value == "" and (node.view is None or node.view.kind in HOLDERS)
    return None if bare else value


def _same(attribute: str) -> Callable[[Node, Criterion, int], bool]:
    return lambda node, wanted, _: _value(node, attribute) == wanted


def _text_check(attribute: str, holds: Callable[[str, str], bool]) -> Callable[[Node, Criterion, int], bool]:
    """UiSelector compares parts of texts without regard to case, whatever its documentation says."""

    def check(node: Node, wanted: Criterion, _: int) -> bool:
        value = _value(node, attribute)
        return value is not None and holds(str(value).lower(), str(wanted).lower())

    return check


def _contains(attribute: str) -> Callable[[Node, Criterion, int], bool]:
    return _text_check(attribute, lambda value, wanted: wanted in value)


def _starts(attribute: str) -> Callable[[Node, Criterion, int], bool]:
    return _text_check(attribute, lambda value, wanted: value.startswith(wanted))


def _matches(attribute: str) -> Callable[[Node, Criterion, int], bool]:
    def check(node: Node, wanted: Criterion, _: int) -> bool:
        value = _value(node, attribute)
        return value is not None and isinstance(wanted, re.Pattern) and wanted.fullmatch(str(value)) is not None

    return check


_CHECKS: dict[str, Callable[[Node, Criterion, int], bool]] = {
    "text": _same("text"),
    "textContains": _contains("text"),
    "textStartsWith": _starts("text"),
    "textMatches": _matches("text"),
    "className": _same("class"),
    "classNameMatches": _matches("class"),
    "description": _same("content-desc"),
    "descriptionContains": _contains("content-desc"),
    "descriptionStartsWith": _starts("content-desc"),
    "descriptionMatches": _matches("content-desc"),
    "resourceId": _same("resource-id"),
    "resourceIdMatches": _matches("resource-id"),
    "packageName": _same("package"),
    "packageNameMatches": _matches("package"),
    "enabled": _same("enabled"),
    "focused": _same("focused"),
    "focusable": _same("focusable"),
    "scrollable": _same("scrollable"),
    "selected": _same("selected"),
    "checked": _same("checked"),
    "checkable": _same("checkable"),
    "clickable": _same("clickable"),
    "longClickable": _same("long-clickable"),
    "index": lambda _node, wanted, index: index == wanted,
    "instance": lambda _node, _wanted, _index: True,
}
