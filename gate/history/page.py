"""The trend as a page that needs nothing else, and its pictures as PNG."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from gate.history.trend import Trend
from gate.pictures.canvas import as_png, as_svg
from gate.pictures.figures import trend as drawn
from gate.pictures.records import Step

TEMPLATES = Path(__file__).parent.parent / "report"
MOST_PICTURES = 6  # those that changed most; --benchmark shows others


def write_page(trends: Sequence[Trend], out: Path, *, history: str, detector: str, png: bool) -> Path:
    """Write trend.html, and trend-1.png and so on where they are asked for."""
    out.mkdir(parents=True, exist_ok=True)
    pictures = []
    for number, one in enumerate(trends[:MOST_PICTURES], 1):
        figure = figure_of(one)
        pictures.append(as_svg(figure, f"trend-{number}", words_of(one)))
        if png:
            (out / f"trend-{number}.png").write_bytes(as_png(figure))
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("trend.html.j2").render(
        trends=trends, pictures=pictures, words=words_of, history=history, detector=detector
    )
    path = out / "trend.html"
    path.write_text(page, encoding="utf-8")
    return path


def figure_of(one: Trend) -> Figure:
    steps = [Step(change.index, change.percent, one.points[change.index].name) for change in one.changes]
    return drawn([point.median for point in one.points], steps, one.series.unit, one.series.title)


def words_of(one: Trend) -> str:
    """What the picture shows, for those who do not see it."""
    if one.trouble:
        return one.trouble
    if not one.changes:
        return f"steady over {len(one.points)} results"
    told = (f"{change.percent:+.1f} % since {one.points[change.index].name}" for change in one.changes)
    return "; ".join(told)
