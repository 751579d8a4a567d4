"""The pictures of a run's report, each as SVG in the page and as PNG beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.rundir import RunDir, read_object


@dataclass(frozen=True, slots=True)
class Drawing:
    """`svg` for the page, `file` the PNG beside it; `words` say what it shows."""

    name: str
    words: str
    svg: str

    @property
    def file(self) -> str:
        return f"{self.name}.png"


def drawings(verdict: Mapping[str, Any], run: RunDir) -> list[Drawing]:
    """All that can be drawn of a run, with the PNGs written; nothing where nothing was timed."""
    rows = _rows(run, verdict)
    if not rows:
        return []
    from gate.pictures.canvas import as_png, as_svg  # noqa: PLC0415 -- matplotlib takes a second to load
    from gate.pictures.of_run import figures_of_run  # noqa: PLC0415 -- see above

    found = []
    for name, words, figure in figures_of_run(rows, verdict, run):
        drawing = Drawing(name, words, as_svg(figure, name, words))
        (run.report.parent / drawing.file).write_bytes(as_png(figure))
        found.append(drawing)
    return found


def _rows(run: RunDir, verdict: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures that the verdict knows; a file that was cut off holds none."""
    if all(row["median"] is None for row in verdict["benchmarks"]):
        return []
    try:
        told: list[dict[str, Any]] = read_object(run.benchmarks).get("benchmarks", [])
    except json.JSONDecodeError:
        return []
    return [row for row in told if row["stats"].get("data")]
