"""Every guise that a secret is looked for under, made by other means than `planting` and the product use.

Libraries that apps use make what they can (email, msgpack, protobuf, lxml, zipfile); the rest is spelled out byte by
byte, with the choices that a sender has (case, padding, line breaks, what is escaped at all) left to chance.
"""

import bz2
import codecs
import io
import itertools
import json
import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email import encoders
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from enum import Enum
from html.entities import codepoint2name
from random import Random
from typing import NamedTuple

import brotli
import msgpack  # type: ignore[import-untyped]  # it has no stubs
import zstandard
from google.protobuf import struct_pb2, wrappers_pb2  # type: ignore[import-untyped]  # as above
from lxml import etree

_CODE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_CODE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_FILLER = b"The quick brown fox jumps over the lazy dog. "


class Gives(Enum):
    """Where what comes out can stand."""

    WORD = "word"  # in a URL, a header, a cookie
    TEXT = "text"  # in a body of text
    BYTES = "bytes"  # in a body


class Guise(NamedTuple):
    """`of_text`: can be made of text only; `sealed`: has no mark, so it is found as a whole piece."""

    gives: Gives
    put_on: Callable[[bytes, Random], bytes]
    of_text: bool = False
    sealed: bool = False


def _per_byte(form: Callable[[int, Random], str], share: float = 1.0) -> Callable[[bytes, Random], bytes]:
    """Each byte written so; of those that need not be only that share."""

    def put_on(data: bytes, chance: Random) -> bytes:
        return b"".join(
            form(one, chance).encode() if one not in _UNRESERVED or chance.random() < share else bytes([one])
            for one in data
        )

    return put_on


def _per_character(form: Callable[[int, Random], str], share: float = 1.0) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        plain = "".join(map(chr, _UNRESERVED))
        return "".join(
            form(ord(one), chance) if one not in plain or chance.random() < share else one for one in data.decode()
        ).encode()

    return put_on


def _percent(one: int, chance: Random) -> str:
    return chance.choice(("%{:02x}", "%{:02X}")).format(one)


def _percent_again(one: int, chance: Random) -> str:
    return chance.choice((_percent(one, chance), "%25" + _percent(one, chance)[1:], "%2525" + f"{one:02X}"))


def _plus_for_space(data: bytes, chance: Random) -> bytes:
    return _per_byte(lambda one, chance: "+" if chr(one) == " " else _percent(one, chance), 0.0)(data, chance)


def _units(character: int, form: str) -> str:
    raw = chr(character).encode("utf-16-be")
    return "".join(form.format(int.from_bytes(raw[at : at + 2])) for at in range(0, len(raw), 2))


def _u_escape(one: int, chance: Random) -> str:
    return _units(one, "\\u" + chance.choice(("{:04x}", "{:04X}")))


def _percent_u(one: int, chance: Random) -> str:
    """ECMAScript's escape(), annex B.2.1.1."""
    return f"%{one:02X}" if one < 256 and chance.random() < 0.5 else _units(one, "%u{:04X}")


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().replace("\n", " ").replace("\r", " ").isprintable()
    except UnicodeDecodeError:
        return False


def _code64(data: bytes, last: str) -> str:
    bits = "".join(f"{one:08b}" for one in data)
    return "".join((_CODE64 + last)[int(bits[at : at + 6].ljust(6, "0"), 2)] for at in range(0, len(bits), 6))


def _base64(last: str, shift: int | None = None) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        often = _is_text(data)  # what is none may have no mark, and then nothing but a byte or two can precede it
        size = (
            chance.randrange(12 if often else 1) if shift is None else 3 * chance.randrange(3 if often else 1) + shift
        )
        text = _code64(_FILLER[:size] + data + _FILLER[: chance.randrange(4)] * often, last)
        return (text + "=" * (-len(text) % 4) * (last == "+/" or chance.random() < 0.5)).encode()

    return put_on


def _in_lines(width: int, end: str) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        text = _base64("+/", 0)(_FILLER * chance.randrange(3) * _is_text(data) + data, chance).decode()
        return end.join(text[at : at + width] for at in range(0, len(text), width)).encode()

    return put_on


def _base32(data: bytes, chance: Random) -> bytes:
    bits = "".join(f"{one:08b}" for one in _FILLER[: chance.randrange(6) * _is_text(data)] + data)
    text = "".join(_CODE32[int(bits[at : at + 5].ljust(5, "0"), 2)] for at in range(0, len(bits), 5))
    text += "=" * (-len(text) % 8) * chance.randrange(2)
    return chance.choice((text, text.lower())).encode()


def _hex_between(between: str, before: str = "") -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        form = before + chance.choice(("{:02x}", "{:02X}"))
        return between.join(form.format(one) for one in data).encode()

    return put_on


def _html_name(one: int, chance: Random) -> str:
    name = codepoint2name.get(one)
    optional = ";" if (one not in {38, 60, 62, 34} and not 160 <= one <= 255) or chance.random() < 0.5 else ""
    return f"&{name}{optional}" if name else f"&#{one};"


def _html_number(one: int, chance: Random) -> str:
    return chance.choice((f"&#{one};", f"&#x{one:x};", f"&#X{one:04X};", f"&#{one:07};"))


def _html_without_end(one: int, chance: Random) -> str:
    return chance.choice((f"&#{one:07}", f"&#x{one:06x}"))


def _quoted_printable(data: bytes, chance: Random) -> bytes:
    """RFC 2045 section 6.7, lines of 76 at most; any byte may be written by number."""
    share, lines, line = chance.choice((0.0, 0.3, 1.0)), list[str](), ""
    for one in data:
        plain = 33 <= one <= 126 and one != 61 and chance.random() >= share
        said = chr(one) if plain or (one == 32 and share == 0) else f"={one:02X}"
        if len(line) + len(said) > chance.choice((75, 40)):
            lines.append(line + "=")
            line = ""
        line += said
    return chance.choice(("\r\n", "\n")).join((*lines, line)).encode()


def _wide(codec: str, mark: bytes = b"") -> Callable[[bytes, Random], bytes]:
    return lambda data, _: mark + codecs.encode(data.decode(), codec)


def _zlib(*windows: int) -> Callable[[bytes, Random], bytes]:
    """gzip, zlib or bare by `windows` (wbits), at any level."""

    def put_on(data: bytes, chance: Random) -> bytes:
        stream = zlib.compressobj(chance.choice((1, 3, 6, 9)), zlib.DEFLATED, chance.choice(windows))
        return stream.compress(data) + stream.flush()

    return put_on


def _gzip_members(data: bytes, chance: Random) -> bytes:
    half = chance.randrange(len(data) + 1)
    return b"".join(_zlib(31)(part, chance) for part in (_FILLER, data[:half] + data[half:]))


def _zstd(data: bytes, chance: Random) -> bytes:
    """Several frames, without the size of what is in them, or with a checksum."""
    packer = zstandard.ZstdCompressor(
        level=chance.choice((1, 3, 19)), write_content_size=chance.random() < 0.5, write_checksum=True
    )
    skipped = struct.pack("<II", 0x184D2A50, 4) + b"skip"
    return b"".join((packer.compress(_FILLER), skipped * chance.randrange(2), packer.compress(data)))


def _zip(*methods: int) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", chance.choice(methods)) as archive:
            archive.writestr("readme.txt", _FILLER * chance.randrange(1, 9))
            with archive.open("sub/\u00e5 note.bin", "w", force_zip64=chance.random() < 0.5) as member:
                member.write(data)
        return file.getvalue()

    return put_on


def _streamed_zip(data: bytes, chance: Random) -> bytes:
    """Written to a pipe: sizes follow each member (APPNOTE.TXT 4.3.9)."""

    class Pipe(io.RawIOBase):
        said = b""

        def write(self, part: bytes) -> int:  # type: ignore[override]
            self.said += bytes(part)
            return len(part)

        def writable(self) -> bool:
            return True

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr("a.log", data)
    return pipe.said


def _multipart(transfer: str) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        whole = MIMEMultipart("form-data", boundary=f"----WebKitFormBoundary{chance.getrandbits(64):016x}")
        whole.attach(MIMEApplication(_FILLER, name="first"))
        part = MIMENonMultipart("application", "octet-stream")
        part.add_header("Content-Disposition", "form-data", name="file", filename="cr\u00e4sh.bin")
        if transfer == "base64":
            part.set_payload(data)
            encoders.encode_base64(part)
        else:
            part.set_payload(_quoted_printable(data, chance).decode())
            part["Content-Transfer-Encoding"] = "quoted-printable"
        whole.attach(part)
        return whole.as_bytes()

    return put_on


def _binary_part(data: bytes, chance: Random) -> bytes:
    line = f"--{chance.getrandbits(96):x}".encode()
    head = b'Content-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: application/octet-stream'
    return b"\r\n".join((line, head, b"", data, line + b"--", b""))


def _jwt(place: int) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        parts: list[dict[str, object]] = [{"alg": "ES256", "kid": "k1"}, {"sub": "u1", "exp": chance.getrandbits(31)}]
        parts[place]["note"] = data.decode("utf-8")
        said = [json.dumps(part, separators=(",", ":"), ensure_ascii=chance.random() < 0.5) for part in parts]
        return ".".join((*(_code64(one.encode(), "-_") for one in said), _code64(chance.randbytes(64), "-_"))).encode()

    return put_on


def _json(data: bytes, chance: Random) -> bytes:
    deep = {"data": [{"id": 7, "attributes": {"note": data.decode()}}], "ok": True}
    return json.dumps(deep, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1))).encode()


def _json_slashes(data: bytes, chance: Random) -> bytes:
    return _json(data, chance).replace(b"/", b"\\/")


def _graphql(data: bytes, chance: Random) -> bytes:
    text = json.dumps(data.decode())
    query = f"mutation {{ addNote(input: {{text: {text}, id: 7}}) {{ id }} }}"
    inline = {"query": query, "variables": None}
    apart = {"query": "mutation ($t: String!) { addNote(text: $t) { id } }", "variables": {"t": data.decode()}}
    return json.dumps(chance.choice((inline, apart))).encode()


def _xml(kind: str) -> Callable[[bytes, Random], bytes]:
    def put_on(data: bytes, chance: Random) -> bytes:
        root = etree.Element("log")
        note = etree.SubElement(root, "note")
        text = data.decode()
        if kind == "attribute":
            note.set("text", text)
        else:
            note.text = etree.CDATA(text) if kind == "CDATA" else text
        return etree.tostring(root, encoding=chance.choice(("utf-8", "us-ascii")) if kind != "CDATA" else "utf-8")

    return put_on


def _protobuf_struct(data: bytes, _: Random) -> bytes:
    said = struct_pb2.Struct()
    said.update({"level": 3.0, "inner": {"list": [1.0, {"note": data.decode()}]}})
    return bytes(said.SerializeToString())


def _protobuf_bytes(data: bytes, chance: Random) -> bytes:
    inner = wrappers_pb2.BytesValue(value=data).SerializeToString()
    for _ in range(chance.randrange(3)):
        inner = wrappers_pb2.BytesValue(value=inner).SerializeToString()
    return b"\x08\x96\x01" + bytes(inner) + b"\x10\x01"


def _msgpack_text(data: bytes, _: Random) -> bytes:
    return bytes(msgpack.packb({"t": [1, {"note": data.decode()}], "z": None}))


def _msgpack_bytes(data: bytes, _: Random) -> bytes:
    return bytes(msgpack.packb([7, {"blob": data, "more": -1}]))


def _query_field(data: bytes, chance: Random) -> bytes:
    return b"v=1&note=" + _plus_for_space(data, chance) + b"&w=%20"


def _form(shape: str) -> Callable[[bytes, Random], bytes]:
    return lambda data, _: unicodedata.normalize(shape, data.decode()).encode()  # type: ignore[arg-type]


_T, _W, _B = Gives.TEXT, Gives.WORD, Gives.BYTES
GLUING = frozenset(
    {
        "base64, somewhere",
        "base64, at 0",
        "base64url, at 0",
        "base64, at 1",
        "base64, at 2",
        "base64url, at 1",
        "base64url, at 2",
        "base64, MIME",
        "base64, PEM",
        "base64, folded",
        "base64, lines in JSON",
        "base64, lines in percent",
        "base32",
    }
)
"""Put text of their own beside other text."""
WRAPPING = frozenset({"protobuf", "protobuf, bytes", "msgpack", "msgpack, bytes", "zip, stored", "zip, streamed"})
"""Put bytes of their own before anything."""
GUISES: Mapping[str, Guise] = {
    "percent, what must": Guise(_W, _per_byte(_percent, 0.0)),
    "percent, some": Guise(_W, _per_byte(_percent, 0.4)),
    "percent, all": Guise(_W, _per_byte(_percent)),
    "percent, once to thrice": Guise(_W, _per_byte(_percent_again, 0.5)),
    "percent, plus for space": Guise(_W, _plus_for_space),
    "percent u": Guise(_W, _per_character(_percent_u, 0.3), of_text=True),
    "base64, somewhere": Guise(_W, _base64("+/")),
    "base64, at 0": Guise(_W, _base64("+/", 0)),
    "base64, at 1": Guise(_W, _base64("+/", 1)),
    "base64, at 2": Guise(_W, _base64("+/", 2)),
    "base64url, at 0": Guise(_W, _base64("-_", 0)),
    "base64url, at 1": Guise(_W, _base64("-_", 1)),
    "base64url, at 2": Guise(_W, _base64("-_", 2)),
    "base64, MIME": Guise(_T, _in_lines(76, "\r\n")),
    "base64, PEM": Guise(_T, _in_lines(64, "\n")),
    "base64, folded": Guise(_T, _in_lines(60, "\r\n ")),
    "base64, lines in JSON": Guise(_T, _in_lines(76, "\\n")),
    "base64, lines in percent": Guise(_W, _in_lines(76, "%0A")),
    "base32": Guise(_W, _base32),
    "hex": Guise(_W, _hex_between("")),
    "hex, colons": Guise(_W, _hex_between(":")),
    "hex, spaces": Guise(_T, _hex_between(" ")),
    "hex, dashes": Guise(_W, _hex_between("-")),
    "hex, backslash x": Guise(_T, _hex_between("", "\\x")),
    "hex, 0x": Guise(_T, _hex_between(", ", "0x")),
    "JSON": Guise(_T, _json, of_text=True),
    "JSON, slashes": Guise(_T, _json_slashes, of_text=True),
    "JSON, all units": Guise(_T, _per_character(_u_escape), of_text=True),
    "JSON, some units": Guise(_T, _per_character(_u_escape, 0.3), of_text=True),
    "HTML, names": Guise(_T, _per_character(_html_name, 0.0), of_text=True),
    "HTML, numbers": Guise(_T, _per_character(_html_number, 0.5), of_text=True),
    "HTML, without end": Guise(_T, _per_character(_html_without_end, 0.5), of_text=True),
    "quoted-printable": Guise(_T, _quoted_printable),
    "UTF-16 LE": Guise(_B, _wide("utf-16-le"), of_text=True),
    "UTF-16 LE, BOM": Guise(_B, _wide("utf-16-le", codecs.BOM_UTF16_LE), of_text=True),
    "UTF-16 BE": Guise(_B, _wide("utf-16-be"), of_text=True),
    "UTF-16 BE, BOM": Guise(_B, _wide("utf-16-be", codecs.BOM_UTF16_BE), of_text=True),
    "gzip": Guise(_B, _zlib(31, 25)),
    "gzip, members": Guise(_B, _gzip_members),
    "deflate": Guise(_B, _zlib(15)),
    "deflate, small window": Guise(_B, _zlib(9, 10, 11, 12, 13, 14), sealed=True),
    "deflate, bare": Guise(_B, _zlib(-15, -9), sealed=True),
    "br": Guise(_B, lambda data, chance: brotli.compress(data, quality=chance.choice((1, 5, 11))), sealed=True),
    "zstd": Guise(_B, _zstd),
    "zip": Guise(_B, _zip(zipfile.ZIP_DEFLATED)),
    "zip, stored": Guise(_B, _zip(zipfile.ZIP_STORED)),
    "zip, bz2": Guise(_B, _zip(zipfile.ZIP_BZIP2)),
    "zip, lzma": Guise(_B, _zip(zipfile.ZIP_LZMA)),
    "zip, streamed": Guise(_B, _streamed_zip),
    "bz2": Guise(_B, lambda data, _: bz2.compress(data)),
    "xz": Guise(_B, lambda data, _: lzma.compress(data)),
    "multipart": Guise(_B, _binary_part),
    "multipart, base64": Guise(_T, _multipart("base64")),
    "multipart, quoted-printable": Guise(_T, _multipart("quoted-printable")),
    "JWT header": Guise(_W, _jwt(0), of_text=True),
    "JWT payload": Guise(_W, _jwt(1), of_text=True),
    "form field": Guise(_W, _query_field),
    "GraphQL": Guise(_T, _graphql, of_text=True),
    "XML": Guise(_T, _xml("text"), of_text=True),
    "XML, attribute": Guise(_T, _xml("attribute"), of_text=True),
    "XML, CDATA": Guise(_T, _xml("CDATA"), of_text=True),
    "protobuf": Guise(_B, _protobuf_struct, of_text=True),
    "protobuf, bytes": Guise(_B, _protobuf_bytes),
    "msgpack": Guise(_B, _msgpack_text, of_text=True),
    "msgpack, bytes": Guise(_B, _msgpack_bytes),
    "NFC": Guise(_T, _form("NFC"), of_text=True),
    "NFD": Guise(_T, _form("NFD"), of_text=True),
}


def can_follow(chain: tuple[str, ...]) -> bool:
    """Whether each can be put on the one before, and nothing is beside what has no mark (docs/traffic.md)."""
    for first, then in itertools.pairwise(chain):
        if GUISES[first].gives is Gives.BYTES and GUISES[then].of_text:
            return False
    for at, name in enumerate(chain):
        if GUISES[name].sealed and (WRAPPING & {*chain[at + 1 :]} or GLUING & {*chain[at + 2 :]}):
            return False
    return True
