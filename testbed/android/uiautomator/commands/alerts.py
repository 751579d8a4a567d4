"""System dialogs, told by their resource ids as io.appium.uiautomator2.utils.AlertHelpers tells them."""

import re

from testbed.android.uiautomator.ask import Ask
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.node import Node
from testbed.android.uiautomator.refusal import NO_ALERT
from testbed.handset.refusal import Fault, Refusal

_TITLE = re.compile(r".+:id/(alertTitle|custom)")
_BUTTON = re.compile(r"android:id/button\d+")
_PERMISSION = re.compile(r".+:id/permission_message")
_PERMISSION_BUTTON = re.compile(r".+:id/permission_\w+_button")
_CONTENT = "android:id/content"
_ANY = re.compile(r".+:id/.+")
_ALLOW = re.compile(r"(.*[^a-z])allow([^a-z].*)", re.IGNORECASE)
_DENY = re.compile(r"(.*[^a-z])deny([^a-z].*)", re.IGNORECASE)


async def text(desk: Desk, _ask: Ask) -> object:
    root = await desk.session.window()
    buttons = _buttons_of(root)
    content = next((node for node in root.walk() if node.resource_id == _CONTENT), None)
    if content is None:
        raise Refusal(Fault.NO_SUCH_ALERT, NO_ALERT)
    shown = [node for node in _named(content, _ANY) if not buttons.fullmatch(node.resource_id or "")]
    return "\n".join(node.text for node in shown if node.text.strip())


async def accept(desk: Desk, ask: Ask) -> object:
    return await _press(desk, ask, accepting=True)


async def dismiss(desk: Desk, ask: Ask) -> object:
    return await _press(desk, ask, accepting=False)


async def _press(desk: Desk, ask: Ask, *, accepting: bool) -> object:
    root = await desk.session.window()
    pattern = _buttons_of(root)
    buttons = _named(root, pattern)
    label = ask.may("buttonLabel", str)
    if label is not None:
        button = next((each for each in buttons if each.text == label), None)
    elif pattern is _BUTTON:
        button = _regular(buttons, accepting=accepting)
    else:
        button = _permission(buttons, accepting=accepting)
    if button is None:
        raise Refusal(Fault.INVALID_ELEMENT_STATE, "The expected button cannot be detected on the alert")
    await desk.session.hand.tap(*button.rect.centre)
    return None


def _buttons_of(root: Node) -> re.Pattern[str]:
    """The buttons of the kind of dialog that is shown.

    :raises Refusal: no such alert.
    """
    for title, buttons in ((_TITLE, _BUTTON), (_PERMISSION, _PERMISSION_BUTTON)):
        if _named(root, title):
            return buttons
    raise Refusal(Fault.NO_SUCH_ALERT, NO_ALERT)


def _regular(buttons: list[Node], *, accepting: bool) -> Node | None:
    ordered = sorted(buttons, key=lambda node: node.resource_id or "")
    return ordered[0 if accepting else min(1, len(ordered) - 1)] if ordered else None


def _permission(buttons: list[Node], *, accepting: bool) -> Node | None:
    if len(buttons) < 2:  # noqa: PLR2004 -- one button is both answers
        return buttons[0] if buttons else None
    wanted, other = (_ALLOW, buttons[1]) if accepting else (_DENY, buttons[0])
    return next((each for each in buttons if wanted.fullmatch(each.resource_id or "")), other)


def _named(root: Node, pattern: re.Pattern[str]) -> list[Node]:
    return [node for node in root.walk() if pattern.fullmatch(node.resource_id or "")]
