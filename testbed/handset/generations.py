"""Which picture of the screen is the newest, and waiting for one that is newer."""

import asyncio
from dataclasses import dataclass


class Generations:
    """Counts changes of what is seen."""

    def __init__(self) -> None:
        self.latest = 0
        self._newer = asyncio.Event()

    def advance(self) -> None:
        """Something else is seen now."""
        self.latest += 1
        self._newer.set()
        self._newer = asyncio.Event()

    async def newer_than(self, generation: int, seconds: float) -> bool:
        """Waits for one; False where none came in time."""
        try:
            async with asyncio.timeout(seconds):
                while self.latest <= generation:
                    await self._newer.wait()
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Awaited:
    """An input's answer: a picture newer than the one it met, until the app counts as quiet."""

    generation: int
    deadline: float
    """By the event loop's clock."""

    @classmethod
    def after(cls, generation: int, seconds: float) -> "Awaited":
        return cls(generation, asyncio.get_running_loop().time() + seconds)

    @property
    def left(self) -> float:
        """Seconds; none or less once it is overdue."""
        return self.deadline - asyncio.get_running_loop().time()
