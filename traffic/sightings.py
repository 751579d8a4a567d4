"""All secrets that stand in an exchange, searched in one go however many places and promises there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from traffic.compression import Effort
from traffic.events import Exchange
from traffic.halves import halves_in
from traffic.places import Place, places_of
from traffic.secrets import Secrets, Sighting

_LONGEST_LINE = 2048  # bytes of a place that is worth remembering: the same headers come again and again
_MOST_LINES = 8192


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was found where, and what could not be opened."""

    found: tuple[tuple[Place, Sighting], ...]
    unopened: tuple[str, ...] = ()


def sightings_in(seen: Exchange, secrets: Secrets) -> Sightings:
    """The last exchange is remembered, for several promises look at it in turn."""
    last, known = secrets.memory.last
    if last is seen and isinstance(known, Sightings):
        return known
    sightings = _looked_for(seen, secrets)
    secrets.memory.last = (seen, sightings)
    return sightings


def _looked_for(seen: Exchange, secrets: Secrets) -> Sightings:
    if not len(secrets):
        return Sightings(())
    effort, known = Effort(), secrets.memory.lines
    places = [place for place in places_of(seen) if place.data]
    fresh = [place for place in places if place.data not in known]
    found: dict[bytes, tuple[Sighting, ...]] = {}
    if fresh and secrets.found_in_parts([place.data for place in fresh], effort):
        found = {place.data: secrets.found_in_parts((place.data,), Effort()) for place in fresh}
    sightings = [
        (place, sighting) for place in places for sighting in known.get(place.data) or found.get(place.data, ())
    ]
    if not effort.unopened:
        _remember(fresh, found, known)
    return Sightings((*sightings, *halves_in(seen, secrets)), tuple(effort.unopened))


def _remember(
    fresh: Sequence[Place], found: dict[bytes, tuple[Sighting, ...]], known: dict[bytes, tuple[Sighting, ...]]
) -> None:
    if len(known) > _MOST_LINES:
        known.clear()
    for place in fresh:
        if len(place.data) <= _LONGEST_LINE:
            known[place.data] = found.get(place.data, ())
