"""Better, same, worse or inconclusive: one decision for each benchmark, and one rule for all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil, expm1, inf, isfinite, log1p

from scipy import stats

from benchmarks.shift import Shift, apart, in_turns
from faults import UsageError

STEP = 0.05  # the promise unless a benchmark states its own: a change by so much is seen
ALARM = 0.003  # most that may be alarmed by mistake, in each direction, over all benchmarks of a comparison together
MISS = 0.025  # most that a change by the step or more may be called the same
# Of two files. Taking turns needs none of this, for its test is exact whatever the noise.
FILES_ALARM, ENOUGH = 0.0125, 20  # the same for so few rounds, most of which their memory takes away again
HIDDEN = 0.42  # doubt above this share of the step hides it, and an alarm then needs evidence that is
STRICTER = 40  # powers of ten stricter for each further step of doubt,
STRICTEST = 2e-5  # and so sure at the most
REMEMBERS = 2.0  # memory that is worth a word; independent rounds seldom seem to have so much
FEWEST = 10  # rounds a side below which nothing is decided


class Change(Enum):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Samples:
    """Durations of both builds in one unit, in the order of measuring; less is better.

    `step`: the promised ratio, 0.05 for 5 %. `paired`: they were measured in turns of `block` rounds, the n-th turns
    together; `again` are the rounds of the base's second turns, where it took two.
    """

    base: Sequence[float]
    candidate: Sequence[float]
    step: float = STEP
    paired: bool = False
    again: Sequence[float] = ()
    block: int = 1

    @property
    def rounds(self) -> int:
        """Of the build that has fewer."""
        return min(len(self.base), len(self.candidate))


@dataclass(frozen=True, slots=True)
class Decision:
    """`shift_percent` of the candidate against the base with its interval (95 % in a single look); more is slower.

    `p`: Holm-adjusted, of the direction in which it went. `needed_rounds`, a side, would settle an inconclusive one.
    """

    verdict: Change
    shift_percent: float | None
    low: float | None
    high: float | None
    needed_rounds: int | None
    p: float | None
    rounds: int
    step_percent: float
    reason: str


def decide(base: Sequence[float], candidate: Sequence[float], step: float = STEP, *, paired: bool = False) -> Decision:
    """One benchmark alone; raises UsageError for what is no duration."""
    return decide_all({"it": Samples(base, candidate, step, paired)})["it"]


def decide_all(found: Mapping[str, Samples], alarm: float = ALARM) -> dict[str, Decision]:
    """All benchmarks of one comparison (Holm, 1979, over them); raises UsageError that names the one it is about.

    Worse or better: sure by the rank test, and by at least half the step. Same: the whole interval within the step.
    A look that is one of several takes its share of ALARM as `alarm`, and with it the same share of MISS.
    """
    shifts = {name: _shift(name, samples) for name, samples in found.items()}
    counted = {name: shift for name, shift in shifts.items() if shift is not None and found[name].rounds >= FEWEST}
    worse = _holm({name: shift.worse for name, shift in counted.items()})
    better = _holm({name: shift.better for name, shift in counted.items()})
    return {
        name: _decision(samples, counted[name], worse[name], better[name], alarm)
        if name in counted
        else _few(samples, shifts[name], alarm)
        for name, samples in found.items()
    }


def by_count(base: int, candidate: int, tolerance: float = 0.0) -> Decision:
    """Exact counts, the same in every run: a rise beyond the tolerated ratio is worse, whatever the clock says."""
    if base < 0 or candidate < 0:
        raise UsageError(f"counts are never negative: {base}, {candidate}")
    shift = None if not base and candidate else 0.0 if not base else 100 * (candidate / base - 1)
    most, least = base * (1 + tolerance), base / (1 + tolerance)
    verdict = Change.WORSE if candidate > most else Change.BETTER if candidate < least else Change.SAME
    return Decision(verdict, shift, shift, shift, None, None, 1, 100 * tolerance, f"{base} became {candidate}")


def _shift(name: str, samples: Samples) -> Shift | None:
    """None where a single round shows no spread."""
    _refuse_nonsense(name, samples)
    if samples.rounds <= 1:
        return None
    if samples.paired:
        return in_turns(samples.base, samples.candidate, samples.again, samples.block)
    return apart(samples.base, samples.candidate)


def _refuse_nonsense(name: str, samples: Samples) -> None:
    if not (isfinite(samples.step) and 0 < samples.step < 1):
        raise UsageError(f"{name}: the step must be a share between 0 and 1, not {samples.step!r}")
    if samples.paired and {len(samples.base), len(samples.again) or len(samples.base)} != {len(samples.candidate)}:
        msg = (
            f"{name}: {len(samples.base)} rounds of the base and {len(samples.candidate)} of the candidate are no pairs"
        )
        raise UsageError(msg)
    for side, rounds in (("base", samples.base), ("candidate", samples.candidate), ("base", samples.again)):
        for number, one in enumerate(rounds, 1):
            if not (isfinite(one) and one > 0):
                raise UsageError(f"{name}: round {number} of the {side} is {one!r}, which is no duration")


def _holm(chances: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values (Holm, 1979: A simple sequentially rejective multiple test procedure)."""
    adjusted, reached = {}, 0.0
    for position, (name, p) in enumerate(sorted(chances.items(), key=lambda item: item[1])):
        reached = max(reached, min(1.0, p * (len(chances) - position)))
        adjusted[name] = reached
    return adjusted


def _decision(samples: Samples, shift: Shift, worse: float, better: float, alarm: float) -> Decision:
    step = log1p(samples.step)
    low, high = shift.interval(MISS * alarm / ALARM)
    limit = alarm if samples.paired else alarm / ALARM * _limit_of_files(shift.doubt / step, samples.rounds)
    p = worse if shift.middle > 0 else better
    verdict = Change.INCONCLUSIVE
    if p < limit and abs(shift.middle) >= step / 2 and not shift.breaks:
        verdict = Change.WORSE if shift.middle > 0 else Change.BETTER
    elif -step < low and high < step:
        verdict = Change.SAME
    open_ = verdict is Change.INCONCLUSIVE
    return Decision(
        verdict=verdict,
        shift_percent=_percent(shift.middle),
        low=_percent(low),
        high=_percent(high),
        needed_rounds=_needed(samples, shift, alarm) if open_ else None,
        p=p,
        rounds=samples.rounds,
        step_percent=100 * samples.step,
        reason=_words(samples, shift) if open_ else "",
    )


def _limit_of_files(doubt: float, rounds: int) -> float:
    """The p that is asked for; `doubt` in steps. A sensation in noisy data is mostly the noise."""
    plain = max(ALARM, FILES_ALARM * min(1.0, ENOUGH / rounds))
    return max(STRICTEST, plain * 10 ** (-STRICTER * max(0.0, doubt - HIDDEN)))


def _few(samples: Samples, shift: Shift | None, alarm: float) -> Decision:
    needed = FEWEST if shift is None else max(FEWEST, _needed(samples, shift, alarm))
    reason = f"{samples.rounds} rounds are too few: at least {FEWEST} of each build"
    return Decision(Change.INCONCLUSIVE, None, None, None, needed, None, samples.rounds, 100 * samples.step, reason)


def _needed(samples: Samples, shift: Shift, alarm: float) -> int:
    """Rounds after which, with this spread, the middle is beyond half a step and sure, or the interval is within."""
    wanted = log1p(samples.step) / 2 / float(stats.norm.isf(alarm))
    if not isfinite(shift.doubt):
        return max(2 * samples.rounds, FEWEST)
    return max(samples.rounds + 1, ceil(samples.rounds * shift.memory * (shift.doubt / wanted) ** 2))


def _words(samples: Samples, shift: Shift) -> str:
    if shift.drifts:
        return (
            "both files drift the same way, and what lies between them may be more of that; let the builds take turns"
        )
    if shift.breaks:
        return "the level changed within a file, and not only between them; let the builds take turns"
    words = f"the noise of {samples.rounds} rounds hides a step of {100 * samples.step:g} %"
    return f"{words}; rounds resemble their predecessors, as when a phone drifts" if shift.memory > REMEMBERS else words


def _percent(logarithm: float) -> float | None:
    """None where there is no bound."""
    return 100 * expm1(logarithm) if -inf < logarithm < log1p(1e6) else None
