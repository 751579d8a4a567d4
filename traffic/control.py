"""The recorder's control API from the caller's side."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from faults import EvidenceMissing, UsageError
from traffic.wire_faults import WireFault


@dataclass(frozen=True, slots=True)
class Health:
    """How many events are on disk, faults were served, and requests still wait for their response."""

    events: int
    faults_served: int
    in_flight: int
    faults: Mapping[str, WireFault]


class RecorderControl:
    """Speaks to one recorder; `ready` is the line it printed.

    A recorder that does not answer raises EvidenceMissing: what the app sends from now on may go unseen.
    """

    def __init__(self, ready: Mapping[str, object], *, seconds: float = 10.0) -> None:
        self._url = str(ready["control"])
        self._client = httpx.Client(
            base_url=self._url,
            headers={"authorization": f"Bearer {ready['control_token']}"},
            timeout=seconds,
            trust_env=False,
        )

    def serve_fault(self, host: str, fault: WireFault | str | None) -> int:
        """From the next handshake on; ends matching connections and returns how many. None ends it.

        `host` may hold wildcards. Of several patterns that match, the one set last counts.
        """
        name = None if fault is None else str(fault)
        return _number(self._call("PUT", "/fault", {"host": host, "fault": name}), "connections_closed")

    def mark(self, label: str) -> int:
        """Puts a mark into the events and returns its number: `Recording.since` starts there."""
        return _number(self._call("POST", "/mark", {"label": label}), "n")

    def begin_test(self, name: str | None) -> int:
        """From now on what begins belongs to this test; returns the event's number."""
        return _number(self._call("PUT", "/span", {"test": name}), "n")

    def set_clock(self, ahead: float) -> int:
        """From now on the phone's clock is so many seconds ahead of the recorder's; returns the event's number."""
        return _number(self._call("PUT", "/span", {"ahead": ahead}), "n")

    def health(self) -> Health:
        answer = self._call("GET", "/health", None)
        faults = answer["faults"]
        if not isinstance(faults, dict):
            raise EvidenceMissing(f"recorder {self._url}: /health says faults={faults!r}")
        return Health(
            _number(answer, "events"),
            _number(answer, "faults_served"),
            _number(answer, "in_flight"),
            {pattern: WireFault(name) for pattern, name in faults.items()},
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> dict[str, object]:
        try:
            response = self._client.request(method, path, json=body)
            answer = response.json()
        except (httpx.TransportError, ValueError) as trouble:
            raise EvidenceMissing(f"recorder {self._url}: {method} {path} was not answered ({trouble!r})") from trouble
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise UsageError(f"recorder: {answer['error']}")
        if response.is_error or not isinstance(answer, dict):
            raise EvidenceMissing(f"recorder {self._url}: {method} {path} answered {response.status_code} {answer}")
        return answer


def _number(answer: Mapping[str, object], name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int):
        raise EvidenceMissing(f"recorder: expected the number {name} in {answer}")
    return value
