"""Secrets planted in exchanges: every kind under every encoding in every place, and exchanges that hold none."""

import base64
import gzip
import hashlib
import html
import io
import itertools
import json
import quopri
import random
import string
import urllib.parse
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import brotli
import zstandard

from traffic.events import Exchange, Headers
from traffic.secrets import Allowed, Secret

HOME, STRANGER = "online2.superoffice.test", "collect.tracker.example"
_LABEL, _NAME = 63, 240  # characters of a label and of a host name (RFC 1035 section 2.3.4)
_CHANCE = random.Random(20261123)  # noqa: S311 -- repeatable, not secret
_BASE64 = string.ascii_letters + string.digits + "+/"

type Encode = Callable[[bytes], bytes]


def _some(length: int, alphabet: str = _BASE64) -> str:
    return "".join(_CHANCE.choices(alphabet, k=length))


def _jwt() -> str:
    parts = (b'{"alg":"RS256","typ":"JWT"}', json.dumps({"sub": _some(12)}).encode(), _CHANCE.randbytes(64))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def secrets() -> tuple[Secret, ...]:
    """One of each kind, in the shapes that they have; they may be in their own header at home and nowhere else."""
    values = {
        "password": "Sm0rbr0d & k\u00e4ffe?",
        "access_token": f"8A:Cust10001.{_some(56)}==",
        "refresh_token": _some(43, _BASE64[:-2] + "-_"),
        "id_token": _jwt(),
        "authorization_code": _some(32, string.hexdigits.lower()[:16]),
        "code_verifier": _some(64, string.ascii_letters + string.digits + "-._~"),
        "totp_seed": _some(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        "session_cookie": _some(24, _BASE64[:-2]),
        "push_handle": f"{_some(22, _BASE64[:-2])}:APA91b{_some(100, _BASE64[:-2] + '-_')}",
        "personal_data": "Solveig Aasen-Bj\u00f8rndal",
        "record_mark": f"nordlys-mark-{_some(10, string.ascii_lowercase)}",
    }
    return tuple(Secret(kind, value, (Allowed(HOME, "header:authorization"),)) for kind, value in values.items())


def _escaped(form: str) -> Encode:
    return lambda data: "".join(form.format(ord(one)) for one in data.decode()).encode()


def _json_units(data: bytes) -> bytes:
    """Each UTF-16 unit, as RFC 8259 section 7 has it."""
    units = data.decode().encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)).encode()


def _zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("note.txt", data)
    return file.getvalue()


def _multipart(data: bytes) -> bytes:
    head = b'--b0undary\r\nContent-Disposition: form-data; name="note"; filename="n"\r\n\r\n'
    return head + data + b"\r\n--b0undary--\r\n"


def _protobuf(data: bytes) -> bytes:
    """Field 2, length-delimited, between two others (protobuf.dev/programming-guides/encoding)."""
    length, varint = len(data), bytearray()
    while True:
        varint.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return b"\x08\x96\x01\x12" + bytes(varint) + data + b"\x1a\x03abc"


def _msgpack(data: bytes) -> bytes:
    """{"n": str32} (github.com/msgpack/msgpack, spec.md)."""
    return b"\x82\xa1n\xdb" + len(data).to_bytes(4, "big") + data + b"\xa1m\x01"


def _jwt_part(data: bytes) -> bytes:
    part = base64.urlsafe_b64encode(b'{"note":"' + data + b'"}').rstrip(b"=")
    return b"eyJhbGciOiJIUzI1NiJ9." + part + b".c2lnbmF0dXJl"


TEXT: Mapping[str, Encode] = {
    "percent": lambda data: urllib.parse.quote(data, safe="").encode(),
    "percent, every byte, lower case": lambda data: b"".join(b"%%%02x" % one for one in data),
    "percent, every byte, upper case": lambda data: b"".join(b"%%%02X" % one for one in data),
    "percent, twice": lambda data: urllib.parse.quote(urllib.parse.quote(data, safe=""), safe="").encode(),
    "form": lambda data: urllib.parse.quote_plus(data).encode(),
    "base64": base64.b64encode,
    "base64, shifted by 1": lambda data: base64.b64encode(b"a" + data + b"yz"),
    "base64, shifted by 2": lambda data: base64.b64encode(b"ab" + data + b"z"),
    "base64url": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "base64url, shifted by 1": lambda data: base64.urlsafe_b64encode(b"u" + data),
    "base64url, shifted by 2": lambda data: base64.urlsafe_b64encode(b"u:" + data + b"!").rstrip(b"="),
    "base32": base64.b32encode,
    "base32, lower case": lambda data: base64.b32encode(b"abc" + data).lower().rstrip(b"="),
    "hex": lambda data: data.hex().encode(),
    "hex, upper case": lambda data: data.hex().upper().encode(),
    "hex, mixed case": lambda data: "".join(_CHANCE.choice((c, c.upper())) for c in data.hex()).encode(),
    "jwt part": _jwt_part,
}
"""What any place can carry."""
BODY: Mapping[str, Encode] = {
    "json": lambda data: json.dumps({"note": data.decode()}).encode(),
    "json, every character": _json_units,
    "javascript": lambda data: b"".join(b"\\x%02x" % one for one in data.decode().encode("latin-1")),
    "html": lambda data: f"<p>{html.escape(data.decode())}</p>".encode(),
    "html, decimal": _escaped("&#{};"),
    "html, hexadecimal": _escaped("&#x{:X};"),
    "quoted-printable": quopri.encodestring,
    "base64, in lines": base64.encodebytes,
    "utf-16-le": lambda data: data.decode().encode("utf-16-le"),
    "utf-16-be": lambda data: data.decode().encode("utf-16-be"),
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, bare": lambda data: zlib.compress(data)[2:-4],
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "zip": _zipped,
    "multipart": _multipart,
    "graphql": lambda data: json.dumps({"query": f'mutation {{ note(text: "{data.decode()}") }}'}).encode(),
    "xml": lambda data: f"<n><![CDATA[{data.decode()}]]></n>".encode(),
    "protobuf": _protobuf,
    "msgpack": _msgpack,
}
ENCODINGS: Mapping[str, Encode] = {"raw": lambda data: data, **TEXT, **BODY}
OF_TEXT = {name for name in BODY if name.partition(",")[0] in {"json", "javascript", "html", "graphql", "xml"}} | {
    "utf-16-le",
    "utf-16-be",
}
"""What can be made of text only."""
BINARY = {
    "gzip",
    "deflate",
    "deflate, bare",
    "br",
    "zstd",
    "zip",
    "multipart",
    "protobuf",
    "msgpack",
    "utf-16-le",
    "utf-16-be",
}
ALONE = {"deflate, bare", "br"}
"""Compressed without a mark: found as a whole body, value or encoded run, not in the middle of other bytes."""
GLUED = {"base32, lower case", "jwt part", "protobuf", "msgpack", "multipart", "zip", "utf-16-le", "utf-16-be"}
DIGESTS = ("md5", "sha1", "sha256")


@dataclass(frozen=True, slots=True)
class Case:
    """One planted secret, `where` as a finding has to name it."""

    secret: int
    kind: str
    chain: tuple[str, ...]
    where: str
    seen: Exchange


def cases(known: tuple[Secret, ...]) -> Iterator[Case]:
    """Every kind under every encoding in every place that can carry it; chains of two to four; digests; halves."""
    for index, secret in enumerate(known):
        for name in ENCODINGS:
            yield from _everywhere(index, secret, (name,))
        for depth in (2, 3, 4):
            for _ in range(40):
                yield from _somewhere(index, secret, _chain(depth))
        if "password" in secret.kind or "token" in secret.kind:
            yield from _digests(index, secret)
        yield from _halves(index, secret)


def _chain(depth: int) -> tuple[str, ...]:
    """Innermost first; what is made of text follows only on text, what has no mark is the last or is encoded next."""
    while True:
        names = tuple(_CHANCE.choices(list(ENCODINGS)[1:], k=depth))
        pairs = [*itertools.pairwise(names)]
        if not any(first in BINARY and then in OF_TEXT for first, then in pairs) and not is_glued(names):
            return names


def is_glued(names: tuple[str, ...]) -> bool:
    """Whether other bytes would stand right beside what has no mark."""
    for at, name in enumerate(names):
        if name in ALONE and any("shifted" in each or each in GLUED for each in names[at + 1 :]):
            return True
    return False


def encoded(value: str, chain: tuple[str, ...]) -> bytes:
    data = value.encode()
    for name in chain:
        data = ENCODINGS[name](data)
    return data


def _everywhere(index: int, secret: Secret, chain: tuple[str, ...]) -> Iterator[Case]:
    data = encoded(secret.value, chain)
    for where, seen in _planted(data, chain[-1]):
        yield Case(index, secret.kind, chain, where, seen)


def _somewhere(index: int, secret: Secret, chain: tuple[str, ...]) -> Iterator[Case]:
    try:
        found = [*_everywhere(index, secret, chain)]
    except UnicodeError:
        return  # text made of what is none
    yield _CHANCE.choice(found)


def _digests(index: int, secret: Secret) -> Iterator[Case]:
    for name in DIGESTS:
        digest = hashlib.new(name, secret.value.encode()).digest()
        for form in ("hex", "hex, upper case", "base64", "base64url"):
            for where, seen in _planted(ENCODINGS[form](digest), form):
                yield Case(index, secret.kind, (f"derived:{name}", form), where, seen)


def _halves(index: int, secret: Secret) -> Iterator[Case]:
    first, second = secret.value[: len(secret.value) // 2], secret.value[len(secret.value) // 2 :]
    form = urllib.parse.urlencode({"b": second, "n": "1", "a": first})
    yield Case(index, secret.kind, ("split",), "url", exchange(f"/c?{form}"))
    yield Case(index, secret.kind, ("split",), "body", exchange("/c", body=form.encode()))
    rows = json.dumps({"x": {"b": second}, "y": [first]}).encode()
    yield Case(index, secret.kind, ("split", "json"), "body", exchange("/c", body=rows))
    whole = base64.b64encode(secret.value.encode()).decode()
    form = urllib.parse.urlencode({"a": whole[:13], "b": whole[13:]})
    yield Case(index, secret.kind, ("base64", "split"), "url", exchange(f"/c?{form}"))


def _planted(data: bytes, last: str) -> Iterator[tuple[str, Exchange]]:
    """Every place that can carry such bytes."""
    is_alone = last in ALONE
    yield "body", exchange("/collect", body=data if is_alone else b"v=1&note=" + data + b"&w=2")
    yield "body", exchange("/collect", answer=data)
    yield "frame", exchange("", method="MESSAGE", scheme="wss", body=data)
    if last == "raw":
        yield "url", exchange(f"/collect?note={urllib.parse.quote(data)}")
    if last not in TEXT:
        return
    text = data.decode()
    yield "url", exchange(f"/collect?v=1&note={text}")
    yield "url", exchange(f"/collect/{text.replace('/', '%2F')}/x")
    yield "header:x-note", exchange("/collect", headers=(("X-Note", text),))
    yield "cookie", exchange("/collect", headers=(("Cookie", f"a=b; note={text}"),))
    yield "header:location", exchange("/collect", answered=(("Location", f"https://{STRANGER}/?n={text}"),))
    if last.startswith(("base32, lower", "hex")) and len(text) < _NAME - len(STRANGER):
        name = ".".join(text[at : at + _LABEL] for at in range(0, len(text), _LABEL)) + f".{STRANGER}"
        yield "dns", exchange("", name, method="QUERY", scheme="dns")
        yield "sni", exchange("", STRANGER, method="MESSAGE", scheme="tls", sni=name)


def exchange(  # noqa: PLR0913 -- a case says only what matters to it
    path: str,
    host: str = STRANGER,
    *,
    method: str = "POST",
    scheme: str = "https",
    headers: Headers = (),
    body: bytes = b"",
    answered: Headers = (),
    answer: bytes = b"",
    sni: str | None = None,
) -> Exchange:
    return Exchange(
        0,
        1.0,
        0.5,
        scheme,
        method,
        host,
        443,
        path,
        f"{scheme}://{host}{path}",
        headers,
        body,
        200,
        answered,
        answer,
        sni=sni,
    )


def benign(count: int) -> Iterator[Exchange]:
    """Ordinary traffic, full of what looks like secrets: ids, digests, images, archives, other people's tokens."""
    for number in range(count):
        key, digest = str(uuid.UUID(int=_CHANCE.getrandbits(128))), _CHANCE.randbytes(32)
        record = {
            "PrimaryKey": number,
            "id": key,
            "etag": digest.hex(),
            "hash": base64.b64encode(digest).decode(),
            "token": f"8A:Cust10001.{_some(56)}==",
            "note": "besøkte kunden, avtalte nytt møte & sendte tilbud <b>i dag</b>",
            "link": f"https://cdn.example.test/{key}?sig={_some(43, _BASE64[:-2] + '-_')}",
        }
        yield exchange(
            f"/Cust10001/api/v1/Contact/{number}?$select=name,id&request={key}&etag={digest.hex()}",
            HOME if number % 3 else STRANGER,
            method="GET",
            headers=(
                ("Authorization", f"Bearer {record['token']}"),
                ("Cookie", f"sid={_some(24)}; t={_jwt()}"),
                ("If-None-Match", f'"{_CHANCE.randbytes(16).hex()}"'),
            ),
            body=urllib.parse.urlencode(record).encode() if number % 4 == 1 else b"",
            answered=(("ETag", f'W/"{key}"'), ("Set-Cookie", f"sid={_some(24)}; Secure")),
            answer=_benign_body(number, json.dumps([record] * 3).encode()),
        )


def _benign_body(number: int, rows: bytes) -> bytes:
    """JSON mostly; also an image, an archive, base64 blobs, compressed and binary bodies."""
    bodies: tuple[Callable[[], bytes], ...] = (
        lambda: rows,
        lambda: gzip.compress(rows),
        lambda: b"\x89PNG\r\n\x1a\n" + _CHANCE.randbytes(1500),
        lambda: base64.encodebytes(_CHANCE.randbytes(900)),
        lambda: _zipped(rows),
        lambda: rows,
        lambda: _multipart(_CHANCE.randbytes(400)),
        lambda: _protobuf(rows[:200]),
    )
    return bodies[number % len(bodies)]()
