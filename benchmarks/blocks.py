"""Rounds in counterbalanced blocks: builds take turns, so that whatever drifts meanwhile hits all of them alike."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from time import monotonic

from faults import EvidenceMissing

ATTEMPTS = 2  # tries for each round that counts


class Build(Enum):
    """Who takes a turn; the base takes two, and its second one is the self-check: a build against itself."""

    CANDIDATE = "candidate"
    BASE = "base"
    AGAIN = "base again"


ALONE = ((Build.CANDIDATE,),)
LAPS = tuple(  # each there and back, so that a steady drift adds the same to all; each begins one lap
    (*order, *reversed(order))
    for order in (
        (Build.BASE, Build.CANDIDATE, Build.AGAIN),
        (Build.CANDIDATE, Build.AGAIN, Build.BASE),
        (Build.AGAIN, Build.BASE, Build.CANDIDATE),
    )
)

type Round = Mapping[str, float]


class Uncounted(Exception):  # noqa: N818 -- an answer: the round happened, but was not what is timed
    """This round does not count; the words say what it was."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`block` counted rounds in a row, after one that is dropped.

    `looks`: after how many of each build to see whether they decide; few, for each costs some of the alarm.
    `seconds`: no lap begins later, once the first look was taken; it knows nothing of the figures, so it costs none.
    """

    laps: tuple[tuple[Build, ...], ...]
    block: int
    looks: tuple[int, ...]
    seconds: float = inf


@dataclass(slots=True)
class Measured:
    """The rounds of each build in the order in which they happened, and why some did not count."""

    rounds: dict[Build, list[Round]] = field(default_factory=dict)
    uncounted: Counter[str] = field(default_factory=Counter)

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
    measured, laps, until = Measured(), itertools.cycle(schedule.laps), monotonic() + schedule.seconds
    for look in schedule.looks:
        while measured.taken < look:
            if measured.taken >= schedule.looks[0] and monotonic() > until:
                return measured
            for build in next(laps):
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
