"""All promises over a piece of a recording."""

from collections.abc import Iterable
from dataclasses import dataclass

from traffic.exchanges import Exchange, Recording
from traffic.findings import Finding
from traffic.promises import PROMISES, Promise
from traffic.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Audit:
    """`blocked` says what could not be looked at: without findings the promises are then neither held nor broken."""

    exchanges: int
    findings: tuple[Finding, ...]
    blocked: tuple[str, ...]


def audit(recording: Recording, secrets: Secrets, since: int = 0, promises: Iterable[Promise] = PROMISES) -> Audit:
    """Reads the recording from event `since` on; no traffic at all is no evidence."""
    exchanges = recording.exchanges(since)
    blocked = recording.blind_spots(since)
    if not exchanges:
        blocked = (*blocked, f"no exchange was recorded from event {since} on")
    return Audit(len(exchanges), findings_in(exchanges, secrets, promises), blocked)


def findings_in(
    exchanges: Iterable[Exchange], secrets: Secrets, promises: Iterable[Promise] = PROMISES
) -> tuple[Finding, ...]:
    kept = tuple(promises)
    return tuple(finding for seen in exchanges for promise in kept for finding in promise(seen, secrets))
