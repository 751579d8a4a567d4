import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .api import Api
from .cache import TABLES, Cache
from .handset import Handset
from .settings import Preferences, preferences

ARCHIVES: Final = {"contact": "Contact", "person": "Person", "appointment": "Appointment", "sale": "Sale"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a synchronisation brought; `rows` is how many were new or changed."""

    rows: int
    preferences: Preferences


def synchronise(phone: Handset, api: Api, cache: Cache) -> Outcome:
    """Bring the cache up to date: all rows the first time, later what changed; raises Trouble.

    What was read before a trouble stays, and its position is remembered, so the next one goes on from there.
    """
    phone.log("I", "pocket", "sync started")
    started = time.monotonic()
    found = preferences(_rows(api.startup_data()))
    rows = sum(bring(api, cache, entity) for entity in TABLES)
    phone.log("I", "pocket", f"sync finished rows={rows} seconds={time.monotonic() - started:.3f}")
    return Outcome(rows, found)


def bring(api: Api, cache: Cache, entity: str) -> int:
    """Fetch what changed of one entity; returns how many rows."""
    count = 0
    for page in api.rows(ARCHIVES[entity], (*TABLES[entity], "updatedDate"), cache.position(entity)):
        cache.store(entity, page)
        count += len(page)
    cache.reached(entity)
    return count


def _rows(startup: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    listed = startup.get("PocketPreferences")
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
