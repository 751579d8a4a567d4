"""Who calls: numbers of the people one has to do with, for the phone's own caller identification.

Off until the user wants it. The numbers lie in the cache, so they go with it; at a log out they go at once, as a phone
shows a caller's name to whoever holds it.
"""

from typing import Final

from .house import House
from .state import Screen

SWITCH: Final = "caller_id_on"


class Callers:
    """The screen that turns it on and off."""

    def __init__(self, house: House) -> None:
        self._memory = house.memory
        self._cache = house.cache
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands

    def open(self) -> None:
        self._stage.aside(Screen.CALLER_ID, switches=self._switches(), subject=self._known())

    def toggle(self) -> None:
        """Fetch the numbers, or forget them."""
        if self._memory.settings.caller_ids:
            self._memory.remember(caller_ids=False)
            self._cache.forget_callers()
            self._show()
            return
        # before the first number is kept, so that an end of the session knows that there may be some
        self._memory.remember(caller_ids=True)
        service = self._memory.settings.super_id
        self._errands.do(lambda: self._account.learn_callers(service), lambda _: self._show())

    def _show(self) -> None:
        if self._stage.state.screen is Screen.CALLER_ID:
            self._stage.show(notice="", switches=self._switches(), subject=self._known())

    def _switches(self) -> tuple[tuple[str, str, bool], ...]:
        return ((SWITCH, "Show who calls", self._memory.settings.caller_ids),)

    def _known(self) -> str:
        return f"{self._cache.callers()} numbers are known to this phone."
