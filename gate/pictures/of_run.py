"""Which figures a run gives: of its rounds, against the base, over size, and over the builds so far."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from faults import BenchFault, UsageError
from gate.history.of_run import history_of
from gate.history.page import figure_of, words_of
from gate.history.trend import detector, read_trends
from gate.outcomes import without_phone
from gate.pictures.figures import against, cost_by_size, distribution, waterfall
from gate.pictures.records import Growth, Request, Rounds, Shifted
from gate.report.wording import case, sentence, titled
from gate.rundir import RunDir

type Row = Mapping[str, Any]
type Named = tuple[str, str, Figure]

SIZED = re.compile(r"\[(?P<rows>[\d,]+) rows-(?P<query>.*)\]")
COUNTS = {"vm_steps": "steps of SQLite's machine", "page_reads": "pages read"}
MOST_TRENDS = 4
FEWEST_RESULTS = 5  # of a trend that is worth a picture


def figures_of_run(rows: Sequence[Row], verdict: Row, run: RunDir) -> Iterator[Named]:
    """Name, words and figure, in the order of reading; `rows` are pytest-benchmark's."""
    yield from _of_base(verdict)
    yield from _of_rounds(rows)
    yield from _of_sync(rows)
    yield from _of_sizes(rows)
    yield from _of_builds(verdict, run)


def _of_rounds(rows: Sequence[Row]) -> Iterator[Named]:
    """A distribution for each benchmark that was timed under several conditions, such as the start modes."""
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        if not SIZED.search(row["name"]):
            kinds.setdefault(row["name"].partition("[")[0], []).append(row)
    for kind, alike in kinds.items():
        groups = [Rounds(case(row["name"]) or sentence(row["name"]), row["stats"]["data"]) for row in alike]
        yield (
            f"rounds-{_slug(kind)}",
            f"{sentence(kind)}: each round of this build",
            distribution(groups, sentence(kind)),
        )


def _of_base(verdict: Row) -> Iterator[Named]:

    rows = [(row, row["against"]) for row in verdict["benchmarks"] if row.get("against")]
    timed = [
        Shifted(
            titled(row["name"]),
            row["verdict"],
            told["shift_percent"],
            told["shift_low"],
            told["shift_high"],
            told["step_percent"] or 0.0,
        )
        for row, told in rows
        if told["shift_percent"] is not None and told["self_check"]
    ]
    if timed:
        yield (
            "against-base",
            "Each benchmark against the base build, with its interval",
            against(timed, "Against the base"),
        )


def _of_sync(rows: Sequence[Row]) -> Iterator[Named]:
    """One waterfall a benchmark that kept the requests of a round (extra_info["waterfall"])."""
    for row in rows:
        requests = [Request(**told) for told in (row.get("extra_info") or {}).get("waterfall") or ()]
        if requests:
            phone = str((row.get("extra_info") or {}).get("phone"))
            title = f"{titled(without_phone(row['name'], phone))}: requests of the last round"
            yield f"waterfall-{_slug(row['name'])}", title, waterfall(requests, title)


def _of_sizes(rows: Sequence[Row]) -> Iterator[Named]:
    """Time and exact counts of each query over ever more rows."""
    sized = [(row, found) for row in rows if (found := SIZED.search(row["name"]))]
    if len({found["rows"] for _, found in sized}) <= 1:
        return
    times = [(found, row["stats"]["median"]) for row, found in sized]
    yield (
        "queries-time",
        "Time of each query by rows in the database",
        cost_by_size(_grown(times), "Queries: time", "s"),
    )
    for key, unit in COUNTS.items():
        counts = [(f, (row.get("extra_info") or {}).get("counts", {}).get(key)) for row, f in sized]
        grown = _grown([(found, count) for found, count in counts if count])
        if grown:
            words = f"{unit[0].upper()}{unit[1:]} of each query by rows in the database"
            yield f"queries-{_slug(key)}", words, cost_by_size(grown, f"Queries: {unit}", unit)


def _grown(costs: Sequence[tuple[re.Match[str], float]]) -> list[Growth]:

    lines: dict[str, list[tuple[int, float]]] = {}
    for found, cost in costs:
        lines.setdefault(found["query"], []).append((int(found["rows"].replace(",", "")), cost))
    return [Growth(query, sorted(points)) for query, points in lines.items()]


def _of_builds(verdict: Row, run: RunDir) -> Iterator[Named]:
    """The trend of what this run measured; a history that could not be read has been reported already."""
    remembered = verdict.get("history")
    if not remembered or remembered["trouble"]:
        return

    try:
        trends = read_trends(history_of(run), detector()[1])
    except (BenchFault, UsageError):
        return
    long = [one for one in trends if len(one.points) >= FEWEST_RESULTS]
    for number, one in enumerate(long[:MOST_TRENDS], 1):
        yield f"trend-{number}", f"{one.series.title}: {words_of(one)}", figure_of(one)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()
