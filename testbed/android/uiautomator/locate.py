"""The five lookup strategies of the server: io.appium.uiautomator2.utils.ElementLocationHelpers."""

import re
from collections.abc import Callable

from testbed.android.uiautomator.elements import Locator
from testbed.android.uiautomator.expression import Scrollable, parse
from testbed.android.uiautomator.hand import Hand
from testbed.android.uiautomator.node import Node
from testbed.android.uiautomator.scrollable import Window, run
from testbed.android.uiautomator.selector import Selector, search, search_all
from testbed.android.uiautomator.source import by_xpath
from testbed.handset.refusal import Fault, Refusal

_STRATEGIES = ("id", "xpath", "accessibility id", "class name", "-android uiautomator")
_WHOLE_ID = re.compile(r"[a-zA-Z_][a-zA-Z0-9._]*:[^/]+/\S+")
_BY_ATTRIBUTE = {"id": "resource-id", "accessibility id": "content-desc", "class name": "class"}


class Lookup:
    """Finds nodes for one session; `package` completes ids that name none (None: taken as they are)."""

    def __init__(
        self, hand: Hand, window: Window, package: str | None, on_unmodelled: Callable[[str, str], None]
    ) -> None:
        self._hand = hand
        self._window = window
        self._package = package
        self._on_unmodelled = on_unmodelled

    async def find(self, locator: Locator, context: Node | None) -> list[Node]:
        """All matches, or the first one where the locator asks for a single node; none found is an empty list.

        :raises Refusal: invalid selector.
        """
        if locator.strategy not in _STRATEGIES:
            message = f"Selector strategy '{locator.strategy}' is not supported. "
            known = f"Only the following selector strategies are supported: [{', '.join(_STRATEGIES)}]"
            raise Refusal(Fault.INVALID_SELECTOR, message + known)
        if locator.strategy == "-android uiautomator":
            found = await self._by_expression(locator, context)
        elif locator.strategy == "xpath":
            found = by_xpath(locator.selector, context or await self._window(), self._on_unmodelled)
        else:
            found = self._by_attribute(locator, context or await self._window())
        return found[:1] if locator.single else found

    def _by_attribute(self, locator: Locator, root: Node) -> list[Node]:
        attribute = _BY_ATTRIBUTE[locator.strategy]
        wanted = self._whole_id(locator.selector) if locator.strategy == "id" else locator.selector
        return [node for node in root.walk() if node.attributes[attribute] == wanted]

    def _whole_id(self, selector: str) -> str:
        if self._package is None or _WHOLE_ID.fullmatch(selector):
            return selector
        return f"{self._package}:id/{selector}"

    async def _by_expression(self, locator: Locator, context: Node | None) -> list[Node]:
        selectors = []
        for statement in parse(locator.selector):
            if isinstance(statement, Scrollable):
                selectors.append(await run(statement, self._hand, self._window))
            else:
                selectors.append(statement)
        root = await self._window()
        if locator.single:
            first = self._first(selectors[0], root, context)
            return [] if first is None else [first]
        found: dict[object, Node] = {}
        for selector in selectors:
            for node in search_all(selector, lambda each: self._first(each, root, context)):
                found.setdefault(node.identity, node)
        return list(found.values())

    def _first(self, selector: Selector, root: Node, context: Node | None) -> Node | None:
        if context is None:
            return search(selector, root)
        inside = Selector().then_child(selector)  # what UiObject.getChild makes: below the context, never itself
        return search(inside, context)
