"""Paper and ink: figures whose text and axes take the colour of the page around them, on paper too."""

import re
from html import escape
from io import BytesIO, StringIO
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK: Final = "#010203"  # stands for currentColor, which matplotlib does not know; no figure has this colour of its own
BLUE, ORANGE, GREEN, PURPLE = "#3a80c3", "#c4701c", "#1d936f", "#a062b4"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE)  # told apart by the colour-blind; 3:1 or more on white and on the dark page
MARKERS = ("o", "s", "^", "D")
FAINT = 0.25  # opacity of grids and bands
WIDTH = 7.2  # inches
DOTS = 160  # a PNG's, per inch
OWN_STYLE = re.compile(
    r"<metadata>.*?</metadata>|<style.*?</style>|font-family: [^;]*; ?", re.DOTALL
)  # the page's rules
SIZE = re.compile(r' (?:width|height)="[\d.]+pt"')  # of the whole; the page says how wide, the view box how high
LINES = "stroke-linejoin: round; stroke-linecap: butt"  # as matplotlib's own style sheet, which would be the page's too
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}


def sheet(height: float, title: str, *, is_plain: bool = False) -> tuple[Figure, Axes]:
    """One figure with one pair of axes; `height` in inches. `is_plain`: short labels only, so it is drawn faster."""
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout=None if is_plain else "constrained", facecolor="none")
        if is_plain:
            figure.subplots_adjust(left=0.13, right=0.985, top=0.84, bottom=0.16)
        axes = figure.add_subplot(facecolor="none")
        axes.set_title(title, wrap=True)
    return figure, axes


def legend(axes: Axes, columns: int = 4) -> None:
    """Below the plot, where it hides nothing."""
    axes.figure.legend(loc="outside lower left", ncols=columns, frameon=False, labelcolor=INK)


def as_svg(figure: Figure, name: str, words: str) -> str:
    """An svg element to be put into a page; `name` keeps its ids apart from others', `words` say what it shows."""
    told = StringIO()
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(told, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    figure.set_layout_engine("none")  # what is laid out stays so: a PNG of it is drawn in half the time
    drawn = told.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(INK, "currentColor")
    drawn = OWN_STYLE.sub("", drawn)
    drawn = SIZE.sub("", drawn, count=2)
    head = f'<svg class="figure" role="img" aria-label="{escape(words)}" style="{LINES}" '
    return drawn.replace("<svg ", head, 1)


def as_png(figure: Figure) -> bytes:
    """Dark ink on white, for a chat or a slide."""
    told = BytesIO()
    with rc_context(STYLE):
        figure.savefig(told, format="png", dpi=DOTS, facecolor="white")
    return told.getvalue()
