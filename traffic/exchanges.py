"""What the recorder wrote, read back: also while it is still writing, also after it was killed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from faults import EvidenceMissing
from traffic.events import (
    TOLD,
    Event,
    Exchange,
    Handshake,
    Refusal,
    blind_spots_of,
    event_of,
    exchange_of,
    handshake_of,
    refusal_of,
)

__all__ = ["Event", "Exchange", "Handshake", "Recording", "Refusal"]
_LOOK_AGAIN = 0.02  # seconds between two looks at the file
_TORN_FOR_GOOD = 0.5  # seconds an unfinished line may take before it counts as torn


class Recording:
    """Reads events.jsonl by offset and keeps no event, so a long run costs only its line numbers.

    Every method that reads raises EvidenceMissing when the file is missing, damaged or has a gap.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._offsets = [0]

    def position(self) -> int:
        """The number that the next event will have."""
        with self._open() as file:
            file.seek(self._offsets[-1])
            for line in file:
                if line.endswith(b"\n"):
                    self._offsets.append(self._offsets[-1] + len(line))
        return len(self._offsets) - 1

    def since(self, n: int = 0) -> tuple[Event, ...]:
        return tuple(self._events(n))

    def exchanges(self, since: int = 0) -> tuple[Exchange, ...]:
        return tuple(self.each_exchange(since))

    def each_exchange(self, since: int = 0) -> Iterator[Exchange]:
        """One after the other, so that a long recording need not fit into memory."""
        return (exchange_of(event, self.path.parent) for event in self._events(since) if event.kind in TOLD)

    def handshakes(self, since: int = 0) -> tuple[Handshake, ...]:
        return tuple(handshake_of(event) for event in self._events(since) if event.kind == "tls")

    def refusals(self, since: int = 0) -> tuple[Refusal, ...]:
        return tuple(refusal_of(event) for event in self._events(since) if event.kind == "tls_refused")

    def blind_spots(self, since: int = 0) -> tuple[str, ...]:
        """What went by unread; a check that found nothing must then say *blocked* and not *held*."""
        spots = [spot for event in self._events(since) for spot in blind_spots_of(event)]
        if self.is_torn():
            spots.append(f"{self.path.name} ends in the middle of a line: the recorder was killed while writing")
        return tuple(spots)

    def is_torn(self) -> bool:
        """Whether the file ends in an unfinished line which nobody finishes any more."""
        until = time.monotonic() + _TORN_FOR_GOOD
        while self._unfinished():
            if time.monotonic() > until:
                return True
            time.sleep(_LOOK_AGAIN)
        return False

    def wait_for(self, predicate: Callable[[Event], bool], since: int = 0, seconds: float = 10.0) -> Event:
        """The first event from `since` on that fits; EvidenceMissing when none came in time."""
        return self._wait(lambda event: event if predicate(event) else None, since, seconds)

    def wait_for_exchange(
        self, predicate: Callable[[Exchange], bool], since: int = 0, seconds: float = 10.0
    ) -> Exchange:
        def fitting(event: Event) -> Exchange | None:
            exchange = exchange_of(event, self.path.parent) if event.kind in TOLD else None
            return exchange if exchange and predicate(exchange) else None

        return self._wait(fitting, since, seconds)

    def _wait[T](self, pick: Callable[[Event], T | None], since: int, seconds: float) -> T:
        until, seen = time.monotonic() + seconds, since
        while True:
            for event in self._events(seen):
                if (found := pick(event)) is not None:
                    return found
                seen = event.n + 1
            if time.monotonic() > until:
                raise EvidenceMissing(
                    f"{self.path}: nothing awaited came within {seconds:g} s (read events {since} to {seen})"
                )
            time.sleep(_LOOK_AGAIN)

    def _events(self, since: int) -> Iterator[Event]:
        end = self.position()
        if since >= end:
            return
        with self._open() as file:
            file.seek(self._offsets[since])
            for number in range(since, end):
                yield event_of(file.readline(), number, self.path)

    def _unfinished(self) -> bool:
        self.position()
        return self.path.stat().st_size > self._offsets[-1]

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as trouble:
            raise EvidenceMissing(f"the recording cannot be read: {trouble}") from trouble
