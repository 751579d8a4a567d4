"""Escapes that leave a text a text: percent, JSON, HTML, quoted-printable, line breaks, UTF-16, forms, multipart."""

import binascii
import html
import re
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5
from urllib.parse import unquote_to_bytes

type Part = tuple[str, bytes]

ESCAPES = frozenset({"percent", "form", "json", "html", "quoted-printable", "line breaks", "utf-16", "utf-8"})
"""Layers that leave what is not escaped as it was."""

_MOST_TIMES = 4  # that percent-encoding is taken off what was percent-encoded
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_JSON = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}"
    rb'|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|["\'\\/bfnrt])'
)
_CONTROLS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_OCTET = re.compile(rb"\\(?:x[0-9a-fA-F]{2}|[0-3][0-7]{2})")
_HIGH_OCTET = re.compile(rb"\\(?:x[89a-fA-F][0-9a-fA-F]|[0-3][0-7]{2})")
_PERCENT_UNIT = re.compile(rb"(?:%u[0-9a-fA-F]{4})+|%[0-9a-fA-F]{2}")
_ENDLESS = b"|".join(name.encode() for name in sorted(html5, key=len, reverse=True) if not name.endswith(";"))
_HTML = re.compile(
    rb"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};|(?:%s)(?![\w.\[\]-]*=))" % _ENDLESS
)  # HTML 13.2.5.72: numbers and some old names go without their semicolon
_QUOTED = re.compile(rb"=[0-9A-Fa-f]{2}")
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
_LINE_END = re.compile(rb"[\r\n]+")
_WRAPPED = re.compile(rb"\n[ \t]*[A-Za-z0-9+/_=-]")
_LINE = re.compile(rb"[A-Za-z0-9+/_=-]+")
_SHORTEST_LINE = 16
_FIELD = re.compile(rb"(^|[&?]|; ?)([A-Za-z_][\w.\[\]-]{0,63})=")
_FIRST_NAME = re.compile(rb"[A-Za-z_][\w.\[\]-]{0,63}=")
_NEXT_NAME = re.compile(rb"[&;](?:(?<=;) )?[A-Za-z_][\w.\[\]-]{0,63}=")
_WIDE = re.compile(rb"[^\0]?(?:\0[^\0]){5,}\0?")
_ZEROS = bytes(1 if one else 0 for one in range(256))
_LATIN = b"\0\1" * 5
_NOTE = 8 << 10  # bytes
_WIDE_ESCAPES = tuple(part for mark in (b"&", b"%", b"\\", b"=") for part in (mark + b"\0", b"\0" + mark))
_WIDE_ESCAPE = re.compile(rb"[&%\\=]\0[#\w\"'/\\{\r\n]\0|\0[&%\\=]\0[#\w\"'/\\{\r\n]")
_SURROGATES = range(0xD8, 0xE0)  # as the high byte of a unit
_NO_SURROGATES = bytes(0xE0 if one in _SURROGATES else one for one in range(256))
_WIDENED = re.compile(rb"\x1f\xc2\x8b|\x28\xc2\xb5/\xc3\xbd|x(?:\xc2\x9c|\xc3\x9a)")
_WIDENED_BYTE = re.compile(rb"([\xc2\xc3])([\x80-\xbf])")
_PERCENT_RUN = re.compile(rb"(?:%[0-9a-fA-F]{2}){10,}")
_PERCENT_VALUE = re.compile(rb"[!$%*+.0-9:@A-Z^_`a-z|~-]{3,}")
_JSON_VALUE_END = re.compile(rb'(?<!\\)"')
_HTML_VALUE_END = re.compile(rb"[<>=\"']")
_ENCODED_WORD = re.compile(rb"=\?[\w-]+\?[qQ]\?")
_BOUNDARY = re.compile(rb"--[\w'()+,./:=?-][\w'()+,./:=? -]{0,69}\r?\n(?=[A-Za-z][A-Za-z-]*:|\r?\n)")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LARGEST_CODE_POINT = 0x10FFFF


def unescaped(data: bytes) -> Iterator[Part]:
    """The data with one kind of escape taken off throughout, for each kind that is there."""
    if b"%" in data:
        yield from _without_percent(data)
    if b"\\" in data:
        if _JSON.search(data):
            yield "json", _JSON.sub(_character, data)
        if _HIGH_OCTET.search(data):
            yield "json", _OCTET.sub(_octet, data)  # the bytes of UTF-8, as C and Python write them
    if b"&" in data and _HTML.search(data):
        yield "html", _HTML.sub(_referred, data)
    if b"=" in data:
        yield from (("quoted-printable", text) for text in _from_quoted(data))
    if b"\n" in data and _is_wrapped(data):
        yield "line breaks", b"".join([line.strip(b" \t") for line in data.splitlines()])  # RFC 2045 section 6.8


def _without_percent(data: bytes) -> Iterator[Part]:
    """Also where it was done several times, with + for spaces, and by units of UTF-16."""
    if _PERCENT.search(data):
        yield from (("percent", once) for once in _unquoted(data))
        if b"+" in data:
            yield "form", unquote_to_bytes(data.replace(b"+", b" "))  # application/x-www-form-urlencoded
    if b"%u" in data and _PERCENT_UNIT.search(data):
        yield "percent", _PERCENT_UNIT.sub(_unit, data)  # ECMAScript annex B.2.1.2


def _unquoted(data: bytes) -> Iterator[bytes]:
    """RFC 3986 section 2.1, and what was percent-encoded once more."""
    for _ in range(_MOST_TIMES):
        data = unquote_to_bytes(data)
        yield data
        if b"%" not in data or not _PERCENT.search(data):
            return


def _from_quoted(data: bytes) -> Iterator[bytes]:
    if quoted := _quoted_lines(data):
        yield binascii.a2b_qp(quoted)  # RFC 2045 section 6.7
        yield binascii.a2b_qp(_FIELD.sub(rb"\1\2 ", quoted))  # the first = belongs to the form
    if b"=?" in data and _ENCODED_WORD.search(data):
        yield binascii.a2b_qp(_ENCODED_WORD.sub(b"", data), header=True)  # RFC 2047 section 4.2


def narrowed(data: bytes) -> Iterator[Part]:
    """The data with each character in one byte, where they were wider: UTF-16, and bytes written as if text."""
    if b"\0" in data:
        yield from (("utf-16", text) for text in _from_utf16(data))
    if (b"\xc2" in data or b"\xc3" in data) and _WIDENED.search(data):
        yield "utf-8", _narrow(data)


def values_of(data: bytes) -> Iterator[Part]:
    """Each escaped value by itself, as bytes: what it holds may be a whole compressed piece."""
    if b"%" in data:
        whole = (value for value in _PERCENT_VALUE.findall(data) if b"%" in value)
        for value in dict.fromkeys((*whole, *_PERCENT_RUN.findall(data))):
            yield from (("percent", once) for once in _unquoted(value))
            if b"+" in value:
                yield "form", unquote_to_bytes(value.replace(b"+", b" "))
    if b"=" in data and _QUOTED.search(data):
        yield from (("quoted-printable", binascii.a2b_qp(value)) for value in _field_values(data) if value)
    if b"\\u" in data or b"\\x" in data:
        values = (value for value in _JSON_VALUE_END.split(data) if b"\\u" in value or b"\\x" in value)
        yield from (("json", _narrow(_JSON.sub(_character, value))) for value in values)
    if b"&#" in data:
        values = (value for value in _HTML_VALUE_END.split(data) if b"&#" in value)
        yield from (("html", _narrow(_HTML.sub(_referred, value))) for value in values)


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
    lines = [*_BOUNDARY.finditer(data)] if b"--" in data else []
    ends = [*(each.start() for each in lines[1:]), len(data)]
    for line, following in zip(lines, ends, strict=False):
        part = data[line.end() - 1 : following]
        if end := _HEADERS_END.search(part):
            body, closing, _ = part[end.end() :].partition(b"\n" + line[0].rstrip())
            yield (body if closing else body.removesuffix(b"\n")).removesuffix(b"\r")


def _referred(match: re.Match[bytes]) -> bytes:
    """By number exactly as written, where HTML would take 128 to 159 for Windows' characters."""
    name = match[0][1:].rstrip(b";")
    if name[:1] != b"#":
        return html.unescape(match[0].decode()).encode()
    code = int(b"0" + name[1:], 16) if name[1:2] in b"xX" else int(name[1:])
    return chr(code).encode("utf-8", "replace") if code <= _LARGEST_CODE_POINT else match[0]


def _from_utf16(data: bytes) -> Iterator[bytes]:
    """Runs of Latin text; around an escape also what is beyond Latin-1, in either byte order; and the rest."""
    is_latin = _LATIN in data.translate(_ZEROS)
    if is_latin and (wide := b"\n".join(_WIDE.findall(data))):
        yield wide.replace(b"\0", b"")
    if (
        (is_latin or len(data) <= _NOTE)  # noise has each mark somewhere
        and any(mark in data for mark in _WIDE_ESCAPES)
        and _WIDE_ESCAPE.search(data)
    ):
        for start in (0, 1):
            yield from (_from_units(data[start : (len(data) - start) // 2 * 2 + start], order) for order in (1, 0))
    if 2 * len(data) < 5 * data.count(0) < 4.5 * len(data):  # half of it, or three quarters where it is done twice
        yield from (data[half::2] for half in (0, 1))


def _from_units(data: bytes, high: int) -> bytes:
    """`high` is 1 where the low byte comes first; what is no text loses its surrogates, for skipping each is slow."""
    order = "utf-16-le" if high else "utf-16-be"
    with suppress(UnicodeDecodeError):
        return data.decode(order).encode()
    clean = bytearray(data)
    clean[high::2] = clean[high::2].translate(_NO_SURROGATES)
    return clean.decode(order).encode()


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


def _unit(match: re.Match[bytes]) -> bytes:
    """A character, or several UTF-16 units; two digits are a character of Latin-1 here."""
    if match[0][1:2] != b"u":
        return bytes([int(match[0][1:], 16)]).decode("latin-1").encode()
    return bytes.fromhex(match[0].replace(b"%u", b"").decode()).decode("utf-16-be", "replace").encode()


def _octet(match: re.Match[bytes]) -> bytes:
    digits = match[0][1:]
    return bytes([int(digits[1:], 16) if digits[:1] == b"x" else int(digits, 8)])


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
