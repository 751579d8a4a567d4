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

    def forget(self, observer: Callable[[str], None]) -> None:
        if observer in self._observers:
            self._observers.remove(observer)
