"""Whether the generator itself could keep up: one that is starved measures its own queue and calls it the server's.

Each process that simulates phones watches itself: its share of a processor, how late its event loop is, and how long
its phones wait for answers instead of thinking. A phone that waits asks less, so that a slow server is asked less often
than so many phones would (Tene's "coordinated omission"), and its percentiles look better than people would find them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from faults import EvidenceMissing

FILE_VARIABLE = "POCKETGATE_LOAD_STRAIN"
EVERY = 0.5  # seconds from one look to the next
LATE = 0.25  # seconds beyond it that an answer may lie unread
FULL = 0.9  # of one processor, which is all that a process of Python has
MOST_LATE, MOST_FULL, MOST_WAITING = 0.1, 0.2, 0.5
LEAST_LOOKS = 4  # below which a share says nothing


@dataclass(slots=True)
class Strain:
    """What one process saw of itself: `looks`, and of these those that came `late`, or found the processor `full`.

    `thought` and `waited` are seconds of all its phones after their sign-in; `worst` is the longest delay in seconds.
    """

    looks: int = 0
    late: int = 0
    full: int = 0
    worst: float = 0.0
    thought: float = 0.0
    waited: float = 0.0

    def look(self, delay: float, share: float) -> None:
        """One look: `delay` in seconds after its time, `share` of a processor since the one before."""
        self.looks += 1
        self.late += delay > LATE
        self.full += share >= FULL
        self.worst = max(self.worst, delay)

    @classmethod
    def of(cls, told: Mapping[str, float]) -> Self:
        return cls(int(told["looks"]), int(told["late"]), int(told["full"]), *(told[name] for name in FLOATS))

    def as_json(self) -> dict[str, float]:
        return asdict(self)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the figures are not the server's, in words; none where they are."""
        looks, phones = max(self.looks, LEAST_LOOKS), self.thought + self.waited
        found = []
        if self.full > MOST_FULL * looks:
            words = f"a process had its processor full {_percent(self.full / looks)} of the time"
            found.append(f"the generator was the bottleneck: {words}; give --workers, or more machines")
        if self.late > MOST_LATE * looks:
            words = f"a process read its answers late {_percent(self.late / looks)} of the time"
            found.append(
                f"the generator was the bottleneck: {words}, up to {self.worst:.1f} s; its machine is too busy"
            )
        if phones and self.waited > MOST_WAITING * phones:
            words = f"phones waited for answers {_percent(self.waited / phones)} of the time"
            found.append(f"{words}, so that they asked less than so many people would: the percentiles are too good")
        return tuple(found)


FLOATS = ("worst", "thought", "waited")


def write_strains(file: Path, strains: Iterable[Strain]) -> None:
    file.write_text(json.dumps([one.as_json() for one in strains]), encoding="utf-8")


def read_strains(file: Path) -> tuple[Strain, ...]:
    """One a process; raises EvidenceMissing where none looked after itself."""
    try:
        found = tuple(Strain.of(row) for row in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        msg = f"{file}: the generator did not say how it fared: {trouble!r}"
        raise EvidenceMissing(msg) from trouble
    if not found:
        msg = f"{file}: no process simulated phones; with --master, workers have to join"
        raise EvidenceMissing(msg)
    return found


def doubts_of(strains: Iterable[Strain]) -> tuple[str, ...]:
    """Those of the first process that has any."""
    return next((one.doubts for one in strains if one.doubts), ())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
