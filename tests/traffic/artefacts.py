"""Looks for secrets in everything a run leaves behind, as whoever is handed its folder could."""

import base64
import urllib.parse
from collections.abc import Iterable
from pathlib import Path

RAW = ("*.mitm", "events.jsonl", "*.pcap", "*.pcapng", "bodies/*")
"""The raw capture, which alone may hold secrets."""
_SHORTEST = 6  # characters


def plain_forms(value: str) -> set[bytes]:
    """A value as a text tool would find it: as it is, in JSON, percent-encoded, in base64 and in hex."""
    data = value.encode()
    forms = {data, urllib.parse.quote(value, safe="").encode(), urllib.parse.quote_plus(value).encode()}
    forms |= {value.encode("unicode_escape"), data.hex().encode(), data.hex().upper().encode()}
    return forms | {base64.b64encode(data).rstrip(b"="), base64.urlsafe_b64encode(data).rstrip(b"=")}


def leaks_in(folder: Path, secrets: Iterable[tuple[str, str]], raw: Iterable[str] = RAW) -> list[str]:
    """`kind in file` for each (kind, value) that stands in a file which is no raw capture; never the value."""
    wanted = [(kind, plain_forms(value)) for kind, value in secrets if len(value) >= _SHORTEST]
    return sorted(
        f"{kind} in {path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.is_file() and not any(path.match(pattern) for pattern in raw)
        for data in [path.read_bytes()]
        for kind, forms in wanted
        if any(form in data for form in forms)
    )
