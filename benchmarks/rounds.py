"""When to stop measuring: as soon as every benchmark is decided, and at the latest at the cap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.decision import ALARM, FEWEST, Change, Decision, Samples, decide_all

FIRST, GROWTH, CAP = 12, 1.4, 60  # rounds a side: the first look, how much further the next one is, the last one


@dataclass(frozen=True, slots=True)
class Standing:
    """`decisions` of the last look, none before the first; `undecided` by name.

    `next_at`: rounds a side at which to look again, None when no more are to be measured.
    """

    decisions: Mapping[str, Decision]
    undecided: tuple[str, ...]
    next_at: int | None


def looks(first: int = FIRST, cap: int = CAP, growth: float = GROWTH) -> tuple[int, ...]:
    """Rounds a side after which one may look: few and ever further apart, for each look costs some of the alarm."""
    found = [max(FEWEST, min(first, cap))]
    while found[-1] < cap:
        found.append(min(cap, max(found[-1] + 1, round(found[-1] * growth))))
    return tuple(found)


def standing(found: Mapping[str, Samples], at: Sequence[int]) -> Standing:
    """What is decided after the rounds so far, which may go on beyond the last look; a decision once made stays.

    Each look spends an equal share of the chance to be wrong, so all of them together are wrong no more often than one
    alone would be (alpha spending by Bonferroni's bound, which holds however much the looks have in common).
    Benchmarks that are decided may be measured no further; the others need as many rounds as the look asks for.
    """
    made: dict[str, Decision] = {}
    last: dict[str, Decision] = {}
    share = ALARM / len(at)
    for rounds in at:
        still = tuple(name for name in found if name not in made)
        if not still:
            break
        if any(found[name].rounds < rounds for name in still):
            return Standing(last, still, rounds)
        looked = decide_all({name: _first(samples, rounds) for name, samples in found.items()}, share)
        made |= {name: looked[name] for name in still if looked[name].verdict is not Change.INCONCLUSIVE}
        last = looked | made
    return Standing(last, tuple(name for name in found if name not in made), None)


def _first(samples: Samples, rounds: int) -> Samples:
    one, other, again = (side[:rounds] for side in (samples.base, samples.candidate, samples.again))
    return replace(samples, base=one, candidate=other, again=again)
