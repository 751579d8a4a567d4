"""One automation session: capabilities as the driver gave them, settings, and the elements that the client holds."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from testbed.android.uiautomator.elements import Elements, Locator
from testbed.android.uiautomator.hand import Hand
from testbed.android.uiautomator.locate import Lookup
from testbed.android.uiautomator.node import Node
from testbed.android.uiautomator.phone import Touchable
from testbed.android.uiautomator.settings import Settings
from testbed.handset.refusal import Fault, Refusal

_OWN_PACKAGE = "io.appium.uiautomator2.server"  # completes ids of a session without appPackage


class Session:
    """What lives from POST /session to its DELETE, or to the next POST."""

    def __init__(
        self, phone: Touchable, capabilities: Mapping[str, object], on_unmodelled: Callable[[str, str], None]
    ) -> None:
        self.id = str(uuid.uuid4())
        self.capabilities = capabilities
        self.phone = phone
        self.settings = Settings(on_unmodelled)
        self.elements = Elements()
        self.hand = Hand(phone)
        self.scheduled: dict[str, Any] = {}
        """Actions that go on by themselves, by name."""
        self._on_unmodelled = on_unmodelled

    def end(self) -> None:
        """Nothing of it goes on."""
        for action in self.scheduled.values():
            if action.task is not None:
                action.task.cancel()

    async def window(self) -> Node:
        """The tree in front, once the app is idle or `waitForIdleTimeout` has passed."""
        root = await self.hand.window(self.settings.seconds("waitForIdleTimeout"))
        if not self.settings.flag("enableNotificationListener") and root.beside:
            root = replace(root, beside=())
        self.elements.observe(root)
        return root

    async def node(self, element: str) -> Node:
        """The node of a held element.

        :raises Refusal: no such element, stale element reference.
        """
        return self.elements.get(element, await self.window())

    async def find(self, locator: Locator, context: str | None) -> list[tuple[str, Node]]:
        """Element ids and nodes of all that match."""
        inside = None if context is None else await self.node(context)
        found = await self._lookup().find(locator, inside)
        return [(self.elements.add(node, locator), node) for node in found]

    def _lookup(self) -> Lookup:
        as_given = self.settings.flag("disableIdLocatorAutocompletion")
        package = None if as_given else str(self.capabilities.get("appPackage") or _OWN_PACKAGE)
        return Lookup(self.hand, self.window, package, self._on_unmodelled)


def merged(capabilities: object) -> dict[str, Any]:
    """The W3C capabilities as one object, prefixes stripped (io.appium.uiautomator2.utils.w3c.W3CCapsUtils).

    :raises Refusal: session not created.
    """
    if not isinstance(capabilities, Mapping):
        raise Refusal(Fault.SESSION_NOT_CREATED, "'capabilities' are mandatory for session creation")
    always = _stripped(capabilities.get("alwaysMatch") or {})
    for first in capabilities.get("firstMatch") or [{}]:
        chosen = _stripped(first)
        if not always.keys() & chosen.keys():
            return always | chosen
    raise Refusal(Fault.SESSION_NOT_CREATED, f"Could not find matching capabilities from {capabilities}")


def _stripped(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("appium:"): value for name, value in capabilities.items()}
