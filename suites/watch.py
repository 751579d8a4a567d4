"""The wire since a moment of the test. Silence is said only of a stated span, and only while the recorder lives."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from faults import EvidenceMissing
from traffic.control import RecorderControl
from traffic.exchanges import Exchange, Recording

EVERY_HOST = "*"
SETTLED = 10.0  # seconds that requests on their way may take to be answered
PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Watch:
    """What began after the mark with the number `began`; a request that was on its way before does not count."""

    recording: Recording
    recorder: RecorderControl
    began: int

    def from_now(self) -> "Watch":
        """The same wire, from this moment on."""
        return Watch(self.recording, self.recorder, self.recorder.mark("from now"))

    def first(self, part: str, seconds: float, method: str | None = None) -> Exchange:
        """The first request to …part, of that method if one is named; raises EvidenceMissing after the limit."""
        return self.recording.wait_for_exchange(
            self._later(lambda seen: part in seen.path and method in {None, seen.method}), self.began, seconds
        )

    def calls(self, part: str, within: float) -> list[str]:
        """The requests to …part, waiting so many seconds for the first."""
        return self._urls(within, lambda seen: part in seen.path)

    def calls_to(self, domain: str, within: float) -> list[str]:
        """The requests to a host of the domain, waiting so many seconds for the first."""
        return self._urls(within, lambda seen: seen.host == domain or seen.host.endswith(f".{domain}"))

    @contextmanager
    def fault(self, name: str, host: str = EVERY_HOST) -> Iterator[None]:
        """While it lasts, every server (or those of the pattern) does this one thing wrong."""
        self.recorder.serve_fault(host, name)
        try:
            yield
        finally:
            self.recorder.serve_fault(host, None)

    def expect_served(self, fault: str, within: float) -> None:
        """Raises EvidenceMissing unless the fault was really shown to somebody in time."""
        self.recording.wait_for(
            lambda event: event.kind == "fault_served" and event.fields.get("fault") == fault, self.began, within
        )

    def fooled(self) -> list[str]:
        """The hosts to which a request was sent in spite of a fault."""
        return [str(event.fields.get("sni")) for event in self.recording.since(self.began) if _is_accepted(event.kind)]

    def _urls(self, within: float, wanted: Callable[[Exchange], bool]) -> list[str]:
        later = self._later(wanted)
        with suppress(EvidenceMissing):  # nothing came in time; whether that may be believed is asked next
            self.recording.wait_for_exchange(later, self.began, within)
        self.settle()
        expect_no_blind_spots(self.recording, self.began)
        return [seen.url for seen in self.recording.exchanges(self.began) if later(seen)]

    def _later(self, wanted: Callable[[Exchange], bool]) -> Callable[[Exchange], bool]:
        at = self.recording.since(self.began)[0].at
        return lambda seen: seen.started >= at and wanted(seen)

    def settle(self) -> None:
        """An exchange is written when its response has come: wait for those on their way."""
        until = time.monotonic() + SETTLED
        while self.recorder.health().in_flight:
            if time.monotonic() > until:
                msg = f"requests were still unanswered after {SETTLED:g} s, so nobody can say what was sent"
                raise EvidenceMissing(msg)
            time.sleep(PAUSE)


def expect_no_blind_spots(recording: Recording, since: int) -> None:
    """Raises EvidenceMissing when part of the traffic went by unread."""
    if spots := recording.blind_spots(since):
        msg = f"part of the traffic went by unread: {'; '.join(spots[:3])}"
        raise EvidenceMissing(msg)


def _is_accepted(kind: str) -> bool:
    return kind == "fault_accepted"
