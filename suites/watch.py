"""The wire since a moment of the test. Silence is said only of a stated span, and only while the recorder lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from faults import EvidenceMissing
from traffic.control import RecorderControl
from traffic.exchanges import Exchange, Recording

EVERY_HOST = "*"


@dataclass(frozen=True, slots=True)
class Watch:
    """`began` is the number of the first event that counts."""

    recording: Recording
    recorder: RecorderControl
    began: int

    def from_now(self) -> "Watch":
        """The same wire, from this moment on."""
        return Watch(self.recording, self.recorder, self.recorder.mark("from now"))

    def first(self, part: str, seconds: float, method: str | None = None) -> Exchange:
        """The first request to …part, of that method if one is named; raises EvidenceMissing after the limit."""
        return self.recording.wait_for_exchange(
            lambda seen: part in seen.path and method in {None, seen.method}, self.began, seconds
        )

    def calls(self, part: str, within: float) -> list[str]:
        """The requests to …part, waiting so many seconds for the first."""
        return self._urls(within, lambda seen: part in seen.path)

    def calls_to(self, domain: str, within: float) -> list[str]:
        """The requests to a host of the domain, waiting so many seconds for the first."""
        return self._urls(within, lambda seen: seen.host == domain or seen.host.endswith(f".{domain}"))

    def _urls(self, within: float, wanted: Callable[[Exchange], bool]) -> list[str]:
        with suppress(EvidenceMissing):  # nothing came in time; whether that may be believed is asked next
            self.recording.wait_for_exchange(wanted, self.began, within)
        self.recorder.mark("silence ends")
        if spots := self.recording.blind_spots(self.began):
            msg = f"part of the traffic went by unread: {'; '.join(spots)}"
            raise EvidenceMissing(msg)
        return [seen.url for seen in self.recording.exchanges(self.began) if wanted(seen)]

    @contextmanager
    def certificate_fault(self, certificate: str) -> Iterator[None]:
        """While it lasts, every server shows this bad certificate."""
        self.recorder.serve_certificate(EVERY_HOST, certificate)
        try:
            yield
        finally:
            self.recorder.serve_certificate(EVERY_HOST, None)

    def expect_served(self, certificate: str, within: float) -> None:
        """Raises EvidenceMissing unless the bad certificate was really shown to somebody in time."""
        self.recording.wait_for(
            lambda event: event.kind == "fault_served" and event.fields.get("fault") == certificate, self.began, within
        )
