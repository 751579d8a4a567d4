"""How an element can be found again, best first, as the driver itself counts it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drivers.elements import IOS_KIND, Element
from drivers.locators import find_of
from drivers.session import Session

type Shown = Callable[[str], str]
"""Text as it may be shown: without secrets and personal data."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A locator as a configuration holds it, and how many elements of the screen the driver found by it."""

    locator: str
    matches: int


def tried(session: Session, element: Element, platform: str, shown: Shown) -> tuple[Tried, ...]:
    """Down to the first that finds one element alone, which is the last of them.

    What would show a secret or personal data is not tried: it would not be the same for the next person either.
    """
    found: list[Tried] = []
    for strategy, value in _ways(element, platform):
        if not value or shown(value) != value:
            continue
        locator = f"{strategy}={value}"
        found.append(Tried(locator, session.count(find_of(locator, platform))))
        if found[-1].matches == 1:
            break
    return tuple(found)


def _ways(one: Element, platform: str) -> Iterator[tuple[str, str]]:
    """An identifier stays the same in all languages, a text does not, a place in the tree not even in the next build.

    A field shows by its text what was typed, so that is no way.
    """
    if platform == "android":
        yield "resource-id", one.id
    yield "accessibility id", one.name
    if not one.is_field:
        yield "text", one.text
    if platform == "ios":
        yield "class chain", f"**/{IOS_KIND}{one.kind}[{one.place}]"
    yield "xpath", one.path
