"""The cloud's time, which the lab may move ahead."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Clock:
    """The only place that decides what time it is for tokens, sessions and records; seconds since the epoch."""

    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds

    def reset(self) -> None:
        self.ahead = 0.0


def timestamp(seconds: float) -> str:
    """UTC without a zone, milliseconds: dates of the Web API, which also sort as text."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
