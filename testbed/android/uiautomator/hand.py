"""Touches: a tap goes to the view under it, not to the element that was asked for, as on glass."""

import asyncio
import math

from testbed.android.uiautomator.node import Node, hierarchy
from testbed.android.uiautomator.phone import Touchable
from testbed.handset.generations import Awaited
from testbed.screen import Box, Kind

QUIET_SECONDS = 0.5  # UiDevice.waitForIdle: so long without an event counts as idle
_TOUCH_SLOP = 8  # dp, ViewConfiguration.TOUCH_SLOP
_MAX_FLING = 8000  # dp/s, ViewConfiguration.MAXIMUM_FLING_VELOCITY


class Hand:
    """What a finger and the accessibility service do on one phone."""

    def __init__(self, phone: Touchable) -> None:
        self._phone = phone
        self._awaited: Awaited | None = None

    async def window(self, idle: float) -> Node:
        """The tree as it is once the app has answered the last input, waiting `idle` seconds at most."""
        await self.settle(idle)
        shown = self._phone.shown()
        return hierarchy(shown, self._phone.display.arrange(shown))

    async def settle(self, idle: float) -> None:
        """Wait for the app's next frame, if an input is still unanswered; at most till the app counts as quiet.

        A screen that draws without being asked to is never idle: it is waited for as long as the session allows.
        """
        await self._answer(idle)
        if self._phone.is_animating():
            await self._until_still(idle)

    async def _until_still(self, idle: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + idle
        while (left := end - loop.time()) > 0:
            if not await self._phone.frame_after(self._phone.shown().generation, min(left, QUIET_SECONDS)):
                return

    async def _answer(self, idle: float) -> None:
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            left = min(idle, awaited.left)
            if left > 0:
                await self._phone.frame_after(awaited.generation, left)

    async def tap(self, x: float, y: float) -> None:
        """The innermost clickable view under the point gets it; a disabled one swallows it (View.onTouchEvent)."""
        for box in reversed(self._trail(x, y)):
            view = box.view
            if view.clickable or view.kind is Kind.FIELD:
                if view.enabled:
                    await self._press(box)
                return

    async def type(self, node: Node, text: str) -> bool:
        """ACTION_SET_TEXT; False where it is not supported: no field, or a disabled one."""
        view = node.view
        if view is None or view.kind is not Kind.FIELD or not view.enabled:
            return False
        self._await_answer()
        self._phone.display.type(view.key, text)
        await self._phone.set_text(view.key, text)
        return True

    async def press(self, code: int) -> bool:
        """A key of the phone; False where the phone cannot make it."""
        self._await_answer()
        return await self._phone.press_key(code)

    async def stroke(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """A finger drawn from one point to another; True when a view under it can be scrolled further that way."""
        return await self.draw((start, end))

    async def draw(self, points: tuple[tuple[float, float], ...]) -> bool:
        """A finger's whole path: within the touch slop it is a tap, beyond it scrolls what lies under its start."""
        start, upwards = points[0], round(points[0][1] - points[-1][1])
        if await self._phone.edge_swipe(start, points[-1]):
            return False
        if all(math.dist(start, point) <= _TOUCH_SLOP * self._phone.density / 160 for point in points):
            await self.tap(*start)
            return False
        for box in reversed(self._trail(*start)):
            if box.scrolls and upwards:
                return self._phone.display.scroll(box.view.key, upwards)
        return False

    async def spread(self, points: tuple[tuple[float, float], ...], *, first: bool) -> None:
        """One of several fingers that are down together: the first may scroll, none of them clicks."""
        start, upwards = points[0], round(points[0][1] - points[-1][1])
        boxes = [box for box in reversed(self._trail(*start)) if box.scrolls]
        if first and boxes and abs(upwards) > _TOUCH_SLOP * self._phone.density / 160:
            self._phone.display.scroll(boxes[0].view.key, upwards)

    async def hold(self, at: tuple[float, float]) -> None:
        """A long press where no view listens to one: a view under it that can be clicked hears of nothing."""
        self._trail(*at)

    def fling_pixels(self, speed: float) -> int:
        """How far content runs on after a fling of so many pixels a second (android.widget.OverScroller)."""
        speed = min(speed, _MAX_FLING * self._phone.density / 160)
        friction, inflexion, rate = 0.015, 0.35, math.log(0.78) / math.log(0.9)
        force = 9.80665 * 39.37 * self._phone.density * 0.84
        deceleration = math.log(inflexion * speed / (friction * force))
        return round(friction * force * math.exp(rate / (rate - 1) * deceleration))

    async def _press(self, box: Box) -> None:
        """A field takes the focus, which the app does not hear of; all else is a click for the app."""
        if box.view.kind is Kind.FIELD:
            self._phone.display.focus(box.view.key)
            return
        self._await_answer()
        await self._phone.click(box.view.key)

    def _trail(self, x: float, y: float) -> tuple[Box, ...]:
        return self._phone.display.arrange(self._phone.shown()).trail(x, y)

    def _await_answer(self) -> None:
        self._awaited = Awaited.after(self._phone.shown().generation, QUIET_SECONDS)
