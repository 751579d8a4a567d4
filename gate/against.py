"""The builds that benchmarks are compared with: which may be, and what the comparison says in a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.settings import read_settings
from drivers.app_file import read_app_file
from faults import UsageError
from gate.phones import model_of
from gate.rundir import RunDir, read_object

SELF_CHECK = "the same build against itself"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`shift_percent` of the median against the base's, with its interval; more is slower. Medians in seconds.

    `self_check` is the verdict of the base against itself, measured in the same turns; "" where exact counts decide.
    """

    verdict: str
    reason: str = ""
    shift_percent: float | None = None
    shift_low: float | None = None
    shift_high: float | None = None
    base_median: float | None = None
    step_percent: float | None = None
    needed_rounds: int | None = None
    self_check: str = ""


def comparable(
    bases: Mapping[str, Path], apps: Mapping[str, Path], phones: Sequence[str], claims: Sequence[str]
) -> Mapping[str, Path]:
    """Raises UsageError for a base that no benchmark of the run could be compared with."""
    platforms = {model_of(phone).platform for phone in phones}
    for platform, base in bases.items():
        if claims:
            raise UsageError("--base: benchmarks are not run when single claims are asked for; leave out --claim")
        if platform not in platforms:
            raise UsageError(f"--base {base}: an app for {platform}, but the run has no such phone; add one by --phone")
        app, ours = read_app_file(base), apps.get(platform)
        if ours is not None and read_app_file(ours).package != app.package:
            other = read_app_file(ours).package
            raise UsageError(f"--base {base}: its package is {app.package}, that of --app is {other}: not the same app")
    return bases


def comparisons(run: RunDir, figures: Mapping[str, dict[str, Any]]) -> dict[str, Comparison]:
    """What the benchmarks of a run say against its base, by their test; nothing where there was none."""
    rows = {test: row for test, row in figures.items() if row["stats"].get("rounds")}
    if not any("base" in row.get("extra_info", {}) for row in rows.values()):
        return {}
    from benchmarks.deciding import against_base  # noqa: PLC0415 -- scipy takes longer to load than a run without it

    told = read_object(run.plan).get("bench_settings")
    found = against_base(rows, read_settings(Path(told) if told else None))
    return {
        test: Comparison(
            verdict=one.decision.verdict.value,
            reason=one.decision.reason,
            shift_percent=one.decision.shift_percent,
            shift_low=one.decision.low,
            shift_high=one.decision.high,
            base_median=one.base_median,
            step_percent=one.decision.step_percent,
            needed_rounds=one.decision.needed_rounds,
            self_check="" if one.self_check is None else f"{SELF_CHECK}: {one.self_check.verdict.value}",
        )
        for test, one in found.items()
    }
