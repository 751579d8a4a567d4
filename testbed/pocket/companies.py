"""The companies that forms name: found by name, or made for a person who is about to be written."""

from .api import Api
from .cache import Cache
from .entities import ENTITIES
from .sync import bring
from .trouble import Refused, Trouble
from .webapi import create, delete


class Companies:
    """What one form made; a company and its person are one thing to whoever saves the form."""

    def __init__(self, api: Api, cache: Cache) -> None:
        self._api = api
        self._cache = cache
        self._made: dict[int, str] = {}

    def number(self, name: str) -> int:
        """Return the number of the company of a name, which is created where there is none; 0 for no name."""
        found = self._cache.number_of("contact", name) if name else 0
        if found is None:
            found = create(self._api, "contact", {ENTITIES["contact"].editable[0].name: name})
            self._made[found] = name
            bring(self._api, self._cache, "contact")
        return found

    def put_back(self, why: Trouble) -> Trouble:
        """Return what to tell after a trouble with the person, once the companies made for it are gone again.

        They stay, and that is told, where the server may have written the person after all, or does not take them back.
        """
        if not self._made:
            return why
        left = ", ".join(self._made.values())
        if isinstance(why, Refused) and why.status and self._gone():
            return why
        status = why.status if isinstance(why, Refused) else 0
        return Refused(f"{why} The company {left} was created all the same.", status)

    def _gone(self) -> bool:
        try:
            for number in self._made:
                delete(self._api, "contact", number)
                self._cache.remove("contact", [number])
        except Trouble:
            return False
        return True
