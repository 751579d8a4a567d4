"""What `pocketgate compare` says: one answer for two files, for scripts and for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.comparison import compare, read_saved
from benchmarks.decision import Change, Decision
from faults import UsageError
from gate.verdict import BLOCKED, BROKEN, HELD

PERCENT = 100
COLOURS = {Change.WORSE: "bold red", Change.INCONCLUSIVE: "yellow", Change.SAME: "green", Change.BETTER: "green"}


def compare_files(base: Path, candidate: Path, step_percent: float, *, across_machines: bool) -> dict[str, Decision]:
    """The decisions by the names of the benchmarks; raises UsageError for files or a step that make no sense."""
    if not 0 < step_percent < PERCENT:
        raise UsageError(f"--step {step_percent:g}: give a percentage between 0 and 100, such as 5")
    before, after = read_saved(base), read_saved(candidate)
    return compare(before, after, step_percent / PERCENT, across_machines=across_machines)


def exit_of(found: Mapping[str, Decision]) -> int:
    """1 as soon as one is worse; 3 while one is open, and where there was nothing to compare."""
    verdicts = {one.verdict for one in found.values()}
    if Change.WORSE in verdicts:
        return BROKEN
    return BLOCKED if not verdicts or Change.INCONCLUSIVE in verdicts else HELD


def as_json(found: Mapping[str, Decision]) -> dict[str, Any]:
    """In the format of the design; `reason` says why, where a verdict is not from the clock alone."""
    return {"exit": exit_of(found), "benchmarks": [_row(name, one) for name, one in found.items()]}


def show_comparison(found: Mapping[str, Decision], console: Console) -> None:
    """A row a benchmark; more is slower."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, one in found.items():
        table.add_row(Text(one.verdict.value, COLOURS[one.verdict]), Text(name), Text(_shift(one)), Text(_why(one)))
    console.print(table)
    if not found:
        console.print(Text("neither file holds a benchmark: nothing was compared", "yellow"))


def _row(name: str, one: Decision) -> dict[str, Any]:
    return {
        "name": name,
        "verdict": one.verdict.value,
        "shift_percent": one.shift_percent,
        "low": one.low,
        "high": one.high,
        "needed_rounds": one.needed_rounds,
        "reason": one.reason,
    }


def _shift(one: Decision) -> str:
    if one.shift_percent is None:
        return ""
    low, high = ("…" if end is None else f"{end:+.1f}" for end in (one.low, one.high))
    return f"{one.shift_percent:+.1f} % ({low} to {high})"


def _why(one: Decision) -> str:
    needed = "" if one.needed_rounds is None else f"about {one.needed_rounds} rounds of each would decide"
    return "; ".join(filter(None, (one.reason, needed)))
