"""Which control of the scenarios an element of a screen may be: by its identifier, else by what it says."""

import re
from collections.abc import Sequence

from drivers.elements import Element
from scenarios.names import NAMES, Name, Sort


def sort_of(element: Element) -> Sort:
    if element.is_secret:
        return Sort.PASSWORD
    if element.is_field:
        return Sort.FIELD
    return Sort.BUTTON if element.is_button else Sort.TEXT


def named(element: Element, names: Sequence[Name] = NAMES) -> Name | None:
    """The one whose identifier it has."""
    own = {element.id.rpartition(":id/")[2], element.name}
    return next((name for name in names if name.control.id in own), None)


def likely(name: Name, elements: Sequence[Element]) -> Element | None:
    """The one element of its sort that is called so; None where there is none, or where more are called so equally."""
    for said in (_whole, _within):
        found = [one for one in elements if sort_of(one) is name.sort and any(said(one, word) for word in name.words)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _whole(element: Element, word: str) -> bool:
    return word in _words(element)


def _within(element: Element, word: str) -> bool:
    """As the greater part of it: "Log in now", not "Need help to log in?"."""
    said = (one for one in _words(element) if len(word) * 2 >= len(one))
    return any(re.search(rf"\b{re.escape(word)}\b", one) for one in said)


def _words(element: Element) -> set[str]:
    """`btnSignIn`, `sign_in` and `Sign in` say the same."""
    said = (element.id.rpartition("/")[2], element.name, element.text)
    parted = (re.sub(r"([a-z])([A-Z])", r"\1 \2", one) for one in said)
    return {re.sub(r"[\s_.]+", " ", one).strip().lower() for one in parted} - {""}
