"""Apache Otava's change points behind our record: the better detector, where the extra `trend` is installed.

otava/analysis.py, compute_change_points: E-divisive means with a t-test (Fleming et al., Hunter, ICPE 2023).
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from benchmarks.change_points import LEAST_AFTER, LEAST_BEFORE, LEAST_CHANGE, ChangePoint
from faults import SetupError

CHANCE = 1e-4
WINDOW = 50  # builds that are looked at together, Otava's own default


def is_installed() -> bool:
    return find_spec("otava") is not None


def change_points(values: Sequence[float]) -> tuple[ChangePoint, ...]:
    """As ours, and as sure; `noticed` is the newest build. Raises SetupError where Otava is not installed."""
    try:
        analysis = import_module("otava.analysis")  # an extra that is mostly not there
    except ImportError as missing:
        raise SetupError("Apache Otava is not installed; pip install 'pocketgate[trend]'") from missing
    found, _ = analysis.compute_change_points(list(values), WINDOW, CHANCE, LEAST_CHANGE)
    starts = [0, *(one.index for one in found)]
    ends = [*(one.index for one in found[1:]), len(values)]
    return tuple(
        ChangePoint(one.index, len(values) - 1, float(one.stats.forward_change_percent()), float(one.stats.pvalue))
        for one, start, end in zip(found, starts, ends, strict=False)
        if one.index - start >= LEAST_BEFORE and end - one.index >= LEAST_AFTER
    )
