"""Navigation links (`superoffice:`), after the samples of the customisation guide, which calls them unofficial."""

import re
from dataclasses import dataclass
from typing import Final

from .state import Screen

RECORDS: Final = ("contact", "person", "appointment", "sale")
HOMES: Final = {"diaryhome": Screen.DIARY, "contacthome": Screen.CONTACTS, "salehome": Screen.SALES}
RECORD_LINK: Final = re.compile(r"superoffice:(?://)?(\w+)\?(\w+)_id=(\d{1,9})", re.ASCII)
HOME_LINK: Final = re.compile(r"superoffice:(?://)?(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: a screen, or a record of the cache."""

    screen: Screen
    entity: str = ""
    id: int = 0


def target(link: str) -> Target | None:
    """Read a link; None for all that is not plain reading, so that no link ever changes or calls anything."""
    if (found := RECORD_LINK.fullmatch(link)) and found[1] == found[2] and found[1] in RECORDS:
        return Target(Screen.DETAIL, found[1], int(found[3]))
    if (found := HOME_LINK.fullmatch(link)) and found[1] in HOMES:
        return Target(HOMES[found[1]])
    return None
