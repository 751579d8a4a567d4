"""Elements that the client holds: which node each one is, and whether it still is there."""

import itertools
from collections import OrderedDict
from dataclasses import dataclass

from testbed.android.uiautomator.node import Identity, Node
from testbed.handset.refusal import Fault, Refusal

_KEPT = 500  # Session.MAX_CACHE_SIZE


@dataclass(frozen=True, slots=True)
class Locator:
    """How an element was looked for, as the server names it in its errors."""

    strategy: str
    selector: str
    single: bool = True

    def __str__(self) -> str:
        name = {"id": "id", "class name": "clazz", "accessibility id": "accessibilityId", "xpath": "xpath"}
        return f"By.{name.get(self.strategy, 'AndroidUiAutomator')}: {self.selector}"


@dataclass(frozen=True, slots=True)
class _Held:
    identity: Identity
    locator: Locator | None


class Elements:
    """The element cache of one session; a node keeps its id for as long as its app shows it."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._ids: dict[Identity, str] = {}
        self._windows: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def observe(self, root: Node) -> dict[Identity, Node]:
        """Take note of what is shown: nodes of this app that are gone will not come back as the same ones."""
        nodes = {node.identity: node for node in (*root.walk(), *root.beside)}
        package = root.identity.package
        self._ids = {known: id_ for known, id_ in self._ids.items() if known.package != package or known in nodes}
        return nodes

    def add(self, node: Node, locator: Locator | None) -> str:
        """The id of a node, shaped as AxNodeInfoHelper.toUuid shapes window and node numbers."""
        identity = node.identity
        id_ = self._ids.get(identity)
        if id_ is None:
            window = self._windows.setdefault(identity.package, len(self._windows) + 1)
            id_ = f"00000000-0000-{window:04x}-ffff-{next(self._numbers):012x}"
            self._ids[identity] = id_
        self._held[id_] = _Held(identity, locator)
        self._held.move_to_end(id_)
        if len(self._held) > _KEPT:
            self._held.popitem(last=False)
        return id_

    def get(self, id_: str, root: Node) -> Node:
        """The node of an element as it is now.

        :raises Refusal: no such element for an unknown id, stale element reference for a node that is gone.
        """
        nodes = self.observe(root)
        held = self._held.get(id_)
        if held is None:
            message = f"The element identified by '{id_}' is not present in the cache or has expired. "
            raise Refusal(Fault.NO_SUCH_ELEMENT, f"{message}Try to find it again")
        self._held.move_to_end(id_)
        if self._ids.get(held.identity) != id_ or held.identity not in nodes:
            raise Refusal(Fault.STALE_ELEMENT, _stale(id_, held.locator))
        return nodes[held.identity]


def _stale(id_: str, locator: Locator | None) -> str:
    if locator is None or locator.single:
        return f"The element '{locator or id_}' does not exist in DOM anymore"
    return f"Cached elements '{locator}' do not exist in DOM anymore"
