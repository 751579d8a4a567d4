"""The report that a release manager reads: one HTML file that needs nothing else."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.ledger import LEDGER
from gate.rundir import RunDir

LONGEST = 20_000  # characters of a text that are put into the page; the file itself is linked
CLAIMS = {claim.id: claim for claim in LEDGER}
EXITS = {
    0: ("held", "This build may ship", "Every claim that was selected held, and every benchmark was measured."),
    1: ("broken", "This build must not ship", "The app broke at least one claim."),
    3: ("blocked", "Nothing can be said yet", "Something could not be looked at, so this run is no release."),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: a note, or a file of the run with what the page shows of it."""

    label: str
    link: str | None = None
    picture: str | None = None
    text: str | None = None


def write_report(verdict: dict[str, Any], run: RunDir) -> None:
    """Write report/index.html from the saved verdict and the evidence beside it."""
    run.report.parent.mkdir(exist_ok=True)
    run.report.write_text(_page(verdict, run), encoding="utf-8")


def _page(verdict: dict[str, Any], run: RunDir) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    kind, answer, meaning = EXITS[verdict["exit"]]
    return environment.get_template("page.html.j2").render(
        verdict=verdict,
        kind=kind,
        answer=answer,
        meaning=meaning,
        claims=CLAIMS,
        worries=[row for row in verdict["claims"] if row["status"] in {"broken", "blocked"}],
        pieces={_key(row): list(_pieces(row, run)) for row in verdict["claims"]},
        key=_key,
        counts=_counts(verdict),
        anchors=_anchors(verdict),
    )


def _key(row: dict[str, Any]) -> str:
    return f"{row['id']}-{row['phone']}"


def _counts(verdict: dict[str, Any]) -> dict[str, int]:
    statuses = [row["status"] for row in verdict["claims"]]
    return {status: statuses.count(status) for status in ("broken", "blocked", "held", "not applicable")}


def _anchors(verdict: dict[str, Any]) -> set[str]:
    return {_key(row) for row in verdict["claims"] if row["status"] in {"broken", "blocked"}}


def _pieces(row: dict[str, Any], run: RunDir) -> Iterator[Piece]:
    for entry in row["evidence"]:
        file = _file(entry, run)
        yield Piece(entry) if file is None else _shown(entry, file, run)


def _file(entry: str, run: RunDir) -> Path | None:
    """The file that an entry names, if it is one of this run; any other entry is a note."""
    try:
        path = (run.path / entry).resolve()
        return path if path.is_file() and path.is_relative_to(run.path.resolve()) else None
    except (OSError, ValueError):  # too long or too odd for a file name
        return None


def _shown(entry: str, file: Path, run: RunDir) -> Piece:
    inside = file.relative_to(run.path.resolve()).as_posix()
    link = f"../{inside}"
    if file.suffix == ".png":
        return Piece(entry, link, picture=base64.b64encode(file.read_bytes()).decode())
    if file.suffix in {".txt", ".log", ".json", ".jsonl", ".xml"}:
        return Piece(entry, link, text=file.read_text(encoding="utf-8", errors="replace")[:LONGEST])
    return Piece(entry, link)
