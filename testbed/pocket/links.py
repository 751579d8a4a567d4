"""Navigation links (`superoffice:`), after the samples of the customisation guide, which calls them unofficial.

superoffice:[//]target[.subscreen][?entity_id=digits[&task…]]
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from .state import Screen

RECORDS: Final = ("contact", "person", "appointment", "sale", "project", "document")
HOMES: Final = {
    "diaryhome": (Screen.DIARY, ("checklist", "upcoming", "week", "day", "month")),
    "contacthome": (Screen.CONTACTS, ("search", "favorite", "colleague", "projectmember", "selectionmember")),
    "projecthome": (Screen.PROJECTS, ("search", "favorite", "myopen")),
    "salehome": (Screen.SALES, ()),
    "imagehome": (Screen.IMAGES, ()),
    "invitations": (Screen.DIARY, ()),
}
SEARCH: Final = "search"
LINK: Final = re.compile(r"superoffice:(?://)?(\w+)(?:\.(\w+))?(?:\?(\w+)_id=(\d{1,9}))?(&[^\s]{1,80})?", re.ASCII)
NUMBER: Final = re.compile(r"&call&callnumber=(\+?\d{3,15})", re.ASCII)


class Task(Enum):
    """What a link wants done beyond showing something; the person is asked first."""

    CALL = auto()
    ACCEPT = auto()
    REJECT = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: a screen, or a record; `argument` is what the task needs to know."""

    screen: Screen
    entity: str = ""
    id: int = 0
    task: Task | None = None
    argument: str = ""


def target(link: str) -> Target | None:
    """Read a link; None for all that is not in the guide, so that no link does what nobody has thought of."""
    found = LINK.fullmatch(link)
    if found is None:
        return None
    name, below, entity, number, rest = found.groups()
    if entity:
        return _record(name, entity, int(number), rest or "") if not below else None
    return _home(name, below or "") if not rest else None


def _home(name: str, below: str) -> Target | None:
    screen, known = HOMES.get(name, (None, ()))
    if screen is None or below not in ("", *known):
        return None
    return Target(Screen.SEARCH if below == SEARCH else screen)


def _record(name: str, entity: str, number: int, rest: str) -> Target | None:
    if name != entity or name not in RECORDS:
        return None
    if not rest:
        return Target(Screen.DETAIL, name, number)
    if (called := NUMBER.fullmatch(rest)) and name == "person":
        return Target(Screen.DETAIL, name, number, Task.CALL, called[1])
    tasks = {"&accept": Task.ACCEPT, "&reject": Task.REJECT} if name == "appointment" else {}
    return Target(Screen.DETAIL, name, number, tasks[rest]) if rest in tasks else None
