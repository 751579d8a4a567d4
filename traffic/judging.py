"""One exchange after the other before all promises: what was found, what could not be looked at, what was there."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from traffic.captures.damage import Damage
from traffic.events import Exchange
from traffic.findings import Finding
from traffic.oauth.dialogue import Dialogue
from traffic.promises import PROMISES, Promise
from traffic.secrets import Secrets
from traffic.sightings import sightings_in

_MOST_WORDS = 200  # blocked reasons that are told one by one
_API = "/api/"


@dataclass(slots=True)
class Tally:
    """Adds up over exchanges, and with the tallies of other parts of the same file, in the file's order."""

    exchanges: int = 0
    findings: list[Finding] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    unnamed: int = 0
    dialogue: Dialogue = field(default_factory=Dialogue)
    api_calls: int = 0
    last: int = -1

    def block(self, why: str) -> None:
        if len(self.blocked) < _MOST_WORDS:
            self.blocked.append(why)
        else:
            self.unnamed += 1

    def add(self, other: "Tally") -> None:
        self.exchanges += other.exchanges
        self.findings += other.findings
        for why in other.blocked:
            self.block(why)
        self.unnamed += other.unnamed
        for part in fields(Dialogue):
            getattr(self.dialogue, part.name).extend(getattr(other.dialogue, part.name))
        self.api_calls += other.api_calls
        self.last = other.last

    @property
    def words(self) -> tuple[str, ...]:
        more = (f"and {self.unnamed} more that could not be looked at",) if self.unnamed else ()
        return (*self.blocked, *more)


def judged(
    items: Iterable[Exchange | Damage], secrets: Secrets, name: str, promises: Iterable[Promise] = PROMISES
) -> Tally:
    """`name` of the file stands in what could not be read. Nothing that is in an exchange makes it raise."""
    tally, kept = Tally(), tuple(promises)
    for item in items:
        if isinstance(item, Damage):
            tally.block(f"{name}: {item}")
            continue
        try:
            _judge(item, secrets, kept, tally)
        except Exception as trouble:  # noqa: BLE001 -- a capture may be made to break us: said aloud, and the rest judged
            tally.block(f"exchange {item.n} could not be judged ({type(trouble).__name__})")
    return tally


def _judge(seen: Exchange, secrets: Secrets, promises: tuple[Promise, ...], tally: Tally) -> None:
    if seen.n != tally.last:  # a flow and its messages are one
        tally.exchanges += 1
        tally.last = seen.n
    for spot in seen.blind_spots:
        tally.block(spot)
    for promise in promises:
        tally.findings += promise(seen, secrets)
    for why in sightings_in(seen, secrets).unopened:
        tally.block(f"exchange {seen.n}: {why}, so it could not be looked inside")
    tally.api_calls += _API in seen.path
    tally.dialogue.take(seen)
