"""What one finished test says about its claims."""

import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from faults import BenchFault
from gate.deaths import Death
from gate.rundir import append_line, read_lines

LONGEST = 400  # characters of a reason; the whole story is in the evidence
FOREIGN = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib"))


class Status(Enum):
    """Ordered by what decides: the worst of several outcomes does."""

    NOT_APPLICABLE = "not applicable"
    HELD = "held"
    BLOCKED = "blocked"
    BROKEN = "broken"

    @property
    def severity(self) -> int:
        return list(Status).index(self)


class Kind(Enum):
    CHECK = "check"
    BENCHMARK = "benchmark"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A status with the words for it."""

    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of outcomes.jsonl; `seconds` from the start of the test's setup to the end of its teardown."""

    test: str
    kind: Kind
    claims: tuple[str, ...]
    phone: str
    status: Status
    reason: str
    evidence: tuple[str, ...]
    started: datetime
    seconds: float

    @property
    def ended(self) -> datetime:
        return self.started + timedelta(seconds=self.seconds)


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The one that decides; the first of equals. Raises ValueError when there is none."""
    return max(judgements, key=lambda one: one.status.severity)


def judge_error(error: BaseException, when: str, raised_in: Path | None) -> Judgement:
    """Broken for an assertion of a check; blocked for whatever else kept the check from its end.

    An assertion that fails in someone else's library is a fault of the bench: only our own code judges the app.
    """
    if isinstance(error, AssertionError) and when == "call" and not _is_foreign(raised_in):
        return Judgement(Status.BROKEN, _words(error) or "the check's assertion failed")
    words = _words(error)
    named = words if isinstance(error, BenchFault) and words else f"{type(error).__name__}: {words}"
    return Judgement(Status.BLOCKED, named if when == "call" else f"{when}: {named}")


def judge_skip(reason: str, *, expected_to_fail: bool) -> Judgement:
    """Not applicable, if the check says why; one that is skipped for no reason, or is expected to fail, saw nothing."""
    if expected_to_fail:
        return Judgement(Status.BLOCKED, f"marked as expected to fail: {reason or 'no reason given'}")
    if reason in {"", "unconditional skip"} or reason.startswith("got empty parameter set"):
        return Judgement(Status.BLOCKED, f"skipped without a reason of its own ({reason or 'none given'})")
    return Judgement(Status.NOT_APPLICABLE, _shortened(reason))


def after_deaths(judgement: Judgement, deaths: Sequence[Death]) -> Judgement:
    """Whatever was seen without one of the lab's processes counts for nothing."""
    if not deaths:
        return judgement
    words = deaths[0].words
    own = judgement.reason if words not in judgement.reason else ""
    return Judgement(Status.BLOCKED, f"{words} (the check itself: {own})" if own else words)


def append_outcome(path: Path, outcome: Outcome) -> None:
    row = asdict(outcome) | {
        "kind": outcome.kind.value,
        "status": outcome.status.value,
        "started": outcome.started.isoformat(),
        "seconds": round(outcome.seconds, 3),
    }
    append_line(path, row)


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    return tuple(map(_outcome, read_lines(path)))


def _outcome(row: dict[str, Any]) -> Outcome:
    return Outcome(
        test=row["test"],
        kind=Kind(row["kind"]),
        claims=tuple(row["claims"]),
        phone=row["phone"],
        status=Status(row["status"]),
        reason=row["reason"],
        evidence=tuple(row["evidence"]),
        started=datetime.fromisoformat(row["started"]),
        seconds=row["seconds"],
    )


def without_phone(test: str, phone: str) -> str:
    """A test's name without the phone that it ran on, where that stands beside it."""
    return test.removesuffix(f"[{phone}]").replace(f"-{phone}]", "]")


def _words(error: BaseException) -> str:
    return _shortened(str(error).strip())


def _shortened(text: str) -> str:
    """The first paragraph's first line, which is where a message says what it is about."""
    line = text.splitlines()[0].strip() if text else ""
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _is_foreign(path: Path | None) -> bool:
    return path is not None and any(path.resolve().is_relative_to(folder) for folder in FOREIGN)
