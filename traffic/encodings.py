"""The guises under which a known secret can travel.

Two ways that add up. A *form* is the secret written differently and still recognisable inside anything (base64 at
each of its three alignments, hex, UTF-16). A *view* is the data with an outer layer off (percent, JSON, HTML, gzip,
runs of base64 or hex), looked through up to three layers deep. Both compare with known values: nothing is guessed.
"""

import base64
import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

_DEEPEST = 3  # layers
_LARGEST = 8 * 1024 * 1024  # bytes that one compressed part may grow to
_MOST_PARTS = 32  # compressed parts looked for in one piece of data
_GZIP = b"\x1f\x8b\x08"  # RFC 1952 section 2.3.1
_JSON = re.compile(
    rb'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|["\\/bfnrt])'
)
_CONTROLS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX_RUN = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")
type Form = tuple[str, bytes]
type View = tuple[tuple[str, ...], bytes]


def forms_of(secret: bytes) -> Iterator[Form]:
    """Each form with its name; a form's ends that depend on neighbouring bytes are cut off."""
    text = secret.decode("utf-8")
    yield "raw", secret
    if " " in text:
        yield "form", text.replace(" ", "+").encode()  # application/x-www-form-urlencoded
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    yield "hex", secret.hex().encode()
    yield "hex", secret.hex().upper().encode()
    for shift in range(3):
        yield "base64", _aligned(base64.b64encode, secret, shift, bits=6)
        yield "base64url", _aligned(base64.urlsafe_b64encode, secret, shift, bits=6)
    for shift in range(5):
        encoded = _aligned(base64.b32encode, secret, shift, bits=5)
        yield "base32", encoded
        yield "base32", encoded.lower()  # as host names carry it


def _aligned(encode: Callable[[bytes], bytes], secret: bytes, shift: int, bits: int) -> bytes:
    """RFC 4648 sections 4 to 6: `shift` unknown bytes stand before the secret and any number after it."""
    first = -(-shift * 8 // bits)
    last = (shift + len(secret)) * 8 // bits
    return encode(bytes(shift) + secret)[first:last]


def views_of(data: bytes) -> Iterator[View]:
    """The data as it is, then with one, two and three layers taken off; each view once."""
    layer: list[View] = [((), data)]
    seen = {data}
    yield layer[0]
    for _ in range(_DEEPEST):
        deeper: list[View] = []
        for names, outer in layer:
            for name, inner in _peeled(outer):
                if inner not in seen:
                    seen.add(inner)
                    deeper.append(((*names, name), inner))
        yield from deeper
        layer = deeper


def _peeled(data: bytes) -> Iterator[Form]:
    if b"%" in data:
        yield "percent", unquote_to_bytes(data)  # RFC 3986 section 2.1; twice for double encoding
    if b"\\" in data:
        yield "json", _JSON.sub(_unescaped, data)
    if b"&" in data and b";" in data:
        yield "html", html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if b"\n" in data:
        yield "line breaks", data.replace(b"\r", b"").replace(b"\n", b"")  # RFC 2045 section 6.8
    yield from ((name, part) for name, part in _inflated(data) if part)
    yield "base64", b"\0".join(_runs(_BASE64_RUN, data, _from_base64))
    yield "hex", b"\0".join(_runs(_HEX_RUN, data, binascii.unhexlify))


def _unescaped(match: re.Match[bytes]) -> bytes:
    r"""RFC 8259 section 7, and JavaScript's \xHH."""
    escape = match[0][1:]
    if escape[:1] not in b"ux":
        return _CONTROLS.get(escape, escape)
    units = [int(unit, 16) for unit in re.split(rb"\\u", escape[1:])]
    return b"".join(u.to_bytes(2, "big") for u in units).decode("utf-16-be", "replace").encode()


def _inflated(data: bytes) -> Iterator[Form]:
    at = data.find(_GZIP)
    for _ in range(_MOST_PARTS):
        if at < 0:
            break
        yield "gzip", _inflate(data[at:], 31)
        at = data.find(_GZIP, at + 1)
    if data[:1] == b"\x78":  # RFC 1950 section 2.2, as the deflate coding of RFC 9110 section 8.4.1.2 has it
        yield "deflate", _inflate(data, 15)


def _inflate(data: bytes, window: int) -> bytes:
    """As much as can be inflated: a cut-off body keeps its beginning."""
    stream = zlib.decompressobj(window)
    try:
        return stream.decompress(data, _LARGEST)
    except zlib.error:
        return b""


def _runs(pattern: re.Pattern[bytes], data: bytes, decode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    return (decode(match[0]) for match in pattern.finditer(data))


def _from_base64(run: bytes) -> bytes:
    whole = run[: len(run) // 4 * 4] if len(run) % 4 == 1 else run + b"=" * (-len(run) % 4)
    return base64.b64decode(whole.translate(bytes.maketrans(b"-_", b"+/")))
