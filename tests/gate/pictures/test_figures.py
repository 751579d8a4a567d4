import re
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from lxml import etree
from matplotlib.figure import Figure

from gate.pictures.canvas import COLOURS, INK, as_png, as_svg
from gate.pictures.figures import MOST_DOTS, against, cost_by_size, distribution, trend, waterfall
from gate.pictures.records import Growth, Request, Rounds, Shifted, Step

PAPERS = {"white": "#ffffff", "the dark page": "#11151b"}
FIGURES: Mapping[str, Callable[[], Figure]] = {
    "rounds": lambda: distribution([Rounds("cold start", [0.1, 0.11]), Rounds("hot start", [0.02])], "Starts"),
    "against": lambda: against(
        [Shifted("a", "worse", 10, 8, 12, 5), Shifted("b", "inconclusive", None, None, None, 5)], "Against"
    ),
    "trend": lambda: trend([0.1] * 20 + [0.12] * 5, [Step(20, 20.0, "1.7")], "s", "Trend"),
    "waterfall": lambda: waterfall(
        [Request("GET /a", 0, 0.1, "list", 5000), Request("GET /b?x=1&y=<2>", 0.1, 0.2, "row")], "Sync"
    ),
    "sizes": lambda: cost_by_size([Growth("q", [(1000, 10.0), (10000, 100.0)])], "Queries", "steps"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_an_svg_that_takes_the_colour_of_its_page(name: str) -> None:
    drawn = as_svg(FIGURES[name](), name, f'what "{name}" shows')

    root = etree.fromstring(drawn)
    assert root.get("aria-label") == f'what "{name}" shows'
    assert root.get("role") == "img"
    assert "currentColor" in drawn
    assert INK not in drawn
    assert not re.search(r"<script|<style|<image|font-family|http(?!://www\.w3\.org)", drawn)
    texts = [one.get("style") or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts
    assert all("currentColor" in style for style in texts)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_a_png_too(name: str) -> None:
    assert as_png(FIGURES[name]()).startswith(b"\x89PNG")


def test_two_figures_of_one_page_share_no_id() -> None:
    ids = [set(re.findall(r'id="([^"]+)"', as_svg(FIGURES["sizes"](), name, ""))) for name in ("one", "two")]

    assert {one for one in ids[0] & ids[1] if re.match(r"[mp][0-9a-f]{6}", one)} == set()


def test_a_figure_is_the_same_each_time_it_is_drawn() -> None:
    assert as_svg(FIGURES["trend"](), "a", "b") == as_svg(FIGURES["trend"](), "a", "b")


def test_a_long_title_breaks_into_two_lines_and_stays_on_the_sheet() -> None:
    figure = trend([0.1] * 20, [], "s", "a benchmark of a name that goes on and on and on: " + "some condition; " * 20)
    figure.canvas.draw()

    title = figure.axes[0].title.get_window_extent()

    assert title.y1 <= figure.bbox.y1


def test_builds_are_counted_in_whole_numbers_even_where_there_is_one() -> None:
    figure = trend([0.1], [], "s", "One")
    low, high = figure.axes[0].get_xlim()

    assert [tick for tick in figure.axes[0].get_xticks() if low <= tick <= high] == [0]


def test_a_long_history_is_drawn_as_stretches() -> None:
    short, long = (len(as_svg(trend([0.1] * number, [], "s", ""), "a", "")) for number in (MOST_DOTS, 50 * MOST_DOTS))

    assert long < 2 * short


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_stands_out_from_the_paper(colour: str, paper: str) -> None:
    """WCAG 2.2, 1.4.11: three to one for what has to be seen to understand a picture."""
    lights = sorted((luminance(colour), luminance(PAPERS[paper])))

    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 3


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
