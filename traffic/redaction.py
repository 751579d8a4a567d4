"""Text and bytes without the secrets in them."""

from traffic.secrets import Secrets


def redacted(text: str, secrets: Secrets) -> str:
    """Secrets become `<access_token #1>`; where one shows only through a wrapping, the whole text goes."""
    return redacted_bytes(text.encode("utf-8", "surrogateescape"), secrets).decode("utf-8", "replace")


def redacted_bytes(data: bytes, secrets: Secrets) -> bytes:
    clean = bytearray()
    at = 0
    for start, end, names in _merged(data, secrets):
        clean += data[at:start] + names.encode()
        at = end
    clean += data[at:]
    rest = {sighting.label for sighting in secrets.found_in(bytes(clean))}
    return bytes(clean) if not rest else f"<withheld: {', '.join(sorted(rest))}>".encode()


def _merged(data: bytes, secrets: Secrets) -> list[tuple[int, int, str]]:
    """Overlapping spans as one, named after the secret that starts first and reaches furthest."""
    merged: list[tuple[int, int, str]] = []
    for span in sorted(secrets.spans_in(data), key=lambda s: (s.start, -s.end)):
        label = f"<{secrets[span.index].kind} #{span.index}>"
        if merged and span.start < merged[-1][1]:
            start, end, first = merged[-1]
            merged[-1] = (start, max(end, span.end), first)
        else:
            merged.append((span.start, span.end, label))
    return merged
