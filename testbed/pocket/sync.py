import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .api import Api
from .cache import TABLES, Cache
from .entities import ENTITIES, allows
from .handset import Handset
from .settings import Preferences, preferences

CENSUS_SECONDS: Final = 24 * 3600.0
"""Neither deleted records nor withdrawn rights show in a delta, so the numbers are compared once a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a synchronisation brought; `rows` is how many were new or changed."""

    rows: int
    preferences: Preferences


def synchronise(phone: Handset, api: Api, cache: Cache) -> Outcome:
    """Bring the cache up to date: all rows the first time, later what changed; raises Trouble.

    What was read before a trouble stays, and its position is remembered, so the next one goes on from there. What the
    user may no longer see leaves the cache before anything is fetched.
    """
    phone.log("I", "pocket", "sync started")
    started = time.monotonic()
    startup = api.startup_data()
    rights = rights_of(startup)
    others = cache.remember_rights(rights) or due(cache.counted(), time.time())
    readable = [entity for entity in TABLES if allows(rights[entity], "Select")]
    for entity in TABLES.keys() - readable:
        cache.remove(entity, cache.numbers(entity))
        cache.forget_positions(entity)
    rows = sum(bring(api, cache, entity) for entity in readable)
    if others:
        rows += sum(census(api, cache, entity) for entity in readable)
        cache.remember_counted(time.time())
    phone.log("I", "pocket", f"sync finished rows={rows} seconds={time.monotonic() - started:.3f}")
    return Outcome(rows, preferences(_rows(startup)))


def bring(api: Api, cache: Cache, entity: str) -> int:
    """Fetch what changed of one entity; returns how many rows."""
    count = 0
    for page in api.rows(ENTITIES[entity].resource, (*TABLES[entity], "updatedDate"), cache.position(entity)):
        cache.store(entity, page)
        count += len(page)
    cache.reached(entity)
    return count


def due(last: float, now: float) -> bool:
    """Whether it is time for a census; a clock that went back counts as time."""
    return not 0 <= now - last < CENSUS_SECONDS


def census(api: Api, cache: Cache, entity: str) -> int:
    """Drop what the server has no more, or shows no more, and fetch what it shows anew; returns how many rows."""
    known = cache.numbers(entity)
    if not known:
        return 0
    pages = api.rows(ENTITIES[entity].resource, (f"{entity}Id",), "")
    there = frozenset(int(str(row["PrimaryKey"])) for page in pages for row in page)
    cache.remove(entity, known - there)
    if there <= known:
        return 0
    cache.forget_positions(entity)
    return bring(api, cache, entity)


def rights_of(startup: Mapping[str, object]) -> Mapping[str, str]:
    """Return the mask of each table; one that the server does not name is none (fail closed)."""
    listed = startup.get("TableRights")
    masks = listed if isinstance(listed, list) else []
    texts = [each.get("Mask") if isinstance(each, Mapping) else each for each in masks]
    named = dict(zip(ENTITIES, texts, strict=False))
    return {entity: str(named.get(entity) or "None") for entity in ENTITIES}


def _rows(startup: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    listed = startup.get("PocketPreferences")
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
