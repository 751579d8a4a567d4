"""What kind of capture a file is: by what it holds, since a name can be wrong."""

from enum import Enum
from pathlib import Path

from faults import UsageError

_LOOK = 64  # bytes
_PCAP = {
    bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")
}  # libpcap in both byte orders and precisions, pcapng


class Kind(Enum):
    """Each with what its files are called."""

    HAR = (".har", ".json")
    MITM = (".mitm", ".flow", ".flows", ".mitmproxy", ".dump")
    PCAP = (".pcap", ".pcapng", ".cap")
    NONE = ()


def kind_of(path: Path) -> Kind:
    """NONE for what is nothing of the kind, the name notwithstanding. Raises UsageError for no file."""
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK)
    except OSError as trouble:
        raise UsageError(f"{path}: {trouble.strerror}; give a .har, .mitm or .pcap(ng) file") from None
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:4] in _PCAP:
        return Kind.PCAP
    if text[:1] == b"{":
        return Kind.HAR
    length, colon, _ = start.partition(b":")
    return Kind.MITM if colon and length.isdigit() else _by_name(path, start)


def misnamed(path: Path, kind: Kind) -> str | None:
    """What is wrong with the name, if it is."""
    if kind is Kind.NONE or path.suffix.lower() in kind.value:
        return None
    return f"{path.name}: byte 0: holds {kind.name}, as which it was judged; its name should end in {kind.value[0]}"


def _by_name(path: Path, start: bytes) -> Kind:
    """A broken file is read as what it claims to be, for the sake of the message."""
    if not start:
        return Kind.NONE
    return next((kind for kind in Kind if path.suffix.lower() in kind.value), Kind.NONE)
