"""What stands on the terminal when a command has ended."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from io import TextIOWrapper

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.claims import Claim
from gate.doctor import Diagnosis
from gate.ledger import LEDGER
from gate.outcomes import Status
from gate.proof import Caught, Defect, Proof
from gate.report.entries import CLAIMS
from gate.report.wording import figures, lead, shift, titled
from gate.rundir import RunDir, read_object
from gate.verdict import BenchmarkVerdict, ClaimVerdict, Measure, Verdict

LOG_WIDTH = 140
STATUS_WIDTH = 9  # columns, so that all answers stand below each other
COLOURS = {
    Status.HELD: "green",
    Status.BROKEN: "bold red",
    Status.BLOCKED: "yellow",
    Status.NOT_APPLICABLE: "dim",
    Measure.MEASURED: "green",
    Measure.BETTER: "green",
    Measure.SAME: "green",
    Measure.WORSE: "bold red",
    Measure.INCONCLUSIVE: "yellow",
    Measure.BLOCKED: "yellow",
    Measure.NOT_APPLICABLE: "dim",
}


def terminal() -> Console:
    """Where nobody set a width, as in a CI log, lines may be as long as those of the code.

    A character that the terminal cannot show becomes a question mark: it must not cost a run its exit code.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)


def show_summary(verdict: Verdict, run: RunDir, console: Console) -> None:
    """What held in short, the figures, then what is wrong with its reason, and last the answer and where to read on."""
    for status in (Status.HELD, Status.NOT_APPLICABLE):
        _show_ids(verdict.with_status(status), status, console)
    _show_figures(verdict, console)
    for status in (Status.BLOCKED, Status.BROKEN):
        _show_claims([claim for claim in verdict.claims if claim.status is status], console)
    for words in (*(death.words for death in verdict.deaths), *verdict.troubles):
        console.print(_said(words, "yellow"))
    _show_history(run, console)
    console.print(_silence(verdict), highlight=False)
    console.print(Text(f"{verdict.headline} (exit {verdict.exit})", "bold"))
    console.print(str(run.report), soft_wrap=True, highlight=False, markup=False)


def _show_history(run: RunDir, console: Console) -> None:
    trouble = (read_object(run.verdict).get("history") or {}).get("trouble")
    if trouble:
        console.print(_said(f"history: {trouble}", "yellow"))


def _silence(verdict: Verdict) -> str:
    """Whoever reads only the terminal has to see how much was not looked at."""
    looked_at = len({claim.id for claim in verdict.claims})
    silent = len(LEDGER) - looked_at
    return f"looked at {looked_at} of {len(LEDGER)} claims: nothing is said about the other {silent}"


def _show_ids(ids: Sequence[str], status: Status, console: Console) -> None:
    if ids:
        table = _rows()
        table.add_row(_coloured(status), Text(" ".join(dict.fromkeys(ids))))
        console.print(table)


def _show_claims(claims: Sequence[ClaimVerdict], console: Console) -> None:
    """The promise, and below it why it is not held; a reason that many claims share stands once."""
    several = len({claim.phone for claim in claims}) > 1
    for reason, group in _by_reason(claims).items():
        table = _rows()
        for claim in group:
            where = f" on {claim.phone}" if several else ""
            table.add_row(_coloured(claim.status), Text(f"{claim.id}{where}: {CLAIMS[claim.id].text}"))
        table.add_row("", _said(lead(reason)[0], COLOURS[group[0].status]))
        console.print(table)


def _by_reason(claims: Sequence[ClaimVerdict]) -> dict[str, list[ClaimVerdict]]:
    groups: dict[str, list[ClaimVerdict]] = {}
    for claim in claims:
        groups.setdefault(claim.reason, []).append(claim)
    return groups


def _show_figures(verdict: Verdict, console: Console) -> None:
    if not verdict.benchmarks:
        return
    table = _rows()
    table.add_column(no_wrap=True)
    for one in verdict.benchmarks:
        words = _said(lead(one.reason)[0]) if one.reason else _figure(one)
        table.add_row(_coloured(one.verdict), Text(titled(one.name)), words)
    console.print(table)


def _figure(one: BenchmarkVerdict) -> Text:
    if one.median is None or one.low is None or one.high is None or one.unit is None:
        return Text()
    median, span = figures(one.median, one.low, one.high, one.unit)
    moved = f"; {shift(asdict(one.against))} against the base" if one.against else ""
    return Text(f"median {median} of {one.rounds}, {span}{moved}")


def _rows() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(min_width=STATUS_WIDTH, no_wrap=True)
    table.add_column()
    return table


def _said(words: str, style: str = "") -> Text:
    """What an app or a phone said may hold anything; on a terminal only what can be printed is."""
    return Text("".join(one if one.isprintable() else " " for one in words), style)


def show_proof(proof: Proof, console: Console) -> None:
    """One row a defect, then what the clean twin was accused of."""
    table = Table("defect", "breaks", "", "fell by mistake", "seconds", box=None, pad_edge=False)
    for one in proof.trials:
        colour = "green" if one.status is Caught.CAUGHT else "bold red"
        breaks = Text(one.defect.claim).append("".join(f", {also}" for also in one.defect.also), "dim")
        mistakes = Text(", ".join(one.collateral), "bold red")
        table.add_row(one.defect.name, breaks, Text(one.status, colour), mistakes, f"{one.seconds:.0f}")
    console.print(table)
    alarms = ", ".join(proof.false_alarms) or "none"
    console.print(f"recall {proof.recall:.0%}, false alarms on the clean build: {alarms} (exit {proof.exit})")


def described(claim: Claim, checks: Sequence[str], defects: Sequence[Defect]) -> str:
    """One claim with everything that hangs on its number."""
    standards = ", ".join((*claim.masvs, *claim.mastg, *claim.maswe)) or "no standard names it"
    lines = [f"{claim.id}  {claim.text}", f"      {standards}"]
    lines += [f"      check   {one}" for one in checks] or ["      no check yet"]
    lines += [f"      defect  {one.name}: {one.what}" for one in defects]
    return "\n".join(lines)


def show_diagnoses(found: Iterable[Diagnosis], console: Console) -> None:
    table = Table("", "", "", box=None, show_header=False, pad_edge=False)
    for one in found:
        lacks = Text("missing", "yellow") if one.needed else Text("not there", "dim")
        word = lacks if one.mend else Text("ok", "green")
        table.add_row(Text(one.name), word, Text(f"{one.found}; mend: {one.mend}" if one.mend else one.found))
    console.print(table)


def _coloured(status: Status | Measure) -> Text:
    return Text(status.value, COLOURS[status])
