"""FBAlertViewCommands.m and FBAlert.m: what the system asks, and its buttons."""

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.glass import Window
from testbed.ios.wda import attributes, class_chain
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.refusal import NO_ALERT, invalid
from testbed.ios.wda.session import View
from testbed.ios.wda.snapshot import Snapshot


async def text(desk: Desk, _ask: Ask) -> object:
    _, alert = await _open(desk, NO_ALERT)
    said = [one for one in alert.walk() if one.type in {"StaticText", "TextView"}]
    return "\n".join(words for one in said if (words := attributes.label(one) or attributes.value(one)))


async def set_text(desk: Desk, ask: Ask) -> object:
    if ask.keys("value") is None:
        raise invalid("Missing 'value' parameter")
    await _open(desk, "No alert is open")
    raise Refusal(Fault.UNSUPPORTED, "The alert contains no input fields")


async def accept(desk: Desk, ask: Ask) -> object:
    return await _press(desk, ask, -1, "accept", "acceptAlertButtonSelector")


async def dismiss(desk: Desk, ask: Ask) -> object:
    return await _press(desk, ask, 0, "dismiss", "dismissAlertButtonSelector")


async def buttons(desk: Desk, _ask: Ask) -> object:
    _, alert = await _open(desk, NO_ALERT)
    return [one.label for one in _buttons(alert)]


async def _press(desk: Desk, ask: Ask, default: int, doing: str, selector: str) -> object:
    """The button by its label, else by the session's selector, else the last one to accept and the first to dismiss."""
    view, alert = await _open(desk, "No alert is open")
    label = ask.text("name")
    found = _buttons(alert)
    if label is not None:
        button = next((one for one in found if one.label == label), None)
        wanted = f"Failed to find button with label '{label}' for alert: {alert.label}"
    else:
        button = _chosen(desk, view, alert, selector) or (found[default] if found else None)
        wanted = f"Failed to find {doing} button for alert: {alert.label}"
    if button is None:
        raise Refusal(Fault.INVALID_ELEMENT_STATE, wanted)
    await desk.session.hand.tap(button.place.centre)
    return None


def _chosen(desk: Desk, view: View, alert: Snapshot, selector: str) -> Snapshot | None:
    chain = desk.session.settings.text(selector)
    if not chain:
        return None
    found = class_chain.matches(class_chain.chain(chain), alert, view.reader)
    return found[0] if found else None


def _buttons(alert: Snapshot) -> list[Snapshot]:
    return [one for one in alert.walk() if one.type == "Button"]


async def _open(desk: Desk, otherwise: str) -> tuple[View, Snapshot]:
    """The alert in front: the system's.

    :raises Refusal: no such alert.
    """
    await desk.session.hand.settle()
    view = desk.session.look(desk.phone.springboard())
    if any(pane.window is Window.ALERT for pane in view.scene.panes):
        for one in view.root.walk():
            if one.type == "Alert":
                return view, one
    raise Refusal(Fault.NO_SUCH_ALERT, otherwise)
