"""What a run of the gate measured, as it goes into the history."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from os import environ
from typing import Any

from gate.history.entry import Entry
from gate.history.history import History, Remembered
from gate.history.imports import Source, of_pytest_benchmark
from gate.rundir import RunDir

VARIABLE = "POCKETGATE_HISTORY"  # a file or a URL; else a file beside the runs
FILE = "history.sqlite"


def history_of(run: RunDir) -> History:
    """Where the results of this run belong."""
    runs = run.path.parent
    return History.at(environ.get(VARIABLE) or str(runs / FILE), runs)


def remember(
    run: RunDir,
    told: Mapping[str, Any],
    measured: Collection[tuple[str, str]],
    builds: Sequence[Mapping[str, str]],
) -> Remembered | None:
    """Add what was `measured` (name and phone) to the history; None where nothing was, or of an unknown build."""
    entries = tuple(_entries(run, told, measured, builds))
    return history_of(run).remember(entries) if entries else None


def _entries(
    run: RunDir,
    told: Mapping[str, Any],
    measured: Collection[tuple[str, str]],
    builds: Sequence[Mapping[str, str]],
) -> Iterator[Entry]:
    """Runs of two machines that share a history may bear the same name, so its plan is part of theirs."""
    name = f"{run.id}-{hashlib.sha256(run.plan.read_bytes()).hexdigest()[:8]}"
    for row in told.get("benchmarks", ()):
        phone = str((row.get("extra_info") or {}).get("phone", ""))
        plain = row["fullname"].split("::")[-1].removesuffix(f"[{phone}]").replace(f"-{phone}]", "]")
        build = _build(phone, builds)
        if (plain, phone) in measured and build is not None:
            source = Source(name, build["sha256"], build["version"])
            yield from of_pytest_benchmark({**told, "benchmarks": [{**row, "name": plain}]}, source)


def _build(phone: str, builds: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
    """The build that the phone had; where there are several, its name tells its platform."""
    if len(builds) == 1:
        return builds[0]
    return next((one for one in builds if one["platform"] in phone), None)
