"""The report that a release manager reads: one HTML file that needs nothing else."""

from collections.abc import Sequence
from os.path import basename
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.report.answer import answer_of
from gate.report.conditions import own, shared
from gate.report.drawings import drawings
from gate.report.entries import CLAIMS, Entry, causes_of, entries_of, reasons_of, rows_of
from gate.report.wording import figures, lasted, lead, moment, shift, shortened, titled
from gate.rundir import RunDir

STAND_IN = "virtual-"  # how the names of phones begin that are none


def write_report(verdict: dict[str, Any], run: RunDir) -> None:
    """Write report/index.html from the saved verdict and the evidence beside it."""
    run.report.parent.mkdir(exist_ok=True)
    run.report.write_text(_page(verdict, run), encoding="utf-8")


def _page(verdict: dict[str, Any], run: RunDir) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"basename": basename, "lead": lead, "moment": moment, "shortened": shortened}
    environment.filters |= {"titled": titled, "shift": shift}
    environment.tests["virtual"] = lambda name: name.startswith(STAND_IN)
    entries, answer = entries_of(verdict, run), answer_of(verdict)
    return environment.get_template("page.html.j2").render(
        verdict=verdict,
        answer=answer,
        lasted=lasted(verdict["run"]["started"], verdict["run"]["ended"]),
        reasons=reasons_of(_with(entries, "broken") or _with(entries, "blocked")),
        broken=_with(entries, "broken"),
        causes=causes_of(_with(entries, "blocked")),
        unmeasured=[row for row in verdict["benchmarks"] if row["verdict"] == "blocked"],
        held=rows_of(_with(entries, "held")),
        inapplicable=rows_of(_with(entries, "not applicable")),
        unchecked=[CLAIMS[id_] for id_ in answer.unchecked],
        left_out=[CLAIMS[id_] for id_ in answer.left_out],
        compared=any(row.get("against") for row in verdict["benchmarks"]),
        many_phones=len(verdict["phones"]) > 1 or len({entry.phone for entry in entries}) > 1,
        figures=figures,
        common=shared(verdict["benchmarks"]),
        own=own,
        drawings=drawings(verdict, run),
    )


def _with(entries: Sequence[Entry], status: str) -> list[Entry]:
    return [entry for entry in entries if entry.status == status]
