"""The cloud's time, which the lab may move ahead; how far is kept with the state."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from testbed.cloud.store import Store


@dataclass(slots=True)
class Clock:
    """The only place that decides what time it is for tokens, sessions and records; seconds since the epoch."""

    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds

    def resume(self, store: Store) -> None:
        """As far ahead as the state says it was."""
        row = store.one("SELECT ahead FROM clock")
        self.ahead = row["ahead"] if row else 0.0

    def keep(self, store: Store) -> None:
        with store.together():
            store.change("DELETE FROM clock")
            store.change("INSERT INTO clock VALUES (?)", (self.ahead,))

    def reset(self) -> None:
        self.ahead = 0.0


def timestamp(seconds: float) -> str:
    """UTC without a zone, milliseconds: dates of the Web API, which also sort as text."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
