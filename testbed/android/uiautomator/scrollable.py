"""androidx.test.uiautomator.UiScrollable: swipes inside a container until something comes into sight."""

from collections.abc import Awaitable, Callable

from testbed.android.uiautomator.expression import Argument, Call, Scrollable
from testbed.android.uiautomator.hand import Hand
from testbed.android.uiautomator.node import Node
from testbed.android.uiautomator.refusal import NOT_LOCATED, Unmodelled
from testbed.android.uiautomator.selector import Selector, search
from testbed.handset.refusal import Fault, Refusal

_DEAD_ZONE = 0.1  # DEFAULT_SWIPE_DEADZONE_PCT: swipes keep off the container's edges
_MAX_SWIPES = 30  # sMaxSearchSwipes
_FLING_SECONDS = 0.025  # FLING_STEPS 5, each 5 ms

type Window = Callable[[], Awaitable[Node]]


class Scroller:
    """One UiScrollable at work."""

    def __init__(self, container: Selector, hand: Hand, window: Window, given: Window | None = None) -> None:
        """`given` finds the container anew where an element is meant and not the first that the selector takes."""
        self._container = container
        self._hand = hand
        self._window = window
        self._given = given
        self.max_swipes = _MAX_SWIPES

    async def into_view(self, wanted: Selector) -> bool:
        """Search from the beginning to the end; the swipes that one search may take are limited, as on a phone."""
        if await self._sees(wanted):
            return True
        await self.to_edge(self.max_swipes, forwards=False)
        if await self._sees(wanted):
            return True
        for _ in range(self.max_swipes):
            more = await self.swipe(forwards=True)
            if await self._sees(wanted):
                return True
            if not more:
                return False
        return False

    async def to_edge(self, swipes: int, *, forwards: bool, fling: bool = False) -> None:
        for _ in range(swipes):
            if not await self.swipe(forwards=forwards, fling=fling):
                return

    async def swipe(self, *, forwards: bool, fling: bool = False) -> bool:
        """One swipe over the container; True when it can be scrolled further that way."""
        rect = (await self._node()).rect
        edge = round(rect.height * _DEAD_ZONE)
        x, low, high = rect.centre[0], rect.bottom - edge, rect.top + edge
        further = self._hand.fling_pixels((low - high) / _FLING_SECONDS) if fling else 0
        if forwards:
            return await self._hand.stroke((x, low), (x, high - further))
        return await self._hand.stroke((x, high), (x, low + further))

    async def _node(self) -> Node:
        if self._given is not None:
            return await self._given()
        node = search(self._container, await self._window())
        if node is None:
            raise Refusal(Fault.NO_SUCH_ELEMENT, f"{NOT_LOCATED}: {self._container}")
        return node

    async def _sees(self, wanted: Selector) -> bool:
        if self._given is not None:
            return search(wanted, await self._given()) is not None
        return search(self._container.then_child(wanted), await self._window()) is not None


async def run(scrollable: Scrollable, hand: Hand, window: Window) -> Selector:
    """Do what is called on it, then give the selector to look up, as UiScrollableParser.parse does."""
    scroller = Scroller(scrollable.container, hand, window)
    wanted = scrollable.container
    for call in scrollable.calls:
        target = _target(call)
        if target is None:
            await _move(scroller, call)
            continue
        wanted = target
        if search(wanted, await window()) is None:
            await scroller.into_view(wanted)
    return wanted


def _target(call: Call) -> Selector | None:
    match call.method, call.arguments:
        case "scrollIntoView", (Selector() as selector,):
            return selector
        case "scrollTextIntoView", (str(text),):
            return Selector().having("text", text)
        case "scrollDescriptionIntoView", (str(text),):
            return Selector().having("description", text)
    return None


async def _move(scroller: Scroller, call: Call) -> None:
    fling = call.method.startswith("fling")
    if call.method == "setMaxSearchSwipes":
        scroller.max_swipes = _number(call.arguments)
    elif call.method.endswith(("ToBeginning", "ToEnd")):
        await scroller.to_edge(_number(call.arguments), forwards=call.method.endswith("ToEnd"), fling=fling)
    elif call.method.endswith(("Forward", "Backward")):
        await scroller.swipe(forwards=call.method.endswith("Forward"), fling=fling)
    elif call.method == "setAsHorizontalList":
        raise Unmodelled("scrollable", "setAsHorizontalList: no list of this phone scrolls sideways")


def _number(arguments: tuple[Argument, ...]) -> int:
    return int(arguments[0]) if arguments and isinstance(arguments[0], int) else 0
