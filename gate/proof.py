"""Does the gate turn red when it should, and only then? Each seeded defect is judged, and so is its clean twin."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from faults import BenchFault, UsageError
from gate.outcomes import Status
from gate.phones import model_of
from gate.programs import ROOT, app_build, defect_list
from gate.verdict import BLOCKED, BROKEN, HELD, ClaimVerdict, Verdict

type Judge = Callable[[Mapping[str, Path]], Verdict]


class Caught(StrEnum):
    """What became of a defect; *blocked* says that the gate could not look, so it proves nothing."""

    CAUGHT = "caught"
    MISSED = "missed"
    BLOCKED = "blocked"


CAUGHT = {Status.BROKEN: Caught.CAUGHT, Status.HELD: Caught.MISSED}


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
        meant = "".join(f"did you mean {one}? " for one in get_close_matches(unknown[0], known, 1))
        msg = f"--defect {unknown[0]}: no such defect; {meant}`pocketgate testbed defects` lists all {len(known)}"
        raise UsageError(msg)
    return tuple(known[name] for name in names or known)


def _defect(row: dict[str, Any]) -> Defect:
    return Defect(row["name"], row["claim"], row["what"], tuple(row["also"]))


def prove(defects: Sequence[Defect], phones: Sequence[str], apps: Path, judge: Judge) -> Proof:
    """The clean twin first, then each defect on all phones; `judge` runs the gate on app files, or the clean ones."""
    clean = judge({})
    trials = tuple(trial for defect in defects for trial in _trials(defect, phones, apps, judge))
    return Proof(trials, clean.with_status(Status.BROKEN), clean.exit)


def _trials(defect: Defect, phones: Sequence[str], apps: Path, judge: Judge) -> Iterator[Trial]:
    began = monotonic()
    platforms = dict.fromkeys(model_of(phone).platform for phone in phones)
    verdict = judge({platform: _build(defect, platform, apps) for platform in platforms})
    for phone in phones:
        yield _trial(defect, phone, [one for one in verdict.claims if one.phone == phone], monotonic() - began)


def _trial(defect: Defect, phone: str, claims: Sequence[ClaimVerdict], seconds: float) -> Trial:
    broken = tuple(one.id for one in claims if one.status is Status.BROKEN)
    own = next((one for one in claims if one.id == defect.claim), None)
    attempts = own.attempts if own else ()
    return Trial(
        defect=defect,
        phone=phone,
        status=CAUGHT.get(own.status, Caught.BLOCKED) if own else Caught.BLOCKED,
        caught_by=tuple(attempt.test for attempt in attempts if attempt.status is Status.BROKEN),
        collateral=tuple(one for one in broken if one not in {defect.claim, *defect.also}),
        seconds=seconds,
    )


def _build(defect: Defect, platform: str, apps: Path) -> Path:
    command = app_build(platform, apps, defect.name)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"{defect.name} could not be built for {platform}: {done.stderr.strip()}"
        raise BenchFault(msg)
    return Path(done.stdout.split()[-1]).resolve()
