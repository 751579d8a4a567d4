"""`pocketgate trend` from its options to what stands on the terminal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faults import BenchFault, UsageError
from gate.history.exports import as_pytest_benchmark
from gate.history.history import History
from gate.history.imports import read_entries
from gate.history.store import open_store
from gate.history.trend import Trend, detector, read_trends
from gate.rundir import write_object


@dataclass(frozen=True, slots=True)
class Asked:
    """The options; `history` is a file or a URL."""

    history: str
    benchmark: str | None
    out: Path | None
    files: tuple[Path, ...]
    export: Path | None
    build: str | None
    png: bool


def run_trend(asked: Asked, console: Console, *, as_json: bool) -> None:
    """Import, export, read, draw and tell, as far as it was asked for."""
    history = History.at(asked.history, Path("artifacts"))
    history.refuse_other_files()
    for file in asked.files:
        _import(history, file, asked.build)
    if asked.export is not None:
        _export(history, asked.export, asked.build)
        return
    name, detect = detector()
    trends = read_trends(history, detect, asked.benchmark)
    page = None if asked.out is None else _drawn(trends, asked, history.shown, name)
    if as_json:
        told = {"history": history.shown, "detector": name, "series": [one.as_json() for one in trends]}
        print(json.dumps(told))  # noqa: T201 -- for scripts, whatever the terminal's width
        return
    _show(trends, console)
    if page is not None:
        console.print(str(page), soft_wrap=True, highlight=False, markup=False)


def _import(history: History, file: Path, build: str | None) -> None:
    found = history.remember(read_entries(file, build, None))
    if found.trouble:
        raise BenchFault(f"{file}: {found.trouble}")


def _export(history: History, file: Path, build: str | None) -> None:
    if build is None:
        raise UsageError("--export: say which build with --build")
    try:
        with open_store(history.url) as store:
            entries = tuple(store.entries(build))
    except sa.exc.SQLAlchemyError as trouble:
        raise BenchFault(f"the history {history.shown} cannot be read: {str(trouble).splitlines()[0]}") from trouble
    if not entries:
        raise UsageError(f"{history.shown}: holds no result of build {build}")
    try:
        write_object(file, as_pytest_benchmark(entries))
    except OSError as trouble:
        raise UsageError(f"--export {file}: {trouble.strerror}") from trouble


def _drawn(trends: Sequence[Trend], asked: Asked, history: str, name: str) -> Path:
    from gate.history.page import write_page  # noqa: PLC0415 -- matplotlib takes a second to load

    try:
        return write_page(trends, asked.out or Path(), history=history, detector=name, png=asked.png)
    except OSError as trouble:
        raise UsageError(f"--out {asked.out}: {trouble.strerror}; give a folder that can be written") from trouble


def _show(trends: Sequence[Trend], console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for one in trends:
        table.add_row(Text(one.series.title), Text(f"{len(one.points)} results"), _change(one))
    console.print(table)


def _change(one: Trend) -> Text:
    if one.trouble:
        return Text(one.trouble, "yellow")
    if not one.changes:
        return Text("steady", "dim")
    last = one.changes[-1]
    earlier = f", {len(one.changes) - 1} earlier" if len(one.changes) > 1 else ""
    words = f"{last.percent:+.1f} % since {one.points[last.index].name}{earlier}"
    return Text(words, "bold red" if last.percent > 0 else "green")
