"""Builds that took turns, judged by aligned ranks (Hodges and Lehmann, 1962: Rank methods for combination).

Each turn is a row: the candidate's figure first, beside it one or two of the base. What a row shares falls out by
taking its median off. Where the builds are alike, every order within a row is as likely as any other, whatever the
noise, however long its tails, and even if it changes from row to row: so the test is right without assumptions.
Of two columns it is Wilcoxon's signed-rank test.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy import stats

type Turns = NDArray[np.float64]

HALVINGS = 22  # of the range in which a shift lies: down to a millionth


def turns_of(sides: Sequence[Sequence[float]], block: int) -> Turns:
    """Rows of logarithms, a column a side: each turn's median, so that an outlier hurts a turn and not the whole.

    Rounds that fill no turn are left out, unless there is no whole one.
    """
    columns = []
    for side in sides:
        values = np.log(np.asarray(side, dtype=np.float64))
        whole = len(values) // block * block
        columns.append(np.median(values[:whole].reshape(-1, block), axis=1) if whole else values)
    found: Turns = np.column_stack(columns)
    return found


def score(turns: Turns, shift: float = 0.0) -> float:
    """How far the candidate's ranks lie above chance, in standard errors, once it is `shift` faster (a logarithm)."""
    moved = turns - shift * (np.arange(turns.shape[1]) == 0)
    aligned = np.round(moved - np.median(moved, axis=1, keepdims=True), 12)
    ranks = stats.rankdata(aligned).reshape(aligned.shape)
    beyond = ranks - ranks.mean(axis=1, keepdims=True)
    spread = float((beyond**2).mean(axis=1).sum())
    return float(beyond[:, 0].sum()) / spread**0.5 if spread else 0.0


def chances(turns: Turns) -> tuple[float, float]:
    """One-sided p of "not slower" and "not faster"; exact of two columns, by the normal approximation of three."""
    differences = turns[:, 0] - turns[:, -1]
    if turns.shape[1] == 1 + 1 and np.any(differences):
        slower, faster = (stats.wilcoxon(differences, alternative=side).pvalue for side in ("greater", "less"))
        return float(slower), float(faster)
    beyond = score(turns)
    return float(stats.norm.sf(beyond)), float(stats.norm.cdf(beyond))


def shift_at(turns: Turns, wanted: float) -> float:
    """The shift that leaves the candidate so many standard errors above chance; 0 gives the most likely one.

    Infinite where so few turns can never be so far from chance.
    """
    reach = 2 * float(np.abs(turns - turns[:, :1]).max()) + 1.0
    low, high = -reach, reach
    if score(turns, low) < wanted:
        return -inf
    if score(turns, high) > wanted:
        return inf
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = score(turns, middle) - wanted
        low, high = (middle, high) if above > 0 else (low, middle) if above < 0 else (middle, middle)
        if low == high:
            return _centre(turns, middle, wanted)
    return (low + high) / 2


def _centre(turns: Turns, inside: float, wanted: float) -> float:
    """The score is a staircase: the middle of the step that is just as far from chance."""
    ends = []
    for direction in (-1.0, 1.0):
        near, far = 0.0, 2 * float(np.abs(turns - turns[:, :1]).max()) + 2.0
        for _ in range(HALVINGS):
            half = (near + far) / 2
            near, far = (half, far) if score(turns, inside + direction * half) == wanted else (near, half)
        ends.append(inside + direction * near)
    return sum(ends) / 2
