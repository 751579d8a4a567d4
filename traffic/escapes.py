"""Escapes that leave a text a text: percent, JSON, HTML, quoted-printable, line breaks, UTF-16, forms, multipart."""

import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

type Part = tuple[str, bytes]

ESCAPES = frozenset({"percent", "form", "json", "html", "quoted-printable", "line breaks", "utf-16", "utf-8"})
"""Layers that leave what is not escaped as it was."""

_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_JSON = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}"
    rb'|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|["\'\\/bfnrt])'
)
_CONTROLS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_HTML = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_QUOTED = re.compile(rb"=[0-9A-Fa-f]{2}")
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
_LINE_END = re.compile(rb"[\r\n]+")
_WRAPPED = re.compile(rb"\n[ \t]*[A-Za-z0-9+/_=-]")
_LINE = re.compile(rb"[A-Za-z0-9+/_=-]+")
_SHORTEST_LINE = 16
_BREAK = re.compile(rb"[ \t]*\r?\n[ \t]*")
_FIELD = re.compile(rb"(^|[&?]|; ?)([A-Za-z_][\w.\[\]-]{0,63})=")
_FIRST_NAME = re.compile(rb"[A-Za-z_][\w.\[\]-]{0,63}=")
_NEXT_NAME = re.compile(rb"[&;](?:(?<=;) )?[A-Za-z_][\w.\[\]-]{0,63}=")
_WIDE = re.compile(rb"[^\0]?(?:\0[^\0]){5,}\0?")
_WIDE_ESCAPES = tuple(part for mark in (b"&", b"%", b"\\", b"=") for part in (mark + b"\0", b"\0" + mark))
_WIDE_ESCAPE = re.compile(rb"[&%\\=]\0[#\w\"'/\\{\r\n]\0|\0[&%\\=]\0[#\w\"'/\\{\r\n]")
_WIDENED = re.compile(rb"\x1f\xc2\x8b|\x28\xc2\xb5/\xc3\xbd|x(?:\xc2\x9c|\xc3\x9a)")
_WIDENED_BYTE = re.compile(rb"([\xc2\xc3])([\x80-\xbf])")
_PERCENT_RUN = re.compile(rb"(?:%[0-9a-fA-F]{2}){10,}")
_PERCENT_VALUE = re.compile(rb"[!$%*+.0-9:@A-Z^_`a-z|~-]*%[0-9a-fA-F]{2}[!$%*+.0-9:@A-Z^_`a-z|~-]*")
_JSON_VALUE = re.compile(rb'"((?:[^"\\]|\\.)*\\[ux](?:[^"\\]|\\.)*)"')
_HTML_VALUE = re.compile(rb"[^<>=\"']*&#[0-9a-zA-Z]+;[^<>=\"']*")
_BOUNDARY = re.compile(rb"(?:^|\r?\n)--[^\r\n]{1,200}\r?\n")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LARGEST_CODE_POINT = 0x10FFFF


def unescaped(data: bytes) -> Iterator[Part]:
    """The data with one kind of escape taken off throughout, for each kind that is there."""
    if b"%" in data and _PERCENT.search(data):
        yield "percent", unquote_to_bytes(data)  # RFC 3986 section 2.1; twice for double encoding
        if b"+" in data:
            yield "form", unquote_to_bytes(data.replace(b"+", b" "))  # application/x-www-form-urlencoded
    if b"\\" in data and _JSON.search(data):
        yield "json", _JSON.sub(_character, data)
    if b"&" in data and _HTML.search(data):
        yield "html", _HTML.sub(_referred, data)
    if quoted := _quoted_lines(data):
        yield "quoted-printable", binascii.a2b_qp(quoted)  # RFC 2045 section 6.7
        yield "quoted-printable", binascii.a2b_qp(_FIELD.sub(rb"\1\2 ", quoted))  # the first = belongs to the form
    if b"\n" in data and _is_wrapped(data):
        yield "line breaks", _BREAK.sub(b"", data)  # RFC 2045 section 6.8
    if b"\0" in data:
        yield from (("utf-16", text) for text in _from_utf16(data))
    if (b"\xc2" in data or b"\xc3" in data) and _WIDENED.search(data):
        yield "utf-8", _narrow(data)  # bytes that were written as if they were text


def values_of(data: bytes) -> Iterator[Part]:
    """Each escaped value by itself, as bytes: what it holds may be a whole compressed piece."""
    if b"%" in data:
        for value in dict.fromkeys((*_PERCENT_VALUE.findall(data), *_PERCENT_RUN.findall(data))):
            yield "percent", unquote_to_bytes(value)
            if b"+" in value:
                yield "form", unquote_to_bytes(value.replace(b"+", b" "))
    if b"=" in data and _QUOTED.search(data):
        yield from (("quoted-printable", binascii.a2b_qp(value)) for value in _field_values(data) if value)
    if b"\\u" in data or b"\\x" in data:
        yield from (("json", _narrow(_JSON.sub(_character, value))) for value in _JSON_VALUE.findall(data))
    if b"&#" in data:
        yield from (("html", _narrow(_HTML.sub(_referred, value))) for value in _HTML_VALUE.findall(data))


def _field_values(data: bytes) -> Iterator[bytes]:
    first = _FIRST_NAME.match(data)
    yield from _NEXT_NAME.split(data[first.end() :] if first else data)


def _is_wrapped(data: bytes) -> bool:
    """Whether an encoded run goes on in the next line; asked of each line end, which is faster than of each byte."""
    for found in _WRAPPED.finditer(data):
        end = found.start() - (data[found.start() - 1 : found.start()] == b"\r")
        if end >= _SHORTEST_LINE and _LINE.fullmatch(data, end - _SHORTEST_LINE, end):
            return True
    return False


def parts_of(data: bytes) -> Iterator[bytes]:
    """The bodies of multipart parts (RFC 2046 section 5.1), each by itself."""
    if b"--" not in data:
        return
    for part in _BOUNDARY.split(data)[1:]:
        if end := _HEADERS_END.search(part):
            yield part[end.end() :].partition(b"\r\n--")[0]


def _referred(match: re.Match[bytes]) -> bytes:
    """By number exactly as written, where HTML would take 128 to 159 for Windows' characters."""
    name = match[0][1:-1]
    if name[:1] != b"#":
        return html.unescape(match[0].decode()).encode()
    code = int(b"0" + name[1:], 16) if name[1:2] in b"xX" else int(name[1:])
    return chr(code).encode("utf-8", "replace") if code <= _LARGEST_CODE_POINT else match[0]


def _from_utf16(data: bytes) -> Iterator[bytes]:
    """Runs of Latin text; around an escape also what is beyond Latin-1, in either byte order; and the rest."""
    if wide := b"\n".join(_WIDE.findall(data)):
        yield wide.replace(b"\0", b"")
    if any(mark in data for mark in _WIDE_ESCAPES) and _WIDE_ESCAPE.search(data):
        for start in (0, 1):
            yield from (data[start:].decode(order, "replace").encode() for order in ("utf-16-le", "utf-16-be"))
    if 2 * len(data) < 5 * data.count(0) < 4.5 * len(data):  # half of it, or three quarters where it is done twice
        yield from (data[half::2] for half in (0, 1))


def _narrow(data: bytes) -> bytes:
    return _WIDENED_BYTE.sub(_narrowed, data)


def _narrowed(match: re.Match[bytes]) -> bytes:
    return bytes([match[2][0] | (match[1][0] & 1) << 6])


def _quoted_lines(data: bytes) -> bytes:
    """The lines that are quoted-printable, without their soft breaks."""
    if b"=" not in data:
        return b""
    joined = _SOFT_BREAK.sub(b"", data)
    if len(joined) == len(data) and not _QUOTED.search(data):
        return b""
    return joined if len(joined) < len(data) else b"\n".join(filter(_QUOTED.search, _LINE_END.split(data)))


def _character(match: re.Match[bytes]) -> bytes:
    r"""RFC 8259 section 7, JavaScript's \xHH and \u{H}, and Python's and C's \UHHHHHHHH."""
    escape = match[0][1:]
    if escape[:1] not in b"uUx":
        return _CONTROLS.get(escape, escape)
    if escape[1:2] == b"{" or escape[:1] == b"U":
        code = int(escape[1:].strip(b"{}"), 16)
        return chr(code).encode("utf-8", "replace") if code <= _LARGEST_CODE_POINT else match[0]
    units = [int(unit, 16) for unit in re.split(rb"\\u", escape[1:])]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace").encode()
