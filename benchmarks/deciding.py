"""From the rounds of two builds to verdicts: while they are measured, to stop early, and at the end, over all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from benchmarks.blocks import Build, Measured
from benchmarks.decision import ALARM, Change, Decision, Samples, by_count, decide_all
from benchmarks.rounds import looks
from benchmarks.settings import Settings

RESOLUTION = 0.001  # seconds: phones and apps tell whole milliseconds
WIDEST = 0.99
GROWTH = 2.0  # from one look to the next
COUNTS = ("full_scan_steps", "sorts", "auto_index_rows", "vm_steps", "page_reads")
SLACK = {"vm_steps": 50, "page_reads": 8}  # what a plan that is the same may differ by, when rows lie elsewhere
SELF_CHECK = "the same build against itself"


@dataclass(frozen=True, slots=True)
class Against:
    """A benchmark against the base: the decision, the base's median, and what the base said against itself."""

    decision: Decision
    base_median: float | None
    self_check: Decision | None


@dataclass(frozen=True, slots=True)
class Stopper:
    """Whether the rounds so far decide each figure; `names` are their benchmarks by figure.

    `family` is how many benchmarks the run times in all: a change must stay sure among them too (Holm).
    """

    settings: Settings
    family: int
    names: Mapping[str, str]

    def __call__(self, measured: Measured) -> bool:
        """Not where the base is told apart from itself: if that was chance, or a burst of other work, it passes."""
        share, samples = ALARM / len(looks_of(self.settings)), self._samples(measured)
        checks = decide_all({name: _base_itself(one) for name, one in samples.items() if one.again}, share)
        if any(_is_change(check) for check in checks.values()):
            return False
        return all(self._holds(one, share) for one in decide_all(samples, share).values())

    def _holds(self, decision: Decision, share: float) -> bool:
        if decision.verdict is Change.SAME:
            return True
        sure = decision.p is not None and decision.p < share / max(1, self.family)
        return decision.verdict is not Change.INCONCLUSIVE and sure

    def _samples(self, measured: Measured) -> dict[str, Samples]:
        """Of the figures that every round gave."""
        order, block = (Build.BASE, Build.CANDIDATE, Build.AGAIN), self.settings.base.block
        sides = {name: [measured.of(build, name) for build in order] for name in self.names}
        return {
            name: samples_of(base, candidate, self.settings.step_of(self.names[name]), again, block)
            for name, (base, candidate, again) in sides.items()
            if base and candidate
        }


def looks_of(settings: Settings) -> tuple[int, ...]:
    """Rounds a build after which it is asked whether they decide."""
    return looks(settings.base.least_rounds, settings.base.most_rounds, GROWTH)


def samples_of(
    base: Sequence[float],
    candidate: Sequence[float],
    step_percent: float,
    again: Sequence[float] = (),
    block: int = 1,
) -> Samples:
    """Rounds taken in turns; no step is promised that lies within what the phone's clock can tell.

    A clock of whole milliseconds that says 1 means 1 to 2: each duration is taken for the middle of its tick.
    """
    told, other, second = ([one + RESOLUTION / 2 for one in side] for side in (base, candidate, again))
    step = max(step_percent / 100, 2 * RESOLUTION / median(told))
    return Samples(
        told,
        other,
        min(step, WIDEST),
        paired=len(base) == len(candidate),
        again=second if len(second) == len(told) else (),
        block=block,
    )


def against_base(rows: Mapping[str, Mapping[str, Any]], settings: Settings) -> dict[str, Against]:
    """The verdicts of all benchmarks that were measured on both builds, by their names, from their extra_info and data.

    Holm over all of them. Where the base is told apart from itself, nothing that was timed beside it is decided.
    """
    timed = {name: row for name, row in rows.items() if "rounds" in row.get("extra_info", {}).get("base", {})}
    counted = {name: row for name, row in rows.items() if "counts" in row.get("extra_info", {}).get("base", {})}
    alarm = ALARM / len(looks_of(settings))
    samples = {name: _samples(row, settings) for name, row in timed.items()}
    shifts = decide_all(samples, alarm)
    checks = decide_all({name: _base_itself(one) for name, one in samples.items()}, alarm)
    found = {name: _timed(row, shifts[name], checks[name]) for name, row in timed.items()}
    return found | {
        name: Against(_by_counts(row, settings.step_of(name_of(row))), None, None) for name, row in counted.items()
    }


def _samples(row: Mapping[str, Any], settings: Settings) -> Samples:
    base, data = row["extra_info"]["base"], row["stats"]["data"]
    return samples_of(base["rounds"], data, settings.step_of(name_of(row)), base["again"], base.get("block", 1))


def _base_itself(samples: Samples) -> Samples:
    """The base's second turns against its first ones."""
    return replace(samples, candidate=samples.again, again=())


def _is_change(decision: Decision) -> bool:
    return decision.verdict in (Change.WORSE, Change.BETTER)


def name_of(row: Mapping[str, Any]) -> str:
    """A benchmark's name as settings use it: the same on every phone."""
    return str(row["name"]).replace(f"-{row['extra_info'].get('phone')}]", "]")


def _timed(row: Mapping[str, Any], decision: Decision, check: Decision) -> Against:
    if _is_change(check):
        reason = f"{SELF_CHECK} came out {check.verdict.value}: these conditions decide nothing"
        decision = replace(decision, verdict=Change.INCONCLUSIVE, reason=reason)
    return Against(decision, median(row["extra_info"]["base"]["rounds"]), check)


def _by_counts(row: Mapping[str, Any], step_percent: float) -> Decision:
    """Exact counts decide alone, on any noisy machine; the count that grew most says why."""
    base, candidate = row["extra_info"]["base"]["counts"], row["extra_info"]["counts"]
    if base["rows"] != candidate["rows"]:
        words = f"the query found {base['rows']} rows in the base's data and {candidate['rows']} in the candidate's"
        return Decision(Change.INCONCLUSIVE, None, None, None, None, None, 1, step_percent, words)
    judged = {name: _by_count(name, base[name], candidate[name], step_percent) for name in COUNTS}
    for verdict in (Change.WORSE, Change.BETTER):
        for name, one in judged.items():
            if one.verdict is verdict:
                return replace(one, reason=f"{name.replace('_', ' ')}: {one.reason}; plan: {candidate['plan']}")
    return judged["vm_steps"]


def _by_count(name: str, base: int, candidate: int, step_percent: float) -> Decision:
    slack = SLACK.get(name, 0)
    if abs(candidate - base) <= slack:
        candidate = base
    return by_count(base, candidate, step_percent / 100)
