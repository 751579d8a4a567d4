"""Who is there: starts, absences, synchronisations, and how a session ends."""

import time
from typing import Final

from . import finger, idle
from .house import House
from .platforms import PLATFORMS
from .screens import VERSION
from .state import Identity, Question, Screen
from .sync import Outcome
from .trouble import SignedOut, Trouble, Unreachable

IDLE: Final = "You were logged out because the app was not used for a while."
REBUILT: Final = "The data on this phone was damaged and is fetched again."


class Presence:
    """Keeps a session while somebody may have it, and ends it when not."""

    def __init__(self, house: House) -> None:
        self._phone = house.phone
        self._memory = house.memory
        self._cache = house.cache
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands
        self._syncing = False
        self._told_full_display = False
        self._just_entered = False
        house.errands.suffer = self.suffer

    def launch(self) -> None:
        """Decide at a start whether whoever holds the phone gets in.

        A start may be a new activity in a living process.
        """
        self._stage.paused = False
        settings = self._memory.settings
        if not self._account.stored():
            self._leave_background()
            self._stage.show()
        elif self._idle_too_long() or settings.disable_auto_login or self._asks_each_time():
            self.end("")
        elif (owner := self._owner()) is None:
            self.end("Please log in again.")
        elif settings.finger:
            self._stage.show()
            self._errands.do(self._touched, lambda known: self._go_in(owner) if known else None)
        else:
            self._go_in(owner)

    def come_forward(self) -> None:
        self._stage.paused = False
        if self._stage.signed_in and self._idle_too_long():
            self.end(IDLE)
            return
        self._leave_background()
        self._stage.show()
        if self._stage.signed_in:
            self.synchronise()

    def go_back(self) -> None:
        self._memory.remember(paused_at=time.time())
        self._stage.hide()

    def entered(self, identity: Identity) -> None:
        """A sign-in succeeded."""
        self._memory.remember(ask_password=False)
        self._just_entered = True
        self._stage.show(identity=identity, screen=Screen.SYNCING)
        self.synchronise()

    def synchronise(self) -> None:
        if not self._syncing:
            self._syncing = True
            service = self._memory.settings.super_id
            self._errands.do(lambda: self._account.synchronise(service), self._synchronised)

    def refetch(self) -> None:
        service = self._memory.settings.super_id
        self._syncing = True
        self._stage.show(notice="", screen=Screen.SYNCING)
        self._errands.do(lambda: self._account.refetch(service), self._synchronised)

    def end(self, notice: str) -> None:
        """Delete the tokens and show the start screen; the next sign-in asks, so that another user can be chosen."""
        self._account.end()
        self._forget(notice)

    def leave(self, *, elsewhere: bool) -> None:
        """End the session because its user said so, here and at the servers; to go `elsewhere` is to choose anew."""
        settings = self._memory.settings
        device = settings.device_id if settings.push else ""
        self._errands.send(self._account.farewell(settings.super_id, device))
        self._memory.remember(finger=False, auto_login=False)
        if elsewhere:
            self._memory.remember(netserver="")
        self._forget("")

    def suffer(self, trouble: Trouble) -> None:
        """Say what went wrong, each trouble in its way."""
        self._syncing = False
        self._phone.log("W", "pocket", f"trouble: {type(trouble).__name__}")
        if isinstance(trouble, SignedOut):
            self.end(str(trouble))
        elif not self._stage.signed_in:
            if self._stage.state.screen is not Screen.ONSITE:
                self._stage.go(Screen.START)
            self._stage.show(notice=str(trouble))
        elif isinstance(trouble, Unreachable):
            self._stage.leave_syncing(offline=True)
        else:
            self._stage.leave_syncing(notice=str(trouble))

    def use_finger(self) -> None:
        self._memory.remember(finger=True)
        self._stage.back()

    def _forget(self, notice: str) -> None:
        self._errands.cancel()
        self._syncing = False
        if self._memory.settings.caller_ids:
            self._cache.forget_callers()
        # whoever comes next has asked neither for messages nor for the names of callers
        self._memory.remember(ask_password=True, paused_at=None, push="", caller_ids=False)
        self._stage.clear(notice)

    def _go_in(self, owner: Identity) -> None:
        self._leave_background()
        self._stage.enter(owner)
        if self._cache.rebuilt:
            self._stage.show(notice=REBUILT)
            self._cache.rebuilt = False
        self.synchronise()

    def _synchronised(self, outcome: Outcome) -> None:
        self._syncing = False
        found = outcome.preferences
        self._memory.remember(auto_logout=found.auto_logout, disable_auto_login=found.disable_auto_login)
        self._stage.leave_syncing(offline=False)
        if self._stage.state.screen is Screen.DIARY and not self._stage.paused:
            self._tell_full_display()
        self._mend()
        self._learn_callers()
        self._offer_finger()

    def _mend(self) -> None:
        """A database that broke under way has lost its owner and its positions."""
        owner = self._stage.state.identity
        if self._cache.rebuilt and owner is not None:
            self._cache.rebuilt = False
            self._cache.adopt(owner)
            self._stage.show(notice=REBUILT)
            self.synchronise()

    def _learn_callers(self) -> None:
        settings = self._memory.settings
        if settings.caller_ids:
            self._errands.send(lambda: self._account.learn_callers(settings.super_id))

    def _offer_finger(self) -> None:
        """Once after a sign-in, where the next start would ask for the password again."""
        settings, asked = self._memory.settings, self._just_entered
        self._just_entered = False
        wanted = asked and self._asks_each_time() and self._stage.state.screen is Screen.DIARY
        if wanted and finger.offered(VERSION, online=not settings.netserver):
            self._stage.ask(Question.USE_FINGER, PLATFORMS[self._phone.platform].finger)

    def _touched(self) -> bool:
        try:
            return self._phone.authenticate("Log in to Mobile CRM")
        except OSError:
            return False

    def _asks_each_time(self) -> bool:
        settings = self._memory.settings
        return bool(settings.netserver) and not settings.auto_login and not settings.finger

    def _owner(self) -> Identity | None:
        """Whose cache it is; after damage, whose session it is."""
        owner = self._cache.owner()
        if owner is None and self._cache.rebuilt and (owner := self._account.who()) is not None:
            self._cache.adopt(owner)
        return owner

    def _idle_too_long(self) -> bool:
        return idle.expired(self._memory.settings.paused_at, time.time(), self._memory.settings.auto_logout)

    def _leave_background(self) -> None:
        if self._memory.settings.paused_at is not None:
            self._memory.remember(paused_at=None)

    def _tell_full_display(self) -> None:
        self._phone.fully_drawn()
        if not self._told_full_display:
            self._told_full_display = True
            self._phone.log("I", "pocket", f"full display seconds={self._phone.running_for():.3f}")
