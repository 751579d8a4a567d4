"""What the figures are drawn from: small records, so that whoever measures needs to know nothing of drawing."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rounds:
    """One group of durations in seconds, such as all cold starts."""

    label: str
    seconds: Sequence[float]


@dataclass(frozen=True, slots=True)
class Shifted:
    """One benchmark against its base, in percent; more is slower. None: not known."""

    label: str
    verdict: str
    percent: float | None
    low: float | None
    high: float | None
    step_percent: float


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a synchronisation: begun so many seconds after the first one; `kind` gives the colour."""

    label: str
    begun: float
    seconds: float
    kind: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """What one query costs over ever more rows: (rows, cost) pairs, cost in seconds or as a count."""

    label: str
    costs: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Step:
    """A change in a trend: the position of its first build, and by how much."""

    index: int
    percent: float
    build: str
