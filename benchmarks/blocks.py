"""Rounds in blocks: builds take turns in an order that is drawn for each lap, so that chance alone favours none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from random import Random
from secrets import randbits
from time import monotonic

from faults import EvidenceMissing

ATTEMPTS = 2  # tries for each round that counts


class Build(Enum):
    """Who takes a turn; the base takes two, and its second one is the self-check: a build against itself."""

    CANDIDATE = "candidate"
    BASE = "base"
    AGAIN = "base again"


ALONE = (Build.CANDIDATE,)

type Round = Mapping[str, float]


class Uncounted(Exception):  # noqa: N818 -- an answer: the round happened, but was not what is timed
    """This round does not count; the words say what it was."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Laps in which each of the `builds` takes one turn: `block` counted rounds in a row, after one that is dropped.

    `looks`: after how many of each build to see whether they decide; few, for each costs some of the alarm.
    `seconds`: no lap begins later, once the first look was taken; it knows nothing of the figures, so it costs none.
    `seed`: of the orders.
    """

    builds: tuple[Build, ...]
    block: int
    looks: tuple[int, ...]
    seconds: float = inf
    seed: int = field(default_factory=lambda: randbits(32))

    def laps(self) -> Iterator[tuple[Build, ...]]:
        """Without end, each order as likely as any other and whatever came before.

        Orders that are drawn make the rank test exact for any noise, also for one that goes on from turn to turn
        (Fisher, 1935: The Design of Experiments). There and back does not: the build in the middle then has two turns
        in a row, and what slows the machine for just so long seems to be its fault twice.
        """
        drawn = Random(self.seed)  # noqa: S311 -- nothing is kept secret by it
        while True:
            yield tuple(drawn.sample(self.builds, len(self.builds)))


@dataclass(slots=True)
class Measured:
    """The rounds of each build in the order in which they happened, why some did not count, and who had which turn."""

    rounds: dict[Build, list[Round]] = field(default_factory=dict)
    uncounted: Counter[str] = field(default_factory=Counter)
    turns: list[Build] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Rounds that each build has at least."""
        return min((len(rounds) for rounds in self.rounds.values()), default=0)

    def of(self, build: Build, figure: str) -> tuple[float, ...]:
        """One figure of each round; none where the build took no turn or a round did not give it."""
        found = [one[figure] for one in self.rounds.get(build, ()) if figure in one]
        return tuple(found) if len(found) == len(self.rounds.get(build, ())) else ()

    def figures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for rounds in self.rounds.values() for one in rounds for name in one))


def alone(rounds: int) -> Schedule:
    """One build, all rounds in a row."""
    return Schedule(ALONE, rounds, (rounds,))


def measure(
    schedule: Schedule,
    begin: Callable[[Build], None],
    take: Callable[[], Round],
    is_decided: Callable[[Measured], bool] = lambda _: False,
) -> Measured:
    """Take turns until enough is known; `begin` puts a build on, `take` does one round of it.

    Raises EvidenceMissing where too many rounds do not count.
    """
    measured, laps, until = Measured(), schedule.laps(), monotonic() + schedule.seconds
    for look in schedule.looks:
        while measured.taken < look:
            if measured.taken >= schedule.looks[0] and monotonic() > until:
                return measured
            for build in next(laps):
                measured.turns.append(build)
                begin(build)
                _block(schedule.block, take, measured, measured.rounds.setdefault(build, []))
        if look != schedule.looks[-1] and is_decided(measured):
            break
    return measured


def _block(wanted: int, take: Callable[[], Round], measured: Measured, into: list[Round]) -> None:
    _attempt(take, Measured())
    counted = 0
    for _ in range(wanted * ATTEMPTS):
        one = _attempt(take, measured)
        if one is not None:
            into.append(one)
            counted += 1
        if counted == wanted:
            return
    why = ", ".join(f"{words} ({times} times)" for words, times in measured.uncounted.items())
    msg = f"only {counted} of {wanted} rounds counted: {why}"
    raise EvidenceMissing(msg)


def _attempt(take: Callable[[], Round], measured: Measured) -> Round | None:
    try:
        return take()
    except Uncounted as words:
        measured.uncounted[str(words)] += 1
        return None
