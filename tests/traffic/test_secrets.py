import base64
import gzip
import html
import json
import random
import secrets as entropy
import urllib.parse
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import UsageError
from traffic.secrets import Allowed, Secret, Secrets, Side
from traffic.secrets_file import read_secrets

TOKEN = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLWlzLWxvbmctZW5vdWdo"
PASSWORD = 'Sm\u00f8rbr\u00f8d & "k\\affe" 7?'
PHRASE = "correct horse battery"
KNOWN = Secrets(
    [Secret("access_token", TOKEN), Secret("id_token", JWT), Secret("password", PASSWORD), Secret("p", PHRASE)]
)
VALUES = [(index, secret.value) for index, secret in enumerate(KNOWN)]


def every_character(value: str, template: str) -> bytes:
    return "".join(template.format(ord(c)) for c in value).encode()


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "raw": str.encode,
    "percent": lambda v: urllib.parse.quote(v, safe="").encode(),
    "percent, lower case": lambda v: "".join(f"%{b:02x}" for b in v.encode()).encode(),
    "percent, upper case": lambda v: "".join(f"%{b:02X}" for b in v.encode()).encode(),
    "percent, form": lambda v: urllib.parse.quote_plus(v).encode(),
    "percent, twice": lambda v: urllib.parse.quote(urllib.parse.quote(v, safe=""), safe="").encode(),
    "base64": lambda v: base64.b64encode(v.encode()),
    "base64, shifted by 1": lambda v: base64.b64encode(b"a" + v.encode() + b"zz"),
    "base64, shifted by 2": lambda v: base64.b64encode(b"ab" + v.encode() + b"z"),
    "base64url": lambda v: base64.urlsafe_b64encode(v.encode()).rstrip(b"="),
    "base64url, shifted by 1": lambda v: base64.urlsafe_b64encode(b"u" + v.encode()),
    "base64url, shifted by 2": lambda v: base64.urlsafe_b64encode(b"u:" + v.encode() + b"!"),
    "base64, broken into lines": lambda v: base64.encodebytes(b"some text before it: " + v.encode() * 2),
    "base64, percent": lambda v: urllib.parse.quote(base64.b64encode(v.encode()).decode(), safe="").encode(),
    "base64, twice": lambda v: base64.b64encode(base64.b64encode(v.encode())),
    "base32": lambda v: base64.b32encode(v.encode()),
    "base32, lower case": lambda v: base64.b32encode(b"abc" + v.encode()).lower(),
    "hex": lambda v: v.encode().hex().encode(),
    "hex, upper case": lambda v: v.encode().hex().upper().encode(),
    "utf-16-le": lambda v: v.encode("utf-16-le"),
    "utf-16-be": lambda v: v.encode("utf-16-be"),
    "base64 of utf-16": lambda v: base64.b64encode(v.encode("utf-16-le")),
    "JSON": lambda v: json.dumps({"v": v}).encode(),
    "JSON, every character": lambda v: every_character(v, "\\u{:04x}"),
    "JSON, slashes": lambda v: json.dumps(v).replace("/", "\\/").encode(),
    "JSON in JSON": lambda v: json.dumps(json.dumps(v)).encode(),
    "JavaScript": lambda v: "".join(f"\\x{ord(c):02x}" for c in v).encode(),
    "HTML": lambda v: html.escape(v).encode(),
    "HTML, decimal": lambda v: every_character(v, "&#{};"),
    "HTML, hexadecimal": lambda v: every_character(v, "&#x{:x};"),
    "gzip": lambda v: gzip.compress(v.encode()),
    "gzip, cut off": lambda v: gzip.compress(v.encode() + entropy.token_bytes(4000))[:2000],
    "gzip in multipart": lambda v: b"--x\r\n\r\n" + gzip.compress(v.encode()) + b"\r\n--x--",
    "deflate": lambda v: zlib.compress(v.encode()),
    "base64 of gzip": lambda v: base64.b64encode(gzip.compress(v.encode())),
}


WRAPPINGS = (b"%s", b"q=%s&r=1", b'{"note": "%s"}', b"\x00\xffbefore %s after")
WHOLE_BODIES = {"deflate"}  # without a marker of its own, so only found as a whole body


@pytest.mark.parametrize(
    ("encoding", "wrapping"),
    [(name, each) for name in ENCODINGS for each in (WRAPPINGS[:1] if name in WHOLE_BODIES else WRAPPINGS)],
)
def test_each_secret_is_found_under_each_encoding(encoding: str, wrapping: bytes) -> None:
    missed = [
        index
        for index, value in VALUES
        if index not in {s.index for s in KNOWN.found_in(wrapping.replace(b"%s", ENCODINGS[encoding](value)))}
    ]

    assert missed == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_only_the_secret_that_is_there_is_found(encoding: str) -> None:
    for index, value in VALUES:
        assert {s.index for s in KNOWN.found_in(ENCODINGS[encoding](value))} == {index}


def benign_records() -> list[bytes]:
    chance = random.Random(7)  # noqa: S311 -- repeatable, not secret
    rows: list[bytes] = []
    for number in range(400):
        key = uuid.UUID(int=chance.getrandbits(128))
        digest = chance.randbytes(32)
        other_token = base64.b64encode(chance.randbytes(40)).decode()
        record = {
            "PrimaryKey": str(number),
            "id": str(key),
            "etag": digest.hex(),
            "token": f"8A:Cust10001.{other_token}",
        }
        rows += [
            json.dumps(record).encode(),
            urllib.parse.urlencode(record).encode(),
            base64.b64encode(json.dumps(record).encode()),
            gzip.compress(json.dumps(record).encode()),
            chance.randbytes(300),
        ]
    near_misses = [TOKEN[:-3], TOKEN.swapcase(), JWT[1:], PASSWORD[:-1], TOKEN[:20] + " " + TOKEN[20:], "8A:Cust10001."]
    return rows + [encode(value) for value in near_misses for encode in ENCODINGS.values()]


def test_no_benign_record_is_flagged() -> None:
    flagged = [record for record in benign_records() if KNOWN.found_in(record)]

    assert flagged == []


def test_a_sighting_names_the_layers_from_the_outside() -> None:
    (seen,) = KNOWN.found_in(gzip.compress(base64.b64encode(b"a" + TOKEN.encode())))

    assert (seen.encoding, seen.label) == ("gzip+base64", "access_token #0")


def test_no_message_shows_a_value() -> None:
    (seen,) = KNOWN.found_in(TOKEN)

    assert TOKEN not in repr(seen)


def test_a_short_secret_is_refused_with_its_number() -> None:
    with pytest.raises(UsageError, match=r"secret 1 \(pin\)") as refusal:
        Secrets([Secret("token", TOKEN), Secret("pin", "12345")])

    assert "12345" not in str(refusal.value)


def test_without_secrets_nothing_is_found() -> None:
    assert Secrets([]).found_in(TOKEN) == ()


def test_a_large_body_is_searched_in_a_moment() -> None:
    rows = b"".join(b'{"PrimaryKey":"%d","name":"Acme %d","note":"nothing &amp; more"},' % (n, n) for n in range(20000))

    assert {s.index for s in KNOWN.found_in(rows + base64.b64encode(TOKEN.encode()))} == {0}


@pytest.mark.parametrize(
    ("rule", "host", "names", "covered"),
    [
        (Allowed("*.example.test", "header:authorization"), "API.example.test", ("header:authorization",), True),
        (Allowed("*.example.test", "header:Authorization"), "api.example.test", ("header:authorization",), True),
        (Allowed("*.example.test", "header:authorization"), "api.example.test", ("header:x-token",), False),
        (
            Allowed("*.example.test", "header:authorization"),
            "example.test.evil.example",
            ("header:authorization",),
            False,
        ),
        (Allowed("a.example.test", "cookie"), "a.example.test", ("cookie", "header:set-cookie"), True),
        (Allowed("a.example.test", "any"), "a.example.test", ("url",), True),
        (Allowed("a.example.test", "body", "/token"), "a.example.test", ("body",), True),
        (Allowed("a.example.test", "body", "/other"), "a.example.test", ("body",), False),
        (Allowed("a.example.test", "body", None, Side.SERVER), "a.example.test", ("body",), False),
    ],
)
def test_a_rule_covers_its_place_and_no_other(rule: Allowed, host: str, names: tuple[str, ...], covered: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert rule.covers(host, "/token?x=1", Side.APP, names) is covered


def test_a_secrets_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    allowed = [{"host": "*.example.test", "where": "header:authorization"}]
    file.write_text(json.dumps({"secrets": [{"kind": "access_token", "value": TOKEN, "allowed": allowed}]}))

    assert read_secrets(file)[0] == Secret("access_token", TOKEN, (Allowed("*.example.test", "header:authorization"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"secrets": 1}',
        '{"secrets": ["x"]}',
        '{"secrets": [{"kind": "k"}]}',
        '{"secrets": [{"kind": "k", "value": 1234567}]}',
        '{"secrets": [{"kind": "k", "value": "1234567", "alowed": []}]}',
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": [{"host": "h", "where": "somewhere"}]}]}',
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": [{"host": "h", "where": "header:"}]}]}',
    ],
)
def test_a_wrong_secrets_file_is_a_usage_error_without_the_value(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(text)

    with pytest.raises(UsageError) as refusal:
        read_secrets(file)

    assert "1234567" not in str(refusal.value)
