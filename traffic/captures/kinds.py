"""What kind of capture a file is: by what it holds, since a name can be wrong."""

from enum import Enum
from pathlib import Path

from faults import UsageError
from traffic.given_file import expect_file

_LOOK = 64  # bytes
_PCAP = {
    bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")
}  # libpcap in both byte orders and precisions, pcapng
_OTHERWISE = "give a .har, .mitm or .pcap(ng) file"
_WRAPPED = {
    b"\x1f\x8b": "gzip: unpack it first",
    b"PK\x03\x04": "a zip file: unpack it first",
    b"\x28\xb5\x2f\xfd": "zstd: unpack it first",
    b"BZh": "bzip2: unpack it first",
    b"\xfd7zXZ": "xz: unpack it first",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}
"""What a capture may have been put into (first bytes), and what to do about it."""


class Kind(Enum):
    """Each with what its files are called."""

    HAR = (".har", ".json")
    MITM = (".mitm", ".flow", ".flows", ".mitmproxy", ".dump")
    PCAP = (".pcap", ".pcapng", ".cap")
    NONE = ()


def kind_of(path: Path) -> Kind:
    """NONE for what is nothing of the kind, the name notwithstanding. Raises UsageError for no file."""
    start = _start_of(path)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:4] in _PCAP:
        return Kind.PCAP
    if text[:1] == b"{":
        return Kind.HAR
    length, colon, _ = start.partition(b":")
    return Kind.MITM if colon and length.isdigit() else _by_name(path, start)


def why_none(path: Path) -> str:
    """What a file is that is no capture, as far as that can be told."""
    start = _start_of(path)
    if not start:
        return "empty"
    wrapped = (words for magic, words in _WRAPPED.items() if start.startswith(magic))
    return next(wrapped, "neither HAR nor mitmproxy's flows nor pcap(ng)")


def misnamed(path: Path, kind: Kind) -> str | None:
    """What is wrong with the name, if it is."""
    if kind is Kind.NONE or path.suffix.lower() in kind.value:
        return None
    return f"{path.name}: byte 0: holds {kind.name}, as which it was judged; its name should end in {kind.value[0]}"


def _by_name(path: Path, start: bytes) -> Kind:
    """A broken file is read as what it claims to be, for the sake of the message."""
    if not start or start.startswith(tuple(_WRAPPED)):
        return Kind.NONE
    return next((kind for kind in Kind if path.suffix.lower() in kind.value), Kind.NONE)


def _start_of(path: Path) -> bytes:
    expect_file(path, _OTHERWISE)
    try:
        with path.open("rb") as file:
            return file.read(_LOOK)
    except OSError as trouble:
        raise UsageError(f"{path}: {trouble.strerror}; {_OTHERWISE}") from None
