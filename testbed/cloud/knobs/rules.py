"""Orders to break something: what can be ordered, checked at the door, kept with the state."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus

from testbed.cloud.forms import BadInputError, Json
from testbed.cloud.store import Store

LONGEST_SECONDS, LONGEST_TEXT = 120, 1_000_000
# a body with one of these would be taken for the beginning of the next answer (RFC 9110 section 6.4.1)
BODILESS = frozenset({204, 205, 304})
STATUSES = {status.value for status in HTTPStatus if status >= HTTPStatus.OK}


class Kind(StrEnum):
    """What happens to a matching request or handshake."""

    LATENCY = "latency"
    LOSS = "loss"
    STATUS = "status"
    REPLY = "reply"
    TRUNCATE = "truncate"
    TLS = "tls"
    CERTIFICATE = "certificate"


class Forgery(StrEnum):
    """What is wrong with a certificate."""

    SELF_SIGNED = "self_signed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_HOST = "wrong_host"
    UNKNOWN_CA = "unknown_ca"
    REVOKED = "revoked"
    SHA1 = "sha1"


TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
HANDSHAKE = frozenset({Kind.TLS, Kind.CERTIFICATE})
FIELDS = {
    Kind.LATENCY: {"seconds"},
    Kind.LOSS: {"after_bytes"},
    Kind.STATUS: {"status", "retry_after"},
    Kind.REPLY: {"status", "headers", "body", "body_base64"},
    Kind.TRUNCATE: {"bytes"},
    Kind.TLS: {"minimum", "maximum"},
    Kind.CERTIFICATE: {"certificate"},
}
SCOPE = {"kind", "host", "path", "method", "times"}
NEEDED = {
    Kind.LATENCY: {"seconds"},
    Kind.STATUS: {"status"},
    Kind.TRUNCATE: {"bytes"},
    Kind.CERTIFICATE: {"certificate"},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`host` and `path` are patterns with `*`; `times` None is until it is taken back.

    `what` holds the fields of its kind, checked.
    """

    kind: Kind
    host: str
    path: str
    method: str | None
    times: int | None
    what: Mapping[str, Json] = field(default_factory=dict)

    def concerns(self, host: str, path: str, method: str) -> bool:
        fits = fnmatchcase(host, self.host) and fnmatchcase(path, self.path)
        return fits and self.method in {None, method}

    def carrier(self) -> dict[str, Json]:
        scope: dict[str, Json] = {"kind": self.kind.value, "host": self.host, "path": self.path}
        return {**scope, "method": self.method, "times": self.times, **self.what}


@dataclass(slots=True)
class Order:
    """A rule in force and how often it struck."""

    number: int
    rule: Rule
    hits: int

    @property
    def spent(self) -> bool:
        return self.rule.times is not None and self.hits >= self.rule.times


def read(body: Mapping[str, Json]) -> Rule:
    """Raises BadInputError for whatever is not modelled."""
    if body.get("kind") not in set(Kind):
        raise BadInputError(f"kind must be one of {', '.join(Kind)}")
    kind = Kind(str(body["kind"]))
    what = {name: value for name, value in body.items() if name not in SCOPE}
    if not what.keys() <= FIELDS[kind] or not NEEDED.get(kind, set()) <= what.keys():
        raise BadInputError(f"{kind} takes {', '.join(sorted(FIELDS[kind]))}")
    for name, value in what.items():
        CHECKS[name](name, value)
    if kind is Kind.REPLY and what.get("status") in BODILESS and what.keys() & {"body", "body_base64"}:
        raise BadInputError(f"an answer with {what['status']} has no body")
    times = body.get("times")
    if times is not None:
        _whole("times", times)
        _number("times", times, 1, LONGEST_TEXT)
    if kind in HANDSHAKE and (body.get("path", "*") != "*" or body.get("method") is not None):
        raise BadInputError(f"{kind} strikes before there is a path or a method")
    method = body.get("method")
    return Rule(
        kind=kind,
        # names are read in lower case, methods are written in upper case (RFC 9110 sections 4.2.3 and 9.1)
        host=_text("host", body.get("host")).lower(),
        path=_text("path", body.get("path", "*")),
        method=None if method is None else _text("method", method).upper(),
        times=times if isinstance(times, int) else None,
        what=what,
    )


class Orders:
    """In memory for every request, in the database for the next start."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._orders: dict[int, Order] = {}
        self.reload()

    def reload(self) -> None:
        rows = self._store.all("SELECT * FROM knob ORDER BY id")
        self._orders = {row["id"]: Order(row["id"], read(json.loads(row["body"])), row["hits"]) for row in rows}

    @property
    def none(self) -> bool:
        return not self._orders

    def all(self) -> tuple[Order, ...]:
        return tuple(self._orders.values())

    def give(self, rule: Rule) -> Order:
        self._store.change("INSERT INTO knob (body) VALUES (?)", (json.dumps(rule.carrier()),))
        self.reload()
        return self._orders[max(self._orders)]

    def take_back(self, number: int | None = None) -> int:
        """One, or all; how many there were."""
        every = number is None
        gone = self._store.change("DELETE FROM knob WHERE ? OR id = ?", (int(every), number))
        self.reload()
        return gone

    def striking(self, kinds: frozenset[Kind], host: str, path: str = "*", method: str = "") -> tuple[Order, ...]:
        """The orders that concern this, each counted as having struck once more."""
        found = tuple(
            order
            for order in self._orders.values()
            if order.rule.kind in kinds and not order.spent and order.rule.concerns(host, path, method)
        )
        for order in found:
            order.hits += 1
            self._store.change("UPDATE knob SET hits = ? WHERE id = ?", (order.hits, order.number))
        return found

    def any(self, kinds: frozenset[Kind]) -> bool:
        return any(order.rule.kind in kinds and not order.spent for order in self._orders.values())


def _text(name: str, value: Json) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise BadInputError(f"{name} must be a text")
    return value


def _any_text(name: str, value: Json) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise BadInputError(f"{name} must be a text")


def _number(name: str, value: Json, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadInputError(f"{name} must be a number from {least} to {most}")


def _whole(name: str, value: Json) -> None:
    if not isinstance(value, int):
        raise BadInputError(f"{name} must be a whole number")
    _number(name, value, 0, LONGEST_TEXT)


def _status(name: str, value: Json) -> None:
    if isinstance(value, bool) or value not in STATUSES:
        raise BadInputError(f"{name} must be a status of HTTP, from 200 on")


def _headers(name: str, value: Json) -> None:
    if not isinstance(value, dict) or not all(isinstance(each, str) and each.isascii() for each in value.values()):
        raise BadInputError(f"{name} must be an object of texts")


def _base64(name: str, value: Json) -> None:
    try:
        base64.b64decode(_text(name, value), validate=True)
    except binascii.Error:
        raise BadInputError(f"{name} must be base64") from None


def _version(name: str, value: Json) -> None:
    if value not in TLS_VERSIONS:
        raise BadInputError(f"{name} must be one of {', '.join(TLS_VERSIONS)}")


def _forgery(name: str, value: Json) -> None:
    if value not in set(Forgery):
        raise BadInputError(f"{name} must be one of {', '.join(Forgery)}")


CHECKS = {
    "seconds": lambda name, value: _number(name, value, 0, LONGEST_SECONDS),
    "after_bytes": _whole,
    "bytes": _whole,
    "status": _status,
    "retry_after": _any_text,
    "headers": _headers,
    "body": _any_text,
    "body_base64": _base64,
    "minimum": _version,
    "maximum": _version,
    "certificate": _forgery,
}
