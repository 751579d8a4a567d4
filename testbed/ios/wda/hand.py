"""Touches: a tap goes to what lies under it on the glass, not to the element that was asked for."""

import math

from testbed.handset.generations import Awaited
from testbed.ios.glass import under
from testbed.ios.wda.phone import Point, Touchable
from testbed.ios.wda.refusal import Unmodelled
from testbed.screen import Box, Kind

QUIET_SECONDS = 0.5
"""How long an app may take to answer a touch before the screen counts as quiet (fb_waitUntilStable waits for idle)."""
TYPED_SECONDS = 2.0
"""The same for keys, which every app that has a field answers, however busy the machine is."""
SLOP = 10
"""Points within which a moved finger still taps (UIKit)."""
CONTROLS = frozenset({Kind.BUTTON, Kind.SWITCH})
"""UIControls, which follow one touch; rows and fields wait for a tap of one finger, which two are not."""


class Hand:
    """What a finger does on one phone."""

    def __init__(self, phone: Touchable) -> None:
        self._phone = phone
        self._awaited: Awaited | None = None

    async def settle(self) -> None:
        """Wait for the screen's answer to the last input, at most until the app counts as quiet."""
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            if awaited.left > 0:
                await self._phone.changed_after(awaited.generation, awaited.left)

    async def tap(self, at: Point) -> None:
        await self.settle()
        self.await_answer()
        await self._phone.tap(at)

    async def type(self, text: str) -> bool:
        """Strike keys, one after the other; False where nothing has the keyboard."""
        await self.settle()
        struck = await self._phone.type_text(text)
        if struck:
            # from here on: that the phone itself shows the letters is not yet the app's answer to them
            self.await_answer(TYPED_SECONDS)
        return struck

    async def drag(self, points: tuple[Point, ...]) -> bool:
        """A finger's whole path: within the slop a tap, beyond it scrolls what lies under its start."""
        await self.settle()
        start, upwards = points[0], points[0][1] - points[-1][1]
        if all(math.dist(start, point) <= SLOP for point in points):
            await self.tap(start)
            return False
        scale = self._phone.device.scale
        x, y = start[0] * scale, start[1] * scale
        pane = under(self._phone.glass(), x, y)
        if pane is None or not upwards:
            return False
        for box in reversed(pane.trail(x, y)):
            if box.scrolls:
                return self._phone.scroll(pane, box.view.key, upwards)
        return False

    async def together(self, fingers: tuple[tuple[Point, ...], ...]) -> None:
        """Several fingers on the glass at once, in the order of their coming.

        A control takes the first of them (UIView.isMultipleTouchEnabled is off); a list follows their middle; nothing
        on this phone listens to a pinch or a turn of two fingers but a page, which Safari would zoom.

        :raises Unmodelled: for fingers that move apart, together or around each other on a page.
        """
        await self.settle()
        starts, ends = _middle([finger[0] for finger in fingers]), _middle([finger[-1] for finger in fingers])
        still = all(math.dist(finger[0], point) <= SLOP for finger in fingers for point in finger)
        box = self._control(fingers[0][0])
        if still and box is not None and box.view.kind in CONTROLS:
            await self.tap(fingers[0][0])
        elif not still and math.dist(starts, ends) > SLOP:
            await self.drag((fingers[0][0], _moved(fingers[0][0], starts, ends)))
        elif not still and self._on_page(fingers[0][0]):
            raise Unmodelled("gesture", "zooming a page with two fingers")

    def _control(self, at: Point) -> Box | None:
        """The innermost view under a point that takes touches."""
        trail = self._trail(at)
        return next((box for box in reversed(trail) if box.view.clickable or box.view.kind is Kind.FIELD), None)

    def _on_page(self, at: Point) -> bool:
        return any(box.view.is_page for box in self._trail(at))

    def _trail(self, at: Point) -> tuple[Box, ...]:
        scale = self._phone.device.scale
        x, y = at[0] * scale, at[1] * scale
        pane = under(self._phone.glass(), x, y)
        return () if pane is None else pane.trail(x, y)

    def await_answer(self, seconds: float = QUIET_SECONDS) -> None:
        """The next look at the screen waits for its answer to what is done now."""
        self._awaited = Awaited.after(self._phone.generation, seconds)


def _middle(points: list[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _moved(point: Point, start: Point, end: Point) -> Point:
    return point[0] + end[0] - start[0], point[1] + end[1] - start[1]
