"""The answer at the head of the report: never greener than what was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate.ledger import LEDGER

BLOCKED = 3
MOST = 6  # claims in a command
VIRTUAL = "virtual-"
UNSEEN = " No real phone was part of this: see docs/real-phones.md."
ORDER = ("not applicable", "held", "blocked", "broken")  # what decides a claim on several phones, the worst last
WORDS = {"broken": "broken", "blocked": "not decided", "held": "held", "not applicable": "does not apply"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` gives the colour; `counts` are claims, each once, whatever the number of phones.

    `unchecked` claims have no check at all, `left_out` ones were no part of this run (all, where nothing was checked).
    """

    kind: str
    word: str
    meaning: str
    next: str
    command: str
    exit: str
    counts: Mapping[str, int]
    unchecked: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(LEDGER)

    @property
    def checked(self) -> int:
        return sum(self.counts.values())

    @property
    def tally(self) -> str:
        """Such as "1 claim broken, 17 held"."""
        parts = [f"{self.counts[status]} {WORDS[status]}" for status in reversed(ORDER) if self.counts[status]]
        if not parts:
            return "No claim was checked in this run."
        first, *rest = parts
        number, _, words = first.partition(" ")
        return f"{', '.join((f'{number} {_plural(number)} {words}', *rest))}."

    @property
    def silence(self) -> str:
        """What the run says nothing about."""
        if not self.checked:
            return f"So nothing is said about any of the {self.total}."
        parts = []
        if self.unchecked:
            parts.append(f"{len(self.unchecked)} of {self.total} have no check yet")
        if self.left_out:
            parts.append(f"{len(self.left_out)} were not part of this run")
        return f"{', '.join(parts)}: this run says nothing about them." if parts else ""


def answer_of(verdict: dict[str, Any]) -> Answer:
    decided: dict[str, str] = {}
    for row in verdict["claims"]:
        decided[row["id"]] = max(decided.get(row["id"], ORDER[0]), row["status"], key=ORDER.index)
    unchecked = tuple(id_ for id_ in verdict["unchecked"] if decided and id_ not in decided)
    statuses = list(decided.values())
    kind, word, meaning, code = _compared(verdict) or _said(verdict["exit"], anything_held="held" in statuses)
    return Answer(
        kind=kind,
        word=word,
        meaning=meaning,
        next=_next(word, verdict["phones"]),
        command=_command(word, decided),
        exit=code,
        counts={status: statuses.count(status) for status in reversed(ORDER)},
        unchecked=unchecked,
        left_out=tuple(one.id for one in LEDGER if one.id not in decided and one.id not in unchecked),
    )


def _compared(verdict: dict[str, Any]) -> tuple[str, str, str, str] | None:
    """What decided the run where no claim did: benchmarks against a base. None where claims or other faults did."""
    if any(row["status"] in {"broken", "blocked"} for row in verdict["claims"]):
        return None
    verdicts = {row["verdict"] for row in verdict["benchmarks"]}
    if verdict["exit"] == 1 and "worse" in verdicts:
        return "broken", "WORSE", "This build is slower than its base", "1: a benchmark is worse than the base"
    if verdict["exit"] == BLOCKED and "inconclusive" in verdicts and "blocked" not in verdicts:
        return "blocked", "INCONCLUSIVE", "Undecided, so this is no pass", "3: the noise hides the promised step"
    return None


def _said(code: int, *, anything_held: bool) -> tuple[str, str, str, str]:
    """Colour, word, what it means, and the exit code in words; raises KeyError for a code that a verdict never has."""
    if code == 0 and not anything_held:
        return "measured", "MEASURED", "Benchmarks only: no claim was checked", "0: every benchmark was measured"
    return {
        0: ("held", "HELD", "Nothing that was checked stands against this build", "0: every check that ran passed"),
        1: ("broken", "BROKEN", "This build must not ship", "1: the app broke a promise"),
        3: ("blocked", "BLOCKED", "Undecided, so this is no pass", "3: something that had to be looked at was not"),
    }[code]


def _next(word: str, phones: Sequence[Mapping[str, Any]]) -> str:
    """What whoever reads this does now."""
    only_virtual = all(str(phone["name"]).startswith(VIRTUAL) for phone in phones)
    return {
        "BROKEN": "Mend the app, judge these claims alone, then all of them.",
        "WORSE": "Find what changed since the base, and mend it; the rounds are in benchmarks.json.",
        "INCONCLUSIVE": "Run again on a quieter machine, or with more rounds (benchmarks/settings.toml).",
        "BLOCKED": "Mend what kept the checks from looking, as told below, and run again. This machine is looked at by",
        "MEASURED": "Run without limits to have the claims checked; with --base OLD to have the figures compared.",
        "HELD": f"As far as these claims go it may ship; the others are for people to judge.{UNSEEN * only_virtual}",
    }[word]


def _command(word: str, decided: Mapping[str, str]) -> str:
    """What is typed for it, if one thing is."""
    broken = [f"--claim {id_}" for id_ in sorted(decided) if decided[id_] == "broken"]
    some = " ".join(broken[:MOST]) + (" …" if len(broken) > MOST else "")
    return {"BROKEN": f"pocketgate run --app FILE {some}", "BLOCKED": "pocketgate doctor"}.get(word, "")


def _plural(number: str) -> str:
    return "claim" if number == "1" else "claims"
