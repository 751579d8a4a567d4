import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from . import screens
from .cache import Cache
from .handset import Handset
from .settings import Memory
from .state import PAGE, Identity, Question, Record, Screen, State
from .trouble import Full

LISTS: Final = {
    Screen.DIARY: "appointment",
    Screen.CONTACTS: "contact",
    Screen.PERSONS: "person",
    Screen.SALES: "sale",
    Screen.PROJECTS: "project",
}
OUTSIDE: Final = frozenset({Screen.START, Screen.HELP, Screen.SYNCING, Screen.ONSITE})
HOMES: Final = frozenset({Screen.START, Screen.DIARY, Screen.SYNCING})


class Stage:
    """The state and the way it came to be; each change is drawn, but in the background nothing is."""

    def __init__(self, phone: Handset, cache: Cache, memory: Memory) -> None:
        self._phone = phone
        self._cache = cache
        self._memory = memory
        self._trail: list[State] = []
        self.state = self._empty()
        self.usable: frozenset[str] = frozenset()
        self.paused = False

    @property
    def signed_in(self) -> bool:
        return self.state.identity is not None

    def show(self, **changes: object) -> None:
        """Change the state and draw it."""
        if self._memory.full:
            self._memory.full = False
            changes["notice"] = str(Full())
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        if not self.paused:
            view = screens.view(self.state)
            self.usable = view.keys()
            self._phone.show(self.state.screen.value, view.wire())

    def hide(self) -> None:
        """What the app switcher may keep a picture of: nothing of the customer."""
        self.paused = True
        self._phone.show(Screen.BACKGROUND.value, screens.view(State(screen=Screen.BACKGROUND)).wire())

    def go(self, screen: Screen) -> None:
        """Begin anew on a screen; whoever is not signed in gets no further than the start."""
        if not self.signed_in and screen not in OUTSIDE:
            screen = Screen.START
        self._trail.clear()
        self.state = replace(self._empty(), identity=self.state.identity, offline=self.state.offline)
        self.show(screen=screen, **self._listed(screen, PAGE))

    def aside(self, screen: Screen, **changes: object) -> None:
        """Go to a screen that leads back to this one."""
        self._trail.append(self.state)
        self.show(screen=screen, notice="", **changes)

    def ask(self, question: Question, subject: str = "") -> None:
        self.aside(Screen.CONFIRM, question=question, subject=subject)

    def back(self, notice: str = "") -> None:
        """Go where the screen was come from; from a home, leave the app."""
        if self._trail:
            before = self._trail.pop()
            self.state = replace(before, offline=self.state.offline)
            self.show(notice=notice, **self._listed(before.screen, before.shown))
        elif self.state.screen in HOMES:
            self._phone.finish()
        else:
            self.go(Screen.DIARY)

    def enter(self, identity: Identity) -> None:
        self.state = replace(self.state, identity=identity)
        self.go(Screen.DIARY)

    def clear(self, notice: str = "") -> None:
        """The start screen, with nothing of anyone left behind it."""
        self._trail.clear()
        self.state = self._empty()
        self.show(notice=notice)

    def leave_syncing(self, **changes: object) -> None:
        """Show what has come, wherever the person is by now."""
        screen = Screen.DIARY if self.state.screen is Screen.SYNCING else self.state.screen
        if screen in LISTS:
            changes = {**self._listed(screen, self.state.shown), **changes}
        self.show(screen=screen, **changes)

    def show_more(self) -> None:
        shown = self.state.shown + PAGE
        self.show(**self._listed(self.state.screen, shown) or {"shown": shown})

    def _listed(self, screen: Screen, shown: int) -> dict[str, object]:
        """The rows of a list's first so many, and whether there are more of them."""
        if screen is Screen.IMAGES:
            return {"mask": self._cache.right("person")}
        if screen not in LISTS:
            return {}
        today = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
        found: tuple[Record, ...] = self._cache.records(LISTS[screen], limit=shown + 1, today=today)
        right = self._cache.right(LISTS[screen])
        return {"records": found[:shown], "more": len(found) > shown, "shown": shown, "mask": right}

    def _empty(self) -> State:
        settings = self._memory.settings
        return State(first_start=not settings.configured, crm_online=not settings.netserver)
