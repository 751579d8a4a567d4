"""The logs of a run without the secrets in them: a driver writes down what it is told to type."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

from faults import EvidenceMissing
from gate.rundir import RunDir
from traffic.exchanges import Recording
from traffic.learning import Learnt, learnt_from
from traffic.policy import shipped_policy
from traffic.redaction import without_plain
from traffic.secrets import Secret, Secrets

_PIECE = 1 << 20  # bytes of a log that are read at once, to the end of the line


def redact_logs(run: RunDir) -> None:
    """Rewrites each log in which a secret of the recorded sign-ins stands; once nobody writes into them any more.

    Also in the forms that programs log: in JSON, percent-encoded, in base64 and in hex.
    """
    shown = {(one.kind, one.value): None for path in run.traffic.rglob("events.jsonl") for one in _learnt(path)}
    secrets = Secrets.searchable(Secret(kind, form) for kind, value in shown for form in _forms(value))
    if len(secrets):
        for path in sorted(run.logs.rglob("*.log")):
            _redact(path, secrets)


def _learnt(events: Path) -> Iterator[Learnt]:
    with suppress(EvidenceMissing):  # what was recorded before the damage still counts, and the verdict tells of it
        for seen in Recording(events).each_exchange():
            yield from learnt_from(seen, shipped_policy())


def _forms(value: str) -> Iterator[str]:
    data = value.encode()
    plain = (base64.b64encode(data), base64.urlsafe_b64encode(data))
    yield from dict.fromkeys(
        (
            value,
            json.dumps(value)[1:-1],
            quote(value, safe=""),
            quote_plus(value),
            data.hex(),
            data.hex().upper(),
            *(one.decode().rstrip("=") for one in plain),
        )
    )


def _redact(path: Path, secrets: Secrets) -> None:
    with path.open("rb") as log:
        pieces = [b"".join(lines) for lines in iter(lambda: log.readlines(_PIECE), [])]
    clean = [without_plain(piece, secrets) for piece in pieces]
    if clean != pieces:
        path.write_bytes(b"".join(clean))
