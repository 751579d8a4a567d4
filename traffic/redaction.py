"""Text and bytes without the secrets in them."""

import re
from collections.abc import Iterator

from traffic.compression import Effort
from traffic.secrets import Secret, Secrets

_TELLING = 20  # characters: of a shorter secret the last four would tell too much
_WORDS = re.compile(rb"([\s\"'&?=;,<>(){}\[\]]+)")


def name_of(secret: Secret, index: int) -> str:
    """In single angle quotes `access token #2 …last`: enough to tell two of a kind apart, and nothing to use."""
    tail = f" …{secret.value[-4:]}" if len(secret.value) >= _TELLING else ""
    return f"\u2039{secret.kind.replace('_', ' ')} #{index}{tail}\u203a"


def redacted(text: str, secrets: Secrets) -> str:
    """Secrets become their names; of what shows one only through a wrapping, the whole word or the whole text goes."""
    return redacted_bytes(text.encode("utf-8", "surrogateescape"), secrets).decode("utf-8", "replace")


def redacted_bytes(data: bytes, secrets: Secrets) -> bytes:
    clean = without_plain(data, secrets)
    if _shows_none(clean, secrets):
        return clean
    unwrapped = b"".join(_without_wrapped(clean, secrets))
    return unwrapped if _shows_none(unwrapped, secrets) else _withheld(unwrapped, secrets)


def _shows_none(data: bytes, secrets: Secrets) -> bool:
    """What could not be opened to its end may show one."""
    effort = Effort()
    return not secrets.found_in(data, effort) and not effort.unopened


def without_plain(data: bytes, secrets: Secrets) -> bytes:
    """One pass, however much it is: secrets as they are become their names, and no layer is taken off."""
    clean = bytearray()
    at = 0
    for start, end, names in _merged(data, secrets):
        clean += data[at:start] + names.encode()
        at = end
    return bytes(clean + data[at:])


def _without_wrapped(data: bytes, secrets: Secrets) -> Iterator[bytes]:
    for word in _WORDS.split(data):
        yield word if _shows_none(word, secrets) else _withheld(word, secrets)


def _withheld(data: bytes, secrets: Secrets) -> bytes:
    rest = {sighting.index: sighting for sighting in secrets.found_in(data)}
    names = "".join(name_of(rest[index].secret, index) for index in sorted(rest))
    return (names or "\u2039not shown: what is in it could not be opened\u203a").encode()


def _merged(data: bytes, secrets: Secrets) -> list[tuple[int, int, str]]:
    """Overlapping spans as one, named after the secret that starts first and reaches furthest."""
    merged: list[tuple[int, int, str]] = []
    for span in sorted(secrets.spans_in(data), key=lambda s: (s.start, -s.end)):
        label = name_of(secrets[span.index], span.index)
        if merged and span.start < merged[-1][1]:
            start, end, first = merged[-1]
            merged[-1] = (start, max(end, span.end), first)
        else:
            merged.append((span.start, span.end, label))
    return merged
