import asyncio
from collections.abc import Callable


class Notifications:
    """Darwin notifications: names without content, from anyone to anyone (notify(3))."""

    def __init__(self) -> None:
        self._observers: list[Callable[[str], None]] = []

    def post(self, name: str) -> None:
        for observer in list(self._observers):
            observer(name)

    def observe(self, observer: Callable[[str], None]) -> None:
        self._observers.append(observer)

    async def wait_for(self, name: str | None, seconds: float) -> bool:
        """Whether the name is posted in time; None stands for one that nobody posts."""
        heard = asyncio.Event()

        def hear(posted: str) -> None:
            if posted == name:
                heard.set()

        self.observe(hear)
        try:
            async with asyncio.timeout(seconds):
                await heard.wait()
        except TimeoutError:
            return False
        finally:
            self.forget(hear)
        return True

    def forget(self, observer: Callable[[str], None]) -> None:
        if observer in self._observers:
            self._observers.remove(observer)
