"""Does the gate turn red when it should, and only then? Each seeded defect is judged, and so is its clean twin."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from faults import BenchFault, UsageError
from gate.outcomes import Status
from gate.programs import ROOT, app_build, defect_list
from gate.verdict import BLOCKED, BROKEN, HELD, Verdict

type Judge = Callable[[Path | None], Verdict]


class Caught(StrEnum):
    """What became of a defect; *blocked* says that the gate could not look, so it proves nothing."""

    CAUGHT = "caught"
    MISSED = "missed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Defect:
    """A seeded defect, the claim that it is there to break, and those that truly fall with it."""

    name: str
    claim: str
    what: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One defective build through the gate; `collateral` are claims that fell though the defect does not break them."""

    defect: Defect
    phone: str
    status: Caught
    caught_by: tuple[str, ...]
    collateral: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.defect.name,
            "claim": self.defect.claim,
            "also": list(self.defect.also),
            "phone": self.phone,
            "status": self.status.value,
            "caught_by": list(self.caught_by),
            "collateral": list(self.collateral),
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """`false_alarms` are claims that the clean twin was said to break; `clean` is its exit code."""

    trials: tuple[Trial, ...]
    false_alarms: tuple[str, ...]
    clean: int

    @property
    def recall(self) -> float:
        """The share of defects that were caught, from 0 to 1; 0 where none was tried."""
        return sum(one.status is Caught.CAUGHT for one in self.trials) / len(self.trials) if self.trials else 0.0

    @property
    def exit(self) -> int:
        """0 all caught and nothing else fell, 1 something missed or a false alarm, 3 something was not looked at."""
        alarms = self.false_alarms or any(one.collateral for one in self.trials)
        if alarms or any(one.status is Caught.MISSED for one in self.trials):
            return BROKEN
        blocked = self.clean != HELD or any(one.status is Caught.BLOCKED for one in self.trials)
        return BLOCKED if blocked or not self.trials else HELD

    def as_json(self) -> dict[str, Any]:
        return {
            "defects": [one.as_json() for one in self.trials],
            "recall": self.recall,
            "false_alarms": list(self.false_alarms),
        }


def known_defects(names: Sequence[str] = ()) -> tuple[Defect, ...]:
    """All seeded defects, or those named; raises UsageError for a name that is none."""
    said = subprocess.run(defect_list(), cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        msg = f"the seeded defects could not be listed: {said.stderr.strip()}"
        raise BenchFault(msg)
    known = {row["name"]: _defect(row) for row in json.loads(said.stdout)}
    if unknown := [name for name in names if name not in known]:
        msg = f"--defect {unknown[0]}: no such defect; the defects are {', '.join(known)}"
        raise UsageError(msg)
    return tuple(known[name] for name in names or known)


def _defect(row: dict[str, Any]) -> Defect:
    return Defect(row["name"], row["claim"], row["what"], tuple(row["also"]))


def prove(defects: Sequence[Defect], phone: str, apps: Path, judge: Judge) -> Proof:
    """The clean twin first, then each defect; `judge` runs the gate on an app file (None: the clean one)."""
    clean = judge(None)
    trials = tuple(_trial(defect, phone, apps, judge) for defect in defects)
    return Proof(trials, clean.with_status(Status.BROKEN), clean.exit)


def _trial(defect: Defect, phone: str, apps: Path, judge: Judge) -> Trial:
    began = monotonic()
    verdict = judge(_build(defect, apps))
    broken = verdict.with_status(Status.BROKEN)
    caught_by = tuple(
        attempt.test
        for claim in verdict.claims
        if claim.id == defect.claim
        for attempt in claim.attempts
        if attempt.status is Status.BROKEN
    )
    return Trial(
        defect=defect,
        phone=phone,
        status=_caught(defect, verdict),
        caught_by=caught_by,
        collateral=tuple(one for one in broken if one not in {defect.claim, *defect.also}),
        seconds=monotonic() - began,
    )


def _caught(defect: Defect, verdict: Verdict) -> Caught:
    if defect.claim in verdict.with_status(Status.BROKEN):
        return Caught.CAUGHT
    return Caught.MISSED if defect.claim in verdict.with_status(Status.HELD) else Caught.BLOCKED


def _build(defect: Defect, apps: Path) -> Path:
    done = subprocess.run(app_build(apps, defect.name), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"{defect.name} could not be built: {done.stderr.strip()}"
        raise BenchFault(msg)
    return Path(done.stdout.split()[-1]).resolve()
