"""The gestures of FBElementCommands.m and W3C actions (FBTouchActionCommands.m): fingers on the glass."""

import asyncio
import math

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.actions import Keys, Together, performed
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.phone import Point
from testbed.ios.wda.predicate import parse
from testbed.ios.wda.refusal import invalid
from testbed.ios.wda.session import View
from testbed.ios.wda.snapshot import Place, Snapshot

DIRECTIONS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
"""Where a finger goes in a swipe."""
SCROLLING = frozenset({"ScrollView", "CollectionView", "Table", "WebView"})
MOST_SCROLLS = 25
"""FBScrollToVisible… gives up after so many."""
SWIPE = 0.5
"""Of the element's length, about its middle."""
NEAR, FAR = 0.05, 0.25
"""Of the element's width: how far from its middle two fingers are when they are together, and when they are apart."""
BETWEEN = 20
"""Points between fingers that tap side by side."""


async def tap(desk: Desk, ask: Ask) -> object:
    await desk.session.hand.tap(await _point(desk, ask))
    return None


async def double_tap(desk: Desk, ask: Ask) -> object:
    at = await _point(desk, ask)
    await desk.session.hand.tap(at)
    await desk.session.hand.tap(at)
    return None


async def tap_with(desk: Desk, ask: Ask) -> object:
    taps, touches = ask.number("numberOfTaps"), ask.number("numberOfTouches")
    if taps is None or touches is None:
        raise invalid("Both 'numberOfTaps' and 'numberOfTouches' arguments must be provided")
    if touches < 1:
        raise invalid("'numberOfTouches' must be at least 1")
    at = (await _place(desk, ask)).centre
    for _ in range(int(taps)):
        if touches == 1:
            await desk.session.hand.tap(at)
        else:
            await desk.session.hand.together(_side_by_side(at, int(touches)))
    return None


async def two_finger_tap(desk: Desk, ask: Ask) -> object:
    await desk.session.hand.together(_side_by_side((await _place(desk, ask)).centre, 2))
    return None


async def hold(desk: Desk, ask: Ask) -> object:
    """No app of this phone listens to a long press, and a control without such a gesture takes it for a tap."""
    await asyncio.sleep(min(ask.number("duration") or 0.0, 10.0))
    await desk.session.hand.tap(await _point(desk, ask))
    return None


async def drag(desk: Desk, ask: Ask) -> object:
    place = await _place(desk, ask)
    start, end = (
        (place.x + (ask.number(x) or 0), place.y + (ask.number(y) or 0))
        for x, y in (("fromX", "fromY"), ("toX", "toY"))
    )
    await desk.session.hand.drag((start, end))
    return None


async def swipe(desk: Desk, ask: Ask) -> object:
    direction = ask.text("direction")
    if direction is None:
        raise invalid("Missing 'direction' parameter")
    if direction.lower() not in DIRECTIONS:
        known = "(\n    " + ",\n    ".join(DIRECTIONS) + "\n)"
        words = f"Unsupported swipe direction '{direction}'. Only the following directions are supported: {known}"
        raise invalid(words)
    await _stroke(desk, await _place(desk, ask), direction.lower(), SWIPE)
    return None


async def scroll(desk: Desk, ask: Ask) -> object:
    """FBElementCommands.m, handleScroll: the arguments that are there decide what is meant."""
    view, root = await _target(desk, ask)
    name, direction, predicate = ask.text("name"), ask.text("direction"), ask.text("predicateString")
    if name is not None:
        found = [one for one in root.walk() if one is not root and name in (one.identifier, one.label)]
        await _into_view(desk, found, f"'{name}' identifier didn't match any elements")
    elif direction is not None:
        distance = ask.number("distance")
        if direction in DIRECTIONS:
            opposite = {"up": "down", "down": "up", "left": "right", "right": "left"}[direction]
            await _stroke(desk, root.place, opposite, 1.0 if distance is None else distance)
    elif predicate is not None:
        holds = parse(predicate)
        found = [one for one in root.walk() if one is not root and holds(view.reader, one)]
        await _into_view(desk, found, f"'{predicate}' predicate didn't match any elements")
    elif ask.body.get("toVisible") is not None:
        await _into_view(desk, [root], "")
    else:
        raise invalid("Unsupported scroll type")
    return None


async def scroll_to(desk: Desk, ask: Ask) -> object:
    _, one = await desk.session.element(ask.element)
    await _into_view(desk, [one], "")
    return None


async def pinch(desk: Desk, ask: Ask) -> object:
    """Two fingers that part (`scale` above 1) or meet; their middle stays where it is."""
    place, scale = await _place(desk, ask), ask.number("scale") or 0.0
    near, far = place.width * NEAR, place.width * FAR
    begin, end = (near, far) if scale > 1 else (far, near)
    (x, y) = place.centre
    await desk.session.hand.together(tuple(((x + side * begin, y), (x + side * end, y)) for side in (-1, 1)))
    return None


async def rotate(desk: Desk, ask: Ask) -> object:
    """Two fingers opposite each other that go round, by `rotation` in radians."""
    place, angle = await _place(desk, ask), ask.number("rotation") or 0.0
    (x, y), far = place.centre, place.width * FAR
    turned = (math.cos(angle) * far, math.sin(angle) * far)
    fingers = tuple(((x + side * far, y), (x + side * turned[0], y + side * turned[1])) for side in (-1, 1))
    await desk.session.hand.together(fingers)
    return None


async def force_touch(desk: Desk, ask: Ask) -> object:
    """XCUIElement+FBForceTouch.m: iPhones without 3D Touch, all since the 11, feel no pressure."""
    await _place(desk, ask)
    raise Refusal(Fault.INVALID_ELEMENT_STATE, "Force press is not supported on this device")


async def drag_from_element(desk: Desk, ask: Ask) -> object:
    """pressAndDragWithVelocity of an element: from its middle to that of `toElement`."""
    start = (await _place(desk, ask)).centre
    target = ask.text("toElement")
    if target is None:
        raise invalid("'toElement' argument must be provided")
    await desk.session.hand.drag((start, (await desk.session.element(target))[1].place.centre))
    return None


async def perform(desk: Desk, ask: Ask) -> object:
    async def centre_of(element: str) -> Point:
        return (await desk.session.element(element))[1].place.centre

    for done in await performed(ask.body.get("actions"), centre_of):
        if isinstance(done, Together):
            await desk.session.hand.together(tuple(stroke.points for stroke in done.strokes))
        elif isinstance(done, Keys):
            if not await desk.session.hand.type(done.text):
                raise Refusal(Fault.UNKNOWN_ERROR, "The on-screen keyboard must be present to send keys")
        else:
            await desk.session.hand.drag(done.points)
    await desk.session.hand.settle()
    return None


async def _target(desk: Desk, ask: Ask) -> tuple[View, Snapshot]:
    if "uuid" in ask.path:
        return await desk.session.element(ask.element)
    view = await desk.session.view()
    return view, view.root


async def _place(desk: Desk, ask: Ask) -> Place:
    return (await _target(desk, ask))[1].place


async def _point(desk: Desk, ask: Ask) -> Point:
    """targetWithXyCoordinatesFromRequest: an offset from the element's upper left corner, or its middle."""
    x, y = ask.number("x"), ask.number("y")
    place = await _place(desk, ask)
    if x is None and y is None:
        return place.centre
    if x is None or y is None:
        raise invalid("Both x and y coordinates must be provided")
    return place.x + x, place.y + y


def _side_by_side(at: Point, fingers: int) -> tuple[tuple[Point, ...], ...]:
    """The first finger where one alone would touch, the others beside it."""
    return tuple(((at[0] + n * BETWEEN, at[1]),) for n in range(fingers))


async def _stroke(desk: Desk, place: Place, direction: str, part: float) -> bool:
    """Through the middle of a place, over `part` of its length."""
    (x, y), (dx, dy) = place.centre, DIRECTIONS[direction]
    half = (dx * place.width * part / 2, dy * place.height * part / 2)
    return await desk.session.hand.drag(((x - half[0], y - half[1]), (x + half[0], y + half[1])))


async def _into_view(desk: Desk, found: list[Snapshot], otherwise: str) -> None:
    """Scroll what holds the last of the elements until that one is seen."""
    if not found:
        raise Refusal(Fault.NO_SUCH_ELEMENT, otherwise)
    wanted = found[-1]
    for _ in range(MOST_SCROLLS):
        root = (await desk.session.view()).root
        now = next((one for one in root.walk() if one.identity == wanted.identity), None)
        if now is None:
            raise Refusal(Fault.ELEMENT_NOT_VISIBLE, "Can't scroll to element that does not exist")
        if now.visible:
            return
        holder = _holder(root, now)
        if holder is None or not await _step(desk, holder, now):
            break
    raise Refusal(Fault.INVALID_ELEMENT_STATE, "Failed to find scrollable visible parent with 2 visible children")


def _holder(root: Snapshot, wanted: Snapshot) -> Snapshot | None:
    """The innermost view that scrolls and holds the element."""
    holders = [one for one in root.walk() if one.hidden and any(each is wanted for each in one.walk())]
    return holders[-1] if holders else None


async def _step(desk: Desk, holder: Snapshot, wanted: Snapshot) -> bool:
    below = wanted.place.y > holder.place.y
    before = holder.box.offset if holder.box else 0
    await _stroke(desk, holder.place, "up" if below else "down", SWIPE)
    root = (await desk.session.view()).root
    after = next((one for one in root.walk() if one.identity == holder.identity), None)
    return after is not None and after.box is not None and after.box.offset != before
