"""From what was found to one answer: what holds, what is broken, what could not be looked at, and the exit code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from gate.against import Comparison
from gate.deaths import Death
from gate.outcomes import Judgement, Kind, Outcome, Status, without_phone, worst

HELD, BROKEN, BLOCKED = 0, 1, 3  # exit codes; 2 (usage) never comes from a verdict
NO_CHECK = "no check ran"
UNFINISHED = "did not run to its end"
UNSHOWN = ("phone", "base", "waterfall")  # said or drawn elsewhere


class Measure(Enum):
    MEASURED = "measured"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Collected:
    """A check or benchmark that was found before any ran; one that is not `selected` was left out on purpose."""

    test: str
    kind: Kind
    claims: tuple[str, ...]
    phone: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a run left behind, as the verdict is made from it.

    `chosen` are the claims that were asked for by name; `figures` the benchmarks of pytest-benchmark's JSON by their
    test; `comparisons` what they say against a base; `troubles` what went wrong around the checks.
    """

    phones: tuple[str, ...]
    chosen: tuple[str, ...] = ()
    collected: tuple[Collected, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    deaths: tuple[Death, ...] = ()
    troubles: tuple[str, ...] = ()
    figures: tuple[tuple[str, dict[str, Any]], ...] = ()
    comparisons: tuple[tuple[str, Comparison], ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One test's say on a claim; `started` is None when it never ended."""

    test: str
    status: Status
    reason: str
    started: datetime | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    id: str
    phone: str
    status: Status
    reason: str
    evidence: tuple[str, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkVerdict:
    """Figures in `unit`; None where nothing was measured. `conditions` as the benchmark named them."""

    name: str
    phone: str
    verdict: Measure
    reason: str = ""
    unit: str | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    conditions: tuple[tuple[str, str], ...] = ()
    against: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    claims: tuple[ClaimVerdict, ...]
    benchmarks: tuple[BenchmarkVerdict, ...]
    deaths: tuple[Death, ...]
    troubles: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def exit(self) -> int:
        """1 as soon as a claim is broken or a benchmark worse: what broke it was seen while the bench was whole."""
        if self.with_status(Status.BROKEN) or self.measured_as(Measure.WORSE):
            return BROKEN
        return BLOCKED if self._is_blocked() else HELD

    @property
    def headline(self) -> str:
        """The answer in one line."""
        broken, blocked = self.with_status(Status.BROKEN), self.with_status(Status.BLOCKED)
        if broken:
            return f"BROKEN - {_listed(broken)}"
        if worse := self.measured_as(Measure.WORSE):
            return f"WORSE - than the base: {', '.join(worse)}"
        if blocked:
            return f"BLOCKED - could not decide {_listed(blocked)}"
        if open_ := self.measured_as(Measure.INCONCLUSIVE):
            return f"INCONCLUSIVE - against the base: {', '.join(open_)}"
        if self._is_blocked():
            return "BLOCKED - the run did not see all it had to see"
        return f"HELD - {_listed(self.with_status(Status.HELD)) or 'every benchmark was measured'}"

    def with_status(self, status: Status) -> tuple[str, ...]:
        return tuple(claim.id for claim in self.claims if claim.status is status)

    def measured_as(self, measure: Measure) -> tuple[str, ...]:
        return tuple(one.name for one in self.benchmarks if one.verdict is measure)

    def _is_blocked(self) -> bool:
        unmeasured = self.measured_as(Measure.BLOCKED) or self.measured_as(Measure.INCONCLUSIVE)
        return bool(self.with_status(Status.BLOCKED) or unmeasured or self.deaths or self.troubles)


def decide(found: Findings, ledger: Iterable[str]) -> Verdict:
    """Fail closed: whatever was promised to run and left no outcome is blocked, and a run that saw nothing is too."""
    found = replace(found, outcomes=tuple(_before(found.deaths, one) for one in found.outcomes))
    checked = {claim for row in found.collected if row.kind is Kind.CHECK for claim in row.claims}
    claims = tuple(_claim(id_, phone, found) for id_, phone in _selected(found))
    benchmarks = tuple(_benchmark(row, found) for row in found.collected if _is_selected(row, Kind.BENCHMARK))
    return Verdict(
        claims=claims,
        benchmarks=benchmarks,
        deaths=found.deaths,
        troubles=(*found.troubles, *_emptiness(claims, benchmarks)),
        unchecked=tuple(id_ for id_ in ledger if id_ not in checked),
    )


def _before(deaths: Sequence[Death], outcome: Outcome) -> Outcome:
    """An outcome that was reached after a process had died was reached without it."""
    late = [death for death in deaths if outcome.ended >= death.at]
    if not late or outcome.status is Status.BLOCKED:
        return outcome
    return replace(outcome, status=Status.BLOCKED, reason=late[0].words)


def _selected(found: Findings) -> list[tuple[str, str]]:
    """Each claim that has to be decided, on each phone, in the order of their numbers."""
    rows = [row for row in found.collected if _is_selected(row, Kind.CHECK)]
    wanted = {(claim, row.phone) for row in rows for claim in row.claims if not found.chosen or claim in found.chosen}
    wanted |= {(claim, phone) for claim in found.chosen for phone in found.phones}
    return sorted(wanted, key=lambda pair: (pair[0][0], int(pair[0][1:]), pair[1]))


def _claim(id_: str, phone: str, found: Findings) -> ClaimVerdict:
    rows = [
        row for row in found.collected if _is_selected(row, Kind.CHECK) and id_ in row.claims and row.phone == phone
    ]
    outcomes = {one.test: one for one in found.outcomes if one.phone == phone}
    attempts = tuple(_attempt(row, outcomes.get(row.test), found.deaths) for row in rows)
    decisive = worst(
        [*(Judgement(one.status, one.reason) for one in attempts)] or [Judgement(Status.BLOCKED, NO_CHECK)]
    )
    seen = [outcomes[row.test] for row in rows if row.test in outcomes]
    evidence = tuple(dict.fromkeys(piece for outcome in seen for piece in outcome.evidence))
    return ClaimVerdict(id_, phone, decisive.status, decisive.reason, evidence, attempts)


def _attempt(row: Collected, outcome: Outcome | None, deaths: Sequence[Death]) -> Attempt:
    if outcome is None:
        return Attempt(row.test, Status.BLOCKED, f"the check {UNFINISHED}{f': {deaths[0].words}' if deaths else ''}")
    return Attempt(row.test, outcome.status, outcome.reason, outcome.started, outcome.seconds)


def _benchmark(row: Collected, found: Findings) -> BenchmarkVerdict:
    outcome = next((one for one in found.outcomes if one.test == row.test and one.phone == row.phone), None)
    name, figures = without_phone(row.test.split("::")[-1], row.phone), dict(found.figures).get(row.test)
    if outcome is None:
        return BenchmarkVerdict(name, row.phone, Measure.BLOCKED, f"it {UNFINISHED}")
    if outcome.status is Status.NOT_APPLICABLE:
        return BenchmarkVerdict(name, row.phone, Measure.NOT_APPLICABLE, outcome.reason)
    if outcome.status is not Status.HELD:
        return BenchmarkVerdict(name, row.phone, Measure.BLOCKED, outcome.reason)
    if figures is None or not figures["stats"].get("rounds"):
        return BenchmarkVerdict(name, row.phone, Measure.BLOCKED, "it ended, but left no figures")
    return _measured(name, row.phone, figures, dict(found.comparisons).get(row.test))


def _measured(name: str, phone: str, figures: dict[str, Any], against: Comparison | None) -> BenchmarkVerdict:
    stats, extra = figures["stats"], dict(figures.get("extra_info") or {})
    extra |= extra.pop("counts", None) or {}
    return BenchmarkVerdict(
        name=name,
        phone=phone,
        verdict=Measure(against.verdict) if against else Measure.MEASURED,
        reason=_words(against) if against else "",
        unit=str(extra.pop("unit", "s")),
        median=stats["median"],
        low=stats["min"],
        high=stats["max"],
        rounds=stats["rounds"],
        conditions=tuple((str(key), str(value)) for key, value in extra.items() if key not in UNSHOWN),
        against=against,
    )


def _words(against: Comparison) -> str:
    """Why, and how many rounds it would take where that is open."""
    needed = f"; it would take {against.needed_rounds} rounds of each build" if against.needed_rounds else ""
    return f"{against.reason}{needed}"


def _emptiness(claims: Sequence[ClaimVerdict], benchmarks: Sequence[BenchmarkVerdict]) -> list[str]:
    """No evidence is never a pass."""
    if not claims and not benchmarks:
        return ["nothing was looked at: no check and no benchmark ran"]
    if claims and all(one.status is Status.NOT_APPLICABLE for one in claims):
        return ["no claim was held: every check said that it does not apply"]
    if benchmarks and not claims and all(one.verdict is Measure.NOT_APPLICABLE for one in benchmarks):
        return ["nothing was measured: every benchmark said that it does not apply"]
    return []


def _is_selected(row: Collected, kind: Kind) -> bool:
    return row.selected and row.kind is kind


def _listed(ids: Sequence[str]) -> str:
    unique = list(dict.fromkeys(ids))
    return f"{len(unique)} claim{'' if len(unique) == 1 else 's'}: {', '.join(unique)}" if unique else ""
