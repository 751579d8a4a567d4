"""Touches: a tap goes to what lies under it on the glass, not to the element that was asked for."""

import asyncio
import math
from dataclasses import dataclass

from testbed.ios.glass import under
from testbed.ios.wda.phone import Point, Touchable

QUIET_SECONDS = 0.5
"""How long an app may take to answer a touch before the screen counts as quiet (fb_waitUntilStable waits for idle)."""
SLOP = 10
"""Points within which a moved finger still taps (UIKit)."""


@dataclass(slots=True)
class _Awaited:
    generation: int
    deadline: float


class Hand:
    """What a finger does on one phone."""

    def __init__(self, phone: Touchable) -> None:
        self._phone = phone
        self._awaited: _Awaited | None = None

    async def settle(self) -> None:
        """Wait for the screen's answer to the last input, at most until the app counts as quiet."""
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            left = awaited.deadline - asyncio.get_running_loop().time()
            if left > 0:
                await self._phone.changed_after(awaited.generation, left)

    async def tap(self, at: Point) -> None:
        await self.settle()
        self.await_answer()
        await self._phone.tap(at)

    async def type(self, text: str) -> bool:
        """Strike keys, one after the other; False where nothing has the keyboard."""
        await self.settle()
        self.await_answer()
        return await self._phone.type_text(text)

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

    def await_answer(self) -> None:
        """The next look at the screen waits for its answer to what is done now."""
        now = asyncio.get_running_loop().time()
        self._awaited = _Awaited(self._phone.generation, now + QUIET_SECONDS)
