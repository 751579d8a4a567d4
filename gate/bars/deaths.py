"""A process killed in the middle of a run: said by name, never green, never hanging, and nothing stays behind."""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import Signals
from typing import Any

from faults import BenchFault
from gate.bars.family import Family
from gate.bars.product import PATIENCE, POCKETGATE, ROOT, Place, verdict_in
from gate.bars.result import Result

MIDDLE = 3  # outcomes after which the blow falls
LIMIT = 40.0  # seconds from the blow to the end
LEFT = 5.0  # seconds in which what is left must be gone
BLOCKED = 3
NEXT_CLAIM = "C16"  # what the next start after a SIGKILL looks at


@dataclass(frozen=True, slots=True)
class Blow:
    """`victim` stands in the command line of the child that is hit; None hits pocketgate itself."""

    name: str
    victim: str | None
    signal: Signals = Signals.SIGKILL

    @property
    def exit(self) -> int:
        """What pocketgate must end with; whoever is killed has no say."""
        return -self.signal if self.victim is None and self.signal is Signals.SIGKILL else BLOCKED


BLOWS = (
    Blow("recorder", "traffic.recorder"),
    Blow("appium", "appium/index.js"),
    Blow("virtual-android", "testbed.android"),
    Blow("virtual-ios", "testbed.ios --home"),
    Blow("usbmuxd", "testbed.ios.usbmuxd"),
    Blow("adb", "fork-server"),
    Blow("cloud", "testbed.cloud"),
    Blow("pocketgate-SIGINT", None, Signals.SIGINT),
    Blow("pocketgate-SIGTERM", None, Signals.SIGTERM),
    Blow("pocketgate-SIGKILL", None),
)
NAMES = tuple(blow.name for blow in BLOWS)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a blow left: `said` is the verdict with its report as text, None where there is none."""

    blow: Blow
    at: datetime
    code: int | None
    seconds: float
    left: tuple[str, ...]
    verdict: dict[str, Any] | None
    report: str
    next_exit: int = 0

    @property
    def troubles(self) -> tuple[str, ...]:
        """Whatever is not as it must be."""
        found = [f"left: {one}" for one in self.left]
        if self.code != self.blow.exit:
            found.append(f"exit {self.code}, not {self.blow.exit}")
        if self.seconds > LIMIT:
            found.append(f"ended after {self.seconds:.0f} s")
        if self.next_exit != 0:
            found.append(f"the next start ended with {self.next_exit}")
        return (*found, *self._silence())

    def _silence(self) -> Sequence[str]:
        if self.blow.exit != BLOCKED:
            return ()
        if self.verdict is None:
            return ("no verdict",)
        words = self._death() if self.blow.victim else self._interruption()
        if words is None:
            return ("the verdict does not say what happened",)
        return () if words in self.report else (f"the report does not say: {words}",)

    def _death(self) -> str | None:
        for death in (self.verdict or {})["deaths"]:
            late = abs(datetime.fromisoformat(death["at"]) - self.at)
            struck = death["process"].startswith(self.blow.name) and death.get("signal") == "SIGKILL"
            if struck and late < timedelta(seconds=2):
                return str(death["words"])
        return None

    def _interruption(self) -> str | None:
        return next((one for one in (self.verdict or {})["troubles"] if one.startswith("interrupted")), None)


def measure(place: Place, options: argparse.Namespace) -> Result:
    return judged([_strike(place, blow) for blow in BLOWS if blow.name in (options.victim or NAMES)])


def judged(found: Sequence[Aftermath]) -> Result:
    troubles = {one.blow.name: list(one.troubles) for one in found if one.troubles}
    seconds = {one.blow.name: round(one.seconds, 1) for one in found}
    told = "; ".join(f"{name}: {', '.join(rows)}" for name, rows in troubles.items())
    slowest = f"the slowest ended {max(seconds.values()):g} s after the blow"
    return Result(
        bar="deaths",
        limit=f"exit {BLOCKED} with name, signal and time, no process left, within {LIMIT:g} s",
        measured={"exits": {one.blow.name: one.code for one in found}, "seconds": seconds, "troubles": troubles},
        words=f"{len(found) - len(troubles)} of {len(found)}; {told or slowest}",
        ok=not troubles,
    )


def _strike(place: Place, blow: Blow) -> Aftermath:
    out = place.path / blow.name
    with Family((POCKETGATE, "run", "--out", str(out)), place.path / f"{blow.name}.log", ROOT) as family:
        if not family.wait(lambda: _outcomes(out / "latest") >= MIDDLE, PATIENCE):
            raise BenchFault(f"{blow.name}: the run did not get to its middle; see {place.path}")
        at, began = datetime.now(UTC), time.monotonic()
        _hit(family, blow)
        code = family.end(PATIENCE)
        seconds = time.monotonic() - began
        left = family.left(LEFT)
    return Aftermath(blow, at, code, seconds, left, *_said(out / "latest"), _next_start(place, blow))


def _hit(family: Family, blow: Blow) -> None:
    victim = None if blow.victim is None else family.child(blow.victim)
    if blow.victim is not None and victim is None:
        raise BenchFault(f"{blow.name}: no child of pocketgate has {blow.victim} in its command line")
    os.kill(victim.pid if victim else family.process.pid, blow.signal)


def _outcomes(run: Path) -> int:
    file = run / "outcomes.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _said(run: Path) -> tuple[dict[str, Any] | None, str]:
    report = run / "report" / "index.html"
    try:
        verdict = verdict_in(run)
    except (BenchFault, json.JSONDecodeError):
        verdict = None
    return verdict, report.read_text(encoding="utf-8") if report.exists() else ""


def _next_start(place: Place, blow: Blow) -> int:
    """Only a pocketgate that was killed itself can have left something in the way."""
    if blow.exit == BLOCKED:
        return 0
    out = str(place.path / "next")
    return place.call(POCKETGATE, "run", "--claim", NEXT_CLAIM, "--out", out, name="next").code
