"""W3C actions and the `mobile: …Gesture` family."""

from enum import Enum
from typing import Any

from testbed.android.uiautomator.ask import Ask, invalid, read
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.elements import Locator
from testbed.android.uiautomator.expression import Scrollable, parse
from testbed.android.uiautomator.keys import W3C_KEYS, is_text
from testbed.android.uiautomator.pointer import Keys, Point, Stroke, performed
from testbed.android.uiautomator.refusal import NOT_LOCATED, Unmodelled
from testbed.android.uiautomator.scrollable import Scroller
from testbed.android.uiautomator.selector import Selector
from testbed.handset.refusal import Fault, Refusal
from testbed.screen import Rect

_MARGIN = 0.1  # AxNodeInfoHelper.DEFAULT_GESTURE_MARGIN_PERCENT
_FLING_SPEED = 7500  # dp/s, UiObject2.DEFAULT_FLING_SPEED
_MOST_SWIPES = 30  # UiScrollable.sMaxSearchSwipes
_MIN_FLING = 50  # dp/s, ViewConfiguration.MINIMUM_FLING_VELOCITY


class _Direction(Enum):
    """Where a finger goes; a list scrolls the other way."""

    UP = (0, -1)
    DOWN = (0, 1)
    LEFT = (-1, 0)
    RIGHT = (1, 0)

    @property
    def reverse(self) -> "_Direction":
        return _Direction((-self.value[0], -self.value[1]))


async def perform(desk: Desk, ask: Ask) -> object:
    async def centre_of(element: str) -> Point:
        return (await desk.node(element)).rect.centre

    await desk.session.window()
    done = await performed(ask.need("actions", list, "W3CActionsModel"), centre_of)
    for deed in done:
        if isinstance(deed, Keys):
            await _strike(desk, deed.text)
        elif any(deed.overlaps(other) for other in done if isinstance(other, Stroke) and other is not deed):
            await desk.session.hand.spread(deed.points, first=deed.leads(done))
        else:
            await desk.session.hand.draw(deed.points)
    return None


async def click(desk: Desk, ask: Ask) -> object:
    await desk.session.hand.tap(*await _point(desk, ask, "Click"))
    return None


async def long_click(desk: Desk, ask: Ask) -> object:
    """No app of this phone listens to long clicks, and a view without such a listener takes it for a click."""
    if (ask.may("duration", float) or 0) < 0:
        raise invalid("Long click duration cannot be negative")
    await desk.session.hand.tap(*await _point(desk, ask, "Long click"))
    return None


async def double_click(desk: Desk, ask: Ask) -> object:
    at = await _point(desk, ask, "Click")
    await desk.session.hand.tap(*at)
    await desk.session.hand.tap(*at)
    return None


async def swipe(desk: Desk, ask: Ask) -> object:
    area = await _area(desk, ask, "swipe")
    percent = ask.need("percent", float, "SwipeModel")
    if not 0 <= percent <= 1:
        raise invalid("Percent must be between 0.0f and 1.0f")
    await _swipe(desk, area, _direction(ask, "Swipe"), percent)
    return None


async def scroll(desk: Desk, ask: Ask) -> object:
    area = await _area(desk, ask, "scroll")
    left, more = ask.need("percent", float, "ScrollModel"), False
    if left < 0:
        raise invalid("Percent must be greater than 0.0f")
    while left > 0:
        more = await _swipe(desk, area, _direction(ask, "Scroll").reverse, min(left, 1))
        if not more:
            return False
        left -= 1
    return True


async def fling(desk: Desk, ask: Ask) -> object:
    area = await _area(desk, ask, "fling")
    density = desk.phone.density / 160
    speed = ask.may("speed", int) or round(_FLING_SPEED * density)
    if speed < _MIN_FLING * density:
        raise invalid(f"Speed {speed} is less than the minimum fling velocity {round(_MIN_FLING * density)}")
    further = desk.session.hand.fling_pixels(speed)
    return await _swipe(desk, area, _direction(ask, "Fling").reverse, 1, further)


async def drag(desk: Desk, ask: Ask) -> object:
    """A long press, then a draw: nothing on these screens is picked up by it, so it scrolls no list either."""
    start = await _point(desk, ask, "Start drag")
    end = ask.need("end", dict, "DragModel")
    if read(end, "x", float) is None or read(end, "y", float) is None:
        raise invalid("PointModel: The mandatory field 'x' or 'y' is not present in JSON")
    await desk.session.hand.hold(start)
    return None


async def pinch(desk: Desk, ask: Ask) -> object:
    """Two fingers: no view of these apps zooms, so nothing follows but what is refused."""
    await _area(desk, ask, "pinch")
    percent = ask.need("percent", float, "PinchModel")
    if not 0 <= percent <= 1:
        raise invalid("Percent must be between 0.0f and 1.0f")
    return None


async def scroll_to_element(desk: Desk, ask: Ask) -> object:
    """`mobile: scrollBackTo`: the container is swiped until the second element is in sight (ScrollToElement.java)."""
    container = await desk.node(ask.element)
    if not container.attributes["scrollable"]:
        message = f"The element '{ask.element}' is not scrollable"
        raise Refusal(Fault.INVALID_ELEMENT_STATE, message)
    for _ in range(_MOST_SWIPES):
        try:
            await desk.node(ask.path["other"])
        except Refusal:
            rect = (await desk.node(ask.element)).rect
            if not await _swipe(desk, rect.inset(0, rect.height // 10), _Direction.UP, 1):
                raise
            continue
        return None
    raise Refusal(Fault.NO_SUCH_ELEMENT, NOT_LOCATED)


async def scroll_to(desk: Desk, ask: Ask) -> object:
    """`mobile: scroll`: swipe through the first list, or a given one, until something is in sight."""
    given: dict[str, Any] = ask.need("params", dict, "ScrollToModel")
    origin, first = ask.origin, Selector().having("scrollable", value=True)
    inside = None if origin is None else lambda: desk.node(origin)
    scroller = Scroller(first, desk.session.hand, desk.session.window, inside)
    scroller.max_swipes = read(given, "maxSwipes", int) or scroller.max_swipes
    if not await scroller.into_view(_wanted(given)):
        raise Refusal(Fault.NO_SUCH_ELEMENT, f"Cannot scroll to {given.get('selector')}")
    return None


def _wanted(given: dict[str, Any]) -> Selector:
    strategy, selector = read(given, "strategy", str), read(given, "selector", str)
    if strategy is None or selector is None:
        raise invalid("ScrollParams: The mandatory field 'strategy' or 'selector' is not present in JSON")
    if strategy == "accessibility id":
        return Selector().having("description", selector)
    if strategy == "class name":
        return Selector().having("className", selector)
    statement = parse(selector)[0] if strategy == "-android uiautomator" else None
    if statement is None or isinstance(statement, Scrollable):
        raise invalid(
            f"Unsupported strategy: '{strategy}'. The only supported strategies are: "
            "[accessibility id, class name, -android uiautomator]."
        )
    return statement


async def _strike(desk: Desk, text: str) -> None:
    for letter in text:
        if is_text(letter):
            await _write(desk, letter)
        elif letter not in W3C_KEYS:
            raise Unmodelled("key", f"W3C key U+{ord(letter):04X}")
        elif not await desk.session.hand.press(W3C_KEYS[letter]):
            raise Refusal(Fault.INVALID_ELEMENT_STATE, "Unable to perform W3C actions.")


async def _write(desk: Desk, letter: str) -> None:
    """A key that makes a character adds it to the focused field; without one it goes nowhere."""
    for node in (await desk.session.window()).walk():
        if node.attributes["focused"] and node.view is not None:
            await desk.session.hand.type(node, node.view.text + letter)


async def _point(desk: Desk, ask: Ask, name: str) -> Point:
    rect, offset = await _origin(desk, ask), ask.may("offset", dict)
    if offset is None:
        if rect is None:
            raise invalid(f"{name} offset coordinates must be provided if element is not set")
        return rect.centre
    x, y = read(offset, "x", float), read(offset, "y", float)
    if x is None or y is None:
        raise invalid("PointModel: The mandatory field 'x' or 'y' is not present in JSON")
    return (int(x), int(y)) if rect is None else (rect.left + int(x), rect.top + int(y))


async def _origin(desk: Desk, ask: Ask) -> Rect | None:
    if ask.origin is not None:
        return (await desk.node(ask.origin)).rect
    locator = ask.may("locator", dict)
    if locator is None:
        await desk.session.window()
        return None
    wanted = Locator(str(locator.get("strategy")), str(locator.get("selector")))
    found = await desk.session.find(wanted, locator.get("context"))
    if not found:
        raise Refusal(Fault.NO_SUCH_ELEMENT, NOT_LOCATED)
    return found[0][1].rect


async def _area(desk: Desk, ask: Ask, name: str) -> Rect:
    """Where fingers go: an element less a tenth on each side, or the area that is given."""
    if ask.origin is not None:
        rect = (await desk.node(ask.origin)).rect
        return rect.inset(int(rect.width * _MARGIN), int(rect.height * _MARGIN))
    given = ask.may("area", dict)
    if given is None:
        raise invalid(f"The {name} area coordinates must be provided if element is not set")
    await desk.session.window()
    edges = [read(given, edge, float) for edge in ("left", "top", "width", "height")]
    if None in edges:
        raise invalid("RectModel: a mandatory field is not present in JSON")
    left, top, width, height = (int(edge or 0) for edge in edges)
    if width < 0 or height < 0:
        raise invalid(f"Rectangle {'width' if width < 0 else 'height'} must not be negative")
    return Rect(left, top, left + width, top + height)


def _direction(ask: Ask, name: str) -> _Direction:
    given = ask.may("direction", str)
    try:
        return _Direction[(given or "").upper()]
    except KeyError:
        raise invalid(f"{name} direction must be one of [{', '.join(_Direction.__members__)}]") from None


async def _swipe(desk: Desk, area: Rect, direction: _Direction, percent: float, further: int = 0) -> bool:
    """Across the middle of the area, from the edge it leaves (androidx.test.uiautomator.Gestures.swipeRect)."""
    (x, y), (dx, dy) = area.centre, direction.value
    start = {(0, -1): (x, area.bottom), (0, 1): (x, area.top), (-1, 0): (area.right, y), (1, 0): (area.left, y)}[dx, dy]
    start = min(max(start[0], area.left), area.right - 1), min(max(start[1], area.top), area.bottom - 1)
    far = (dx * (area.width * percent + further), dy * (area.height * percent + further))
    return await desk.session.hand.stroke(start, (start[0] + far[0], start[1] + far[1]))
