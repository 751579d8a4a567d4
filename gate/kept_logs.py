"""What a run leaves without the secrets in it: logs are rewritten, and then everything is searched once more."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from faults import EvidenceMissing
from gate.rundir import RunDir, read_lines
from traffic.artefacts import RAW, in_writing, leaks_in
from traffic.confidential import confidential_in
from traffic.exchanges import Recording
from traffic.policy import shipped_policy
from traffic.redaction import without_plain
from traffic.secrets import Secrets

_PIECE = 1 << 20  # bytes of a log that are read at once, to the end of the line


def secrets_of_run(run: RunDir) -> Secrets:
    """All that its recordings show and its tenants named, in the forms that programs write down."""
    shown = {one: None for path in sorted(run.traffic.rglob("events.jsonl")) for one in _shown(path)}
    named = {(str(row["kind"]), str(row["value"])): None for row in read_lines(run.named)}
    return in_writing({**named, **shown})


def redact_logs(run: RunDir, secrets: Secrets) -> None:
    """Rewrites logs and texts kept as evidence in which a secret stands; once nobody writes into them any more."""
    if len(secrets):
        for path in sorted((*run.logs.rglob("*.log"), *run.evidence.rglob("*.txt"))):
            _redact(path, secrets)


def leaks_of(run: RunDir, secrets: Secrets, *more: Path) -> tuple[str, ...]:
    """A line for each file outside the raw capture, and of those named besides, in which a secret stands in clear.

    It names the kind and never the value. What cannot be read is a line as well.
    """
    try:
        leaks = leaks_in(run.path, secrets, RAW, more)
    except OSError as trouble:
        return (f"whether a secret stands in {trouble.filename} could not be looked at: {trouble.strerror}",)
    return tuple(
        f"{_named(one.path, run)}: {_article(one.kind)} stands in it in clear; hand this file to nobody, delete it,"
        " and report a fault of pocketgate"
        for one in leaks
    )


def _shown(events: Path) -> Iterator[tuple[str, str]]:
    with suppress(EvidenceMissing):  # what was recorded before the damage still counts, and the verdict tells of it
        for seen in Recording(events).each_exchange():
            yield from ((one.kind, one.value) for one in confidential_in(seen, shipped_policy()))


def _article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind.replace('_', ' ')}"


def _named(path: Path, run: RunDir) -> str:
    return str(path.relative_to(run.path) if path.is_relative_to(run.path) else path)


def _redact(path: Path, secrets: Secrets) -> None:
    with path.open("rb") as log:
        pieces = [b"".join(lines) for lines in iter(lambda: log.readlines(_PIECE), [])]
    clean = [without_plain(piece, secrets) for piece in pieces]
    if clean != pieces:
        path.write_bytes(b"".join(clean))
