"""The figures themselves; each takes records and gives a matplotlib figure."""

from collections.abc import Sequence
from itertools import cycle, pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from gate.pictures.canvas import BLUE, COLOURS, FAINT, GREEN, INK, MARKERS, ORANGE, legend, sheet
from gate.pictures.records import Growth, Request, Rounds, Shifted, Step

ROW = 0.34  # inches that a row of labels needs
MOST_DOTS = 2000  # of a trend; more are drawn as the range and the median of stretches
LINE, SHARE = 12, 0.08  # of the names of changes: points from one to the next, and as a share of the height
MOST_NAMED = 3  # changes of a trend that are named in it, the last ones
VERDICTS = {"worse": (ORANGE, "s"), "better": (GREEN, "D"), "same": (BLUE, "o")}
SCALES = ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "µs"))  # from so many seconds on: factor, unit
HATCHES = ("", "///", "...", "xxx")  # kinds are told apart in print as well
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))  # one more than colours, so that no two queries look alike
THIN: dict[str, Any] = {"color": INK, "linewidth": 1}
FAR_APART = 4.0  # medians
LONGEST_TITLE = 112  # of a plain sheet, which has room for two lines however they break
LONGEST = 46  # characters of a label


def distribution(groups: Sequence[Rounds], title: str) -> Figure:
    """Each round a dot, and the box with its median over them; one row a group.

    Groups far apart, such as cold and hot starts, share an axis in tens: there a spread in percent is as wide anywhere.
    """
    factor, unit = _scale([seconds for group in groups for seconds in group.seconds])
    figure, axes = sheet(1.1 + 2 * ROW * len(groups), title)
    for row, (group, colour, marker) in enumerate(zip(groups, cycle(COLOURS), cycle(MARKERS), strict=False)):
        values = factor * np.asarray(group.seconds, dtype=float)
        spread = np.linspace(-0.16, 0.16, len(values)) if len(values) > 1 else np.zeros(1)
        axes.scatter(values, row + 0.2 + spread, s=14, marker=marker, color=colour, alpha=0.75, linewidths=0)
        axes.boxplot(
            [values],
            positions=[row - 0.22],
            orientation="horizontal",
            widths=0.22,
            showfliers=False,
            manage_ticks=False,
            boxprops=THIN,
            whiskerprops=THIN,
            capprops=THIN,
            medianprops={"color": colour, "linewidth": 3},
        )
    _named_rows(axes, [f"{_cut(group.label)}\n{len(group.seconds)} rounds" for group in groups])
    middles = [float(np.median(group.seconds)) for group in groups]
    if max(middles) > FAR_APART * min(middles):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        unit = f"{unit}, in tens"
    axes.set_xlabel(unit)
    return figure


def against(rows: Sequence[Shifted], title: str) -> Figure:
    """Each benchmark's shift with its interval, over the band of changes that are smaller than the promised step."""
    figure, axes = sheet(1.5 + ROW * len(rows), title)
    axes.axvline(0, color=INK, linewidth=1)
    ends = (end for one in rows for end in (one.percent, one.low, one.high) if end is not None)
    reach = 1.15 * max(*map(abs, ends), *(one.step_percent for one in rows), 1.0, 1.0)
    for place, one in enumerate(rows):
        axes.fill_betweenx([place - 0.4, place + 0.4], -one.step_percent, one.step_percent, color=INK, alpha=0.08, lw=0)
        colour, marker = VERDICTS.get(one.verdict, (INK, "x"))
        if one.percent is not None:
            axes.plot([one.percent], [place], marker=marker, color=colour, markersize=7, linestyle="none")
            low, high = (-reach if one.low is None else one.low, reach if one.high is None else one.high)
            axes.plot([low, high], [place, place], color=colour, linewidth=2)
        else:
            axes.annotate("not known", (-0.95 * reach, place), va="center", color=INK, fontsize=9)
    _named_rows(axes, [f"{_cut(one.label)}: {one.verdict}" for one in rows])
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.0f} %" if value else "0"))
    axes.set_xlabel("against the base, more is slower; grey: within the step")
    return figure


def trend(medians: Sequence[float], steps: Sequence[Step], unit: str, title: str) -> Figure:
    """A dot a build, the median of each stretch between two changes, each change, and the last of them by name."""
    factor, shown = _scale(medians) if unit == "s" else (1.0, unit)
    values = factor * np.asarray(medians, dtype=float)
    figure, axes = sheet(3.0, _cut(title, LONGEST_TITLE), is_plain=True)
    _dots(axes, values)
    ends = [0, *(step.index for step in steps), len(values)]
    for begin, end in pairwise(ends):
        axes.plot([begin, end - 1], [np.median(values[begin:end])] * 2, color=INK, linewidth=1.5)
    named = steps[-MOST_NAMED:]
    for step in steps:  # up to where their names begin
        colour = ORANGE if step.percent > 0 else GREEN
        axes.axvline(step.index - 0.5, ymax=1 - SHARE * len(named), color=colour, linestyle="--", linewidth=1.5)
    for line, step in enumerate(named):
        late = step.index > len(values) / 2
        axes.annotate(
            f"{step.percent:+.0f} % {_cut(step.build, 28)}",
            (step.index - 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if late else 4, -2 - LINE * line),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            color=INK,
            fontsize=9,
        )
    low, high = float(values.min()), float(values.max())
    span, names = (high - low) or abs(high) or 1.0, SHARE * len(named)
    axes.set_ylim(low - 0.08 * span, high + span * (0.08 + 1.3 * names / (1 - names)))
    axes.set_xlim(-0.5 - 0.03 * len(values), len(values) - 0.5 + 0.03 * len(values))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel("builds, oldest first")
    axes.set_ylabel(shown or "count")
    return figure


def waterfall(requests: Sequence[Request], title: str) -> Figure:
    """A bar a request from its start to its end, the first at the top."""
    end = max((one.begun + one.seconds for one in requests), default=0.0)
    factor, unit = _scale([end])
    figure, axes = sheet(1.6 + 0.24 * len(requests), title)
    kinds = list(dict.fromkeys(one.kind for one in requests))
    for place, one in enumerate(requests):
        number = kinds.index(one.kind)
        axes.barh(
            place,
            max(one.seconds, end / 400) * factor,
            left=one.begun * factor,
            height=0.7,
            color=COLOURS[number % len(COLOURS)],
            hatch=HATCHES[(number + number // len(COLOURS)) % len(HATCHES)],
            edgecolor=INK,
            linewidth=0,
            label=None if one.kind in _labels(axes) else one.kind,
        )
        if one.size is not None:
            axes.annotate(
                EngFormatter(unit="B", sep=" ", places=0)(one.size),
                ((one.begun + one.seconds) * factor, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=INK,
            )
    _named_rows(axes, [_cut(one.label) for one in requests], size=8)
    axes.set_xlim(0, 1.12 * end * factor or 1)
    axes.set_xlabel(f"{unit} since the first request")
    if len(kinds) > 1:
        legend(axes)
    return figure


def cost_by_size(queries: Sequence[Growth], title: str, unit: str) -> Figure:
    """Both axes in tens: a query that reads everything rises with the rows, one that uses an index stays flat."""
    figure, axes = sheet(3.2 + 0.22 * ((len(queries) + 1) // 2), title)
    styles = zip(cycle(COLOURS), cycle((*MARKERS, "v")), cycle(LINES), strict=False)
    for query, (colour, marker, line) in zip(queries, styles, strict=False):
        sizes, costs = zip(*query.costs, strict=True)
        axes.plot(sizes, costs, color=colour, marker=marker, linestyle=line, linewidth=1.6, label=_cut(query.label, 40))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(visible=True, color=INK, alpha=FAINT, linewidth=0.5)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    if unit == "s":
        axes.yaxis.set_major_formatter(EngFormatter(unit="s", sep=" "))
    else:
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set_xlabel("rows in the database")
    axes.set_ylabel("time" if unit == "s" else unit)
    legend(axes, columns=2)
    return figure


def _dots(axes: Axes, values: NDArray[np.float64]) -> None:
    if len(values) <= MOST_DOTS:
        axes.plot(values, marker="o", markersize=3, linestyle="none", color=BLUE)
        return
    size = -(-len(values) // (MOST_DOTS // 2))
    whole = values[: len(values) // size * size].reshape(-1, size)
    rest = values[whole.size :]
    low, middle, high = (
        np.append(edge(whole, axis=1), edge(rest) if len(rest) else []) for edge in (np.min, np.median, np.max)
    )
    places = size * np.arange(len(low)) + size / 2
    axes.fill_between(places, low, high, color=BLUE, alpha=0.35, linewidth=0)
    axes.plot(places, middle, color=BLUE, linewidth=0.8)


def _named_rows(axes: Axes, names: Sequence[str], size: int = 10) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=size)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _labels(axes: Axes) -> Sequence[str]:
    return axes.get_legend_handles_labels()[1]


def _scale(seconds: Sequence[float]) -> tuple[float, str]:
    middle = float(np.median(np.asarray(seconds, dtype=float))) if len(seconds) else 0.0
    return next((factor, unit) for least, factor, unit in SCALES if middle >= least)


def _cut(label: str, longest: int = LONGEST) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"
