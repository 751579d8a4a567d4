"""Whether a folder that is handed on holds a secret in clear, in the raw capture or anywhere else."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from urllib.parse import quote, quote_plus

from traffic.secrets import Secret, Secrets

NAMED = "named-secrets.jsonl"
RAW = ("*.mitm", "events.jsonl", "*.pcap", "*.pcapng", "bodies/*", NAMED)
"""The raw capture, which alone may hold secrets, and what a run that was killed leaves beside it."""
_PIECE = 1 << 20  # bytes of a file that are searched at once
_SHORTEST_CORE = 10  # characters of base64 that no neighbour changes: fewer may come by chance
_SIXTH = 6  # bits of a character of base64


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A secret of that kind stands in that file; its value is nowhere told."""

    path: Path
    kind: str


def in_writing(secrets: Iterable[tuple[str, str]]) -> Secrets:
    """Each (kind, value) in all the forms in which programs write it down; what is found by chance is left out."""
    return Secrets.searchable(
        Secret(kind, form)
        for kind, value in dict.fromkeys(secrets)
        if Secret(kind, value).why_unsearchable is None
        for form in forms_of(value)
    )


def forms_of(value: str) -> tuple[str, ...]:
    """As it is, in JSON, in HTML, percent-encoded, in base64 beside whatever, in base32, in hex, and in UTF-16."""
    data = value.encode()
    percent = quote(value, safe=""), quote_plus(value)
    every = (
        *(value, json.dumps(value)[1:-1], value.encode("unicode_escape").decode("ascii")),
        *(html.escape(value), html.escape(value, quote=False), _as_jinja_escapes(value)),
        *(*percent, *(_lower_escapes(one) for one in percent)),
        *_base64(data),
        base64.b32encode(data).decode().rstrip("="),
        *(data.hex(), data.hex().upper()),
        *((value.encode("utf-16-le").decode("ascii"),) if value.isascii() else ()),
    )
    return tuple(dict.fromkeys(every))


def leaks_in(folder: Path, secrets: Secrets, raw: Iterable[str] = RAW, more: Iterable[Path] = ()) -> tuple[Leak, ...]:
    """Every file below the folder that is no raw capture, and the files of `more`; each kind once a file.

    Raises OSError for a file that cannot be read: what was not looked at is not clean.
    """
    if not len(secrets):
        return ()
    files = [path for path in sorted(folder.rglob("*")) if not any(path.match(pattern) for pattern in raw)]
    wanted = [path for path in (*files, *more) if path.is_file() and not path.is_symlink()]
    return tuple(sorted({Leak(path, kind) for path in wanted for kind in _kinds_in(path, secrets)}))


def _kinds_in(path: Path, secrets: Secrets) -> Iterator[str]:
    """Piece by piece, each with the end of the one before, so that nothing hides on a border."""
    overlap = max(len(one.value.encode()) for one in secrets)
    before = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            data = before + piece
            yield from (secrets[span.index].kind for span in secrets.spans_in(data))
            before = data[-overlap:]


def _base64(data: bytes) -> Iterator[str]:
    """What is the same whatever stands before and after, at each place in a group (RFC 4648 section 4)."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        first, last = ceil(8 * before / _SIXTH), 8 * (before + len(data)) // _SIXTH
        core = text[first:last]
        if len(core) >= _SHORTEST_CORE:
            yield core
            yield core.translate({ord("+"): "-", ord("/"): "_"})


def _as_jinja_escapes(value: str) -> str:
    """With numbers for both quotation marks (markupsafe's `escape`)."""
    return html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def _lower_escapes(text: str) -> str:
    """Percent-encoding with small letters (RFC 3986 section 2.1 takes both)."""
    head, *rest = text.split("%")
    return head + "".join(f"%{one[:2].lower()}{one[2:]}" for one in rest)
