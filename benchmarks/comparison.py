"""Two files of pytest-benchmark, benchmark by benchmark; what cannot be compared is inconclusive, with the reason."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from benchmarks.deciding import COUNTS, SLACK
from benchmarks.decision import FEWEST, STEP, Change, Decision, Samples, by_count, decide_all
from faults import UsageError

CONDITIONS = ("unit", "clock", "phone", "model", "start", "network", "compile_mode", "rows")
MACHINE = ("node", "system", "machine")  # of machine_info; the processor's brand and count stand in its `cpu`
PROCESSOR = ("brand_raw", "count")
BY_PHONE = frozenset({"phone", "app"})  # clocks that do not tick on the machine that wrote the file


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark of a file: its rounds as they were measured, `counts` that are exact, what it was taken under."""

    name: str
    rounds: tuple[float, ...]
    counts: Mapping[str, int]
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """A file: its results by name (by full name where two modules share one), and the machine that wrote it."""

    results: Mapping[str, Result]
    machine: Mapping[str, str]


def read_saved(path: Path) -> Saved:
    """Raises UsageError where it is no file of pytest-benchmark, or a round of it is no duration."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rows, machine = told["benchmarks"], told.get("machine_info") or {}
        results = {name: _result(row) for name, row in zip(_keys(rows), rows, strict=True)}
        found = Saved(results, _machine(machine))
    except UsageError as trouble:
        raise UsageError(f"{path}: {trouble}") from trouble
    except (OSError, UnicodeDecodeError) as trouble:
        raise UsageError(f"{path}: cannot be read: {getattr(trouble, 'strerror', None) or trouble}") from trouble
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        msg = (
            f"{path}: no file of pytest-benchmark ({type(trouble).__name__}: {trouble}); save one with --benchmark-json"
        )
        raise UsageError(msg) from trouble
    if len(results) < len(rows):
        raise UsageError(f"{path}: two benchmarks have the same name; save one run at a time")
    return found


def compare(base: Saved, candidate: Saved, step: float = STEP, *, across_machines: bool = False) -> dict[str, Decision]:
    """The verdicts by name, in the order of the candidate's file, then what only the base has."""
    pairs = {name: (base.results.get(name), candidate.results.get(name)) for name in _names(base, candidate)}
    whole = {name: (one, other) for name, (one, other) in pairs.items() if one and other and _are_timed(one, other)}
    decided = decide_all({n: Samples(one.rounds, other.rounds, step) for n, (one, other) in whole.items()})
    strange = () if across_machines else _differences(base.machine, candidate.machine)
    found = {}
    for name, (one, other) in pairs.items():
        if one is None or other is None:
            decision = _undecided(f"only the {'candidate' if one is None else 'base'} has it", step)
        else:
            decision = _with_counts(one, other, decided.get(name) or _untimed(one, other, step))
            machines = () if one.conditions.get("clock") in BY_PHONE else strange
            decision = _doubted(decision, (*_differences(one.conditions, other.conditions), *machines))
        found[name] = decision
    return found


def _keys(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    often = Counter(row["name"] for row in rows)
    return [str(row["name"] if often[row["name"]] == 1 else row.get("fullname", row["name"])) for row in rows]


def _result(row: Mapping[str, Any]) -> Result:
    extra = row.get("extra_info") or {}
    counts = extra.get("counts") or extra
    return Result(
        name=str(row["name"]),
        rounds=tuple(_duration(row["name"], one) for one in row["stats"].get("data") or ()),
        counts={key: counts[key] for key in COUNTS if isinstance(counts.get(key), int)},
        conditions={key: str(extra[key]) for key in CONDITIONS if key in extra},
    )


def _duration(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value <= 0:
        raise UsageError(f"{name}: {value!r} among its data is no duration; durations are positive numbers")
    return float(value)


def _machine(told: Mapping[str, Any]) -> dict[str, str]:
    processor = told.get("cpu") or {}
    return {key: str(told[key]) for key in MACHINE if key in told} | {
        f"cpu {key}": str(processor[key]) for key in PROCESSOR if key in processor
    }


def _names(base: Saved, candidate: Saved) -> Sequence[str]:
    return tuple(dict.fromkeys((*candidate.results, *base.results)))


def _are_timed(one: Result, other: Result) -> bool:
    return bool(one.rounds and other.rounds)


def _undecided(reason: str, step: float) -> Decision:
    return Decision(Change.INCONCLUSIVE, None, None, None, None, None, 0, 100 * step, reason)


def _untimed(one: Result, other: Result, step: float) -> Decision:
    side = "base" if not one.rounds else "candidate"
    if not one.rounds and not other.rounds:
        side = "base and the candidate"
    reason = f"no raw data of the {side}; save with --benchmark-save-data"
    return replace(_undecided(reason, step), needed_rounds=FEWEST)


def _with_counts(one: Result, other: Result, timed: Decision) -> Decision:
    """More steps over as many rows are worse on any machine, however the clock's noise hides it."""
    for key in COUNTS:
        if key in one.counts and key in other.counts:
            judged = by_count(one.counts[key], other.counts[key], timed.step_percent / 100)
            if judged.verdict is Change.WORSE and other.counts[key] > one.counts[key] + SLACK.get(key, 0):
                return replace(timed, verdict=Change.WORSE, needed_rounds=None, reason=f"{key}: {judged.reason}")
    return timed


def _differences(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    keys = dict.fromkeys((*one, *other))
    return tuple(
        f"{key} was {one.get(key, 'not told')}, then {other.get(key, 'not told')}"
        for key in keys
        if one.get(key) != other.get(key)
    )


def _doubted(decision: Decision, differences: tuple[str, ...]) -> Decision:
    """Figures that were taken differently say nothing about the builds."""
    if not differences:
        return decision
    reason = f"not comparable: {'; '.join(differences)}"
    return replace(decision, verdict=Change.INCONCLUSIVE, needed_rounds=None, reason=reason)
