"""What `adversary` hides: secrets as real ones look, under one guise or several, as digests, and cut in two."""

import base64
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as one_after_another
from itertools import islice
from urllib.parse import urlencode

from benchmarks.bars.guises import GUISES, can_follow
from benchmarks.bars.hideouts import exchange, hideouts
from traffic.events import Exchange
from traffic.secrets import Allowed, Secret

DEEPEST = 4
AT_HOME = (Allowed("sod.superoffice.test", "header:authorization"),)
VALUES = (
    ("password", 'Bl\u00e5b\u00e6r+Gr\u00f8t 100% & "s\u00f8tt" <3'),
    ("password", "p%41ss\\u0042w&amp;rd=3D/+?"),
    ("password", "\U0001f511 n\u00f8kkel & l\u00e5s"),
    ("password", "hunter2-x9"),
    ("password", "\u043f\u0430\u0440\u043e\u043b\u044c-\u041a\u043b\u044e\u04477"),
    ("access_token", "8A:Cust26759." + "aZ3kLp9Qw/7Xv+Bn5Tc1" * 3 + "=="),
    ("access_token", "7T:Cust10002.c0ffee11-2233-4455-6677-8899aabbccdd"),
    ("refresh_token", "rT-9_xQ4mZ7kVb2NfL8sWc3JhD6pYg1T"),
    (
        "id_token",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IkExIn0.eyJzdWIiOiIxMjMiLCJub25jZSI6Ik4tMSJ9.dGhpcy1pcy1hLXNpZ25hdHVyZS4uLg",
    ),
    ("authorization_code", "SplxlOBeZQQYbYS6WxSbIA"),
    ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ("totp_seed", "JBSWY3DPEHPK3PXP"),
    ("session_cookie", "s%3AqT7uVbX2.nMkLp0Qz8YwRtEaS"),
    ("push_handle", "fK3x_Zq-T0a:APA91bH" + "xZ9-kQ_4" * 12),
    ("push_handle", "740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad"),
    ("personal_data", "\u00c5se S\u00f8rb\u00f8 \u00d8yg\u00e5rd"),
    ("personal_data", "Kari Nordmann"),
    ("record_mark", "Fjellheim & S\u00f8nner AS #7741"),
    ("record_mark", "mark-0a1b2c3d4e5f"),
)
_DIGESTS = ("md5", "sha1", "sha256")
_OF_DIGESTS = (
    *("hex", "base64, at 0", "base64, at 1", "base64url, at 2", "hex, colons", "base32"),
    *("msgpack, bytes", "protobuf, bytes", "zip, stored"),
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """`chain` from the innermost out; `where` is what a finding may call `place`."""

    secret: int
    chain: tuple[str, ...]
    place: str
    where: frozenset[str]
    seen: Exchange

    @property
    def is_derived(self) -> bool:
        return bool(self.chain) and self.chain[0].startswith("derived")


def secrets() -> tuple[Secret, ...]:
    return tuple(Secret(kind, value, AT_HOME) for kind, value in VALUES)


def hidden(chains: int, every: int, chance: random.Random) -> Iterator[Hidden]:
    """Of what is no chain only each `every`-th, for it is much."""
    yield from islice(one_after_another(_singles(chance), _digests(chance)), 0, None, every)
    yield from _halves(chance)
    yield from _chains(chains, chance)


def put_on(data: bytes, chain: Sequence[str], chance: random.Random) -> bytes:
    """Raises UnicodeError or ValueError for a guise of text over what is none."""
    for name in chain:
        data = GUISES[name].put_on(data, chance)
    return data


def _singles(chance: random.Random) -> Iterator[Hidden]:
    for index, (_, value) in enumerate(VALUES):
        yield from _everywhere(index, value.encode(), (), chance)
        for name in GUISES:
            yield from _everywhere(index, put_on(value.encode(), (name,), chance), (name,), chance)


def _chains(count: int, chance: random.Random) -> Iterator[Hidden]:
    """As many of two to four guises, each in one place."""
    while count:
        index = chance.randrange(len(VALUES))
        chain = tuple(chance.choices(list(GUISES), k=chance.randint(2, DEEPEST)))
        if not can_follow(chain):
            continue
        try:
            data = put_on(VALUES[index][1].encode(), chain, chance)
            places = [*_everywhere(index, data, chain, chance)]
        except (UnicodeError, ValueError):
            continue  # text made of what is none
        count -= 1
        yield chance.choice(places)


def _everywhere(
    index: int, data: bytes, chain: tuple[str, ...], chance: random.Random, of: str = ""
) -> Iterator[Hidden]:
    for place, hide in hideouts(data, chain):
        where, seen = hide(data, chance)
        names = {where, "header:host"} if place == "host" else {where}
        yield Hidden(index, (of, *chain) if of else chain, place, frozenset(names), seen)


def _digests(chance: random.Random) -> Iterator[Hidden]:
    """Of passwords and tokens, in bytes and in text, and once within other guises."""
    for index, (kind, value) in enumerate(VALUES):
        if kind == "password" or kind.endswith("_token"):
            for name in _DIGESTS:
                digest = hashlib.new(name, value.encode()).digest()
                for chain in (*((one,) for one in _OF_DIGESTS), ("hex", "JSON", "gzip")):
                    data = put_on(digest, chain, chance)
                    yield from _everywhere(index, data, chain, chance, f"derived:{name}")


def _halves(chance: random.Random) -> Iterator[Hidden]:
    for index, (_, value) in enumerate(VALUES):
        raw = value.encode()
        first, second = _cut(value, chance)
        each = {"raw": (first, second)}
        for name, encode in (("base64", base64.b64encode), ("hex", base64.b16encode)):
            each[f"{name} each"] = (encode(first.encode()).decode(), encode(second.encode()).decode())
        for name, encode in (
            ("base64", base64.urlsafe_b64encode),
            ("hex", base64.b16encode),
            ("base32", base64.b32encode),
        ):
            each[f"{name}, cut"] = _cut(encode(raw).decode(), chance)
        for name, two in each.items():
            for place, (where, seen) in _in_two(*two).items():
                yield Hidden(index, (name, "halves"), place, frozenset({where}), seen)


def _cut(text: str, chance: random.Random) -> tuple[str, str]:
    at = chance.randrange(len(text) // 3, len(text) - len(text) // 3)
    return text[:at], text[at:]


def _in_two(first: str, second: str) -> Mapping[str, tuple[str, Exchange]]:
    form, rows = urlencode({"p2": second, "k": "v", "p1": first}), {"k": [1, {"p2": second}], "p1": first}
    part = '--q1\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = part.format("b", second) + part.format("a", first) + "--q1--\r\n"
    one, other = urlencode({"p1": first}), urlencode({"a": 1, "b": second})
    return {
        "query": ("url", exchange(f"/a?{form}")),
        "form": ("body", exchange("/a", body=form.encode())),
        "JSON": ("body", exchange("/a", body=json.dumps(rows).encode())),
        "query and form": ("url", exchange(f"/a?{one}", body=other.encode())),
        "query and JSON": ("url", exchange(f"/a?{one}", body=json.dumps({"b": second}).encode())),
        "multipart": ("body", exchange("/a", body=parts.encode())),
        "GraphQL": ("body", exchange("/a", body=json.dumps({"query": "q", "variables": rows}).encode())),
    }
