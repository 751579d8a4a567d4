"""What stands on the terminal when a command has ended."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.doctor import Diagnosis
from gate.outcomes import Status
from gate.proof import Caught, Proof
from gate.rundir import RunDir
from gate.verdict import Measure, Verdict

LOG_WIDTH = 140
COLOURS = {
    Status.HELD: "green",
    Status.BROKEN: "bold red",
    Status.BLOCKED: "yellow",
    Status.NOT_APPLICABLE: "dim",
    Measure.MEASURED: "green",
    Measure.BLOCKED: "yellow",
    Measure.NOT_APPLICABLE: "dim",
}


def terminal() -> Console:
    """Where nobody set a width, as in a CI log, lines may be as long as those of the code."""
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)


def show_summary(verdict: Verdict, run: RunDir, console: Console) -> None:
    """One row a claim and a benchmark, then what went wrong around them, then the answer and where to read on."""
    table = Table("", "status", box=None, pad_edge=False)
    table.add_column("reason", no_wrap=True, overflow="ellipsis")
    for claim in verdict.claims:
        table.add_row(Text(claim.id), _coloured(claim.status), Text(claim.reason))
    for one in verdict.benchmarks:
        figure = "" if one.median is None else f"median {one.median:.4g} {one.unit} of {one.rounds}"
        table.add_row(Text(one.name), _coloured(one.verdict), Text(one.reason or figure))
    console.print(table)
    for words in (*(death.words for death in verdict.deaths), *verdict.troubles):
        console.print(Text(words, "yellow"))
    console.print(Text(f"{verdict.headline} (exit {verdict.exit})", "bold"))
    console.print(str(run.report), soft_wrap=True, highlight=False, markup=False)


def show_proof(proof: Proof, console: Console) -> None:
    """One row a defect, then what the clean twin was accused of."""
    table = Table("defect", "breaks", "", "also fell", "seconds", box=None, pad_edge=False)
    for one in proof.trials:
        colour = "green" if one.status is Caught.CAUGHT else "bold red"
        also = Text(", ".join(one.collateral), "bold red")
        table.add_row(one.defect.name, one.defect.claim, Text(one.status, colour), also, f"{one.seconds:.0f}")
    console.print(table)
    alarms = ", ".join(proof.false_alarms) or "none"
    console.print(f"recall {proof.recall:.0%}, false alarms on the clean build: {alarms} (exit {proof.exit})")


def show_diagnoses(found: Iterable[Diagnosis], console: Console) -> None:
    table = Table("", "", "", box=None, show_header=False, pad_edge=False)
    for one in found:
        word = Text("missing", "yellow") if one.mend else Text("ok", "green")
        table.add_row(Text(one.name), word, Text(f"{one.found}; mend: {one.mend}" if one.mend else one.found))
    console.print(table)


def _coloured(status: Status | Measure) -> Text:
    return Text(status.value, COLOURS[status])
