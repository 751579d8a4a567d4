"""One line of events.jsonl, and the exchange or refusal it tells of; a damaged line is no evidence."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from faults import EvidenceMissing
from traffic.wire_faults import WireFault

type Headers = tuple[tuple[str, str], ...]

HTTP = frozenset({"https", "http"})
_STRONG_CIPHER = re.compile(r"(ECDHE|DHE)-.*(GCM-SHA(256|384)|CHACHA20-POLY1305)")
_BROWSERS = frozenset({"Chrome", "CriOS", "Firefox", "FxiOS", "Safari", "EdgA", "EdgiOS"})
ENCRYPTED = frozenset({"https", "wss", "tls"})
TOLD = frozenset({"exchange", "message"})
"""The kinds of event that carry what was said."""
READ_AT_MOST = 64 * 1024 * 1024
"""Bytes of a body that lies beside the events; of a larger one the rest is a blind spot."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of events.jsonl; `at` is Unix time in seconds by the recorder's clock."""

    n: int
    at: float
    kind: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The client refused what it was shown; `fault` None means it refused the recorder's good certificate.

    `alert` says that the client said so in TLS (RFC 8446 section 6.2) and did not merely leave.
    """

    n: int
    at: float
    sni: str
    error: str
    fault: WireFault | None
    alert: bool


@dataclass(frozen=True, slots=True)
class Handshake:
    """A TLS handshake that came about; `fault` is what the recorder showed wrongly in it, if anything."""

    n: int
    at: float
    sni: str
    tls_version: str
    cipher: str
    alpn: str | None
    fault: WireFault | None

    @property
    def is_strong(self) -> bool:
        """TLS 1.3, or 1.2 with forward secrecy and authenticated encryption (RFC 9325 §3.1, §4.2; MASTG-TEST-0218)."""
        if self.tls_version == "TLSv1.3":
            return True
        return self.tls_version == "TLSv1.2" and _STRONG_CIPHER.fullmatch(self.cipher) is not None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back; `host` and `port` are where the connection went, whatever the Host header says.

    Bodies have their content coding taken off. `status` is None when no server answered; `error` says why.
    `blind_spots` says what of it could not be read.

    What is no HTTP is an exchange too: a piece of a WebSocket (`wss`, `ws`), of a stream (`tls`, `tcp`, `udp`) has the
    method MESSAGE, a DNS question (`dns`) the method QUERY; one side's body is what was sent.

    `phone` and `test` say whose it is, `ahead` how many seconds the phone's clock was ahead of the recorder's, `client`
    the address and port that it came from, by which the phone's own tables name a process; `process` is that process
    where what was recorded names it, as `name (number)`.
    """

    n: int
    at: float
    started: float
    scheme: str
    method: str
    host: str
    port: int
    path: str
    url: str
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int | None = None
    response_headers: Headers = ()
    response_body: bytes = b""
    error: str | None = None
    sni: str | None = None
    http_version: str = "HTTP/1.1"
    tls_version: str | None = None
    blind_spots: tuple[str, ...] = field(default=())
    cipher: str | None = None
    alpn: str | None = None
    phone: str | None = None
    test: str | None = None
    ahead: float = 0.0
    client: str | None = None
    process: str | None = None

    @property
    def program(self) -> str:
        """What the process that sent it calls itself, without the details; a browser and an app differ in it."""
        agent = self.client_user_agent or ""
        products = [word for word in agent.split() if word.partition("/")[0] in _BROWSERS]
        return products[0] if products else agent.partition(" ")[0] or "a program without a name"

    @property
    def sent(self) -> str:
        """By which program of which phone, in which test, and when by the phone's clock; empty where nobody said so."""
        if self.phone is None:
            return self.process or ""
        at = f"{datetime.fromtimestamp(self.phone_time, UTC):%Y-%m-%d %H:%M:%S} UTC by its clock"
        place = f" from {self.client}" if self.client else ""
        who, when = self.process or self.program, f"in {self.test}" if self.test else "in no test"
        return f"{who}{place} on {self.phone}, {at}, {when}"

    @property
    def phone_time(self) -> float:
        """When it began by the phone's own clock, in Unix seconds."""
        return self.started + self.ahead

    @property
    def is_http(self) -> bool:
        return self.scheme in HTTP

    def header(self, name: str) -> str | None:
        """The first request header of that name."""
        return next(iter(self.headers_named(name)), None)

    def headers_named(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.request_headers if key.lower() == name.lower())

    def response_header(self, name: str) -> str | None:
        return next((value for key, value in self.response_headers if key.lower() == name.lower()), None)

    @property
    def client_user_agent(self) -> str | None:
        return self.header("user-agent")


def event_of(line: bytes, number: int, path: Path) -> Event:
    try:
        fields = json.loads(line)
        event = Event(int(fields.pop("n")), float(fields.pop("at")), str(fields.pop("kind")), fields)
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise EvidenceMissing(f"{path}: line {number + 1} is damaged ({trouble!r})") from trouble
    if event.n != number:
        raise EvidenceMissing(f"{path}: line {number + 1} holds event {event.n}, so events are missing")
    return event


def exchange_of(event: Event, folder: Path | None = None) -> Exchange:
    """Bodies that lie on disk are read from `folder`. Raises EvidenceMissing for a field that is missing or odd."""
    try:
        return _message(event) if event.kind == "message" else _http_exchange(event, folder)
    except (KeyError, TypeError, ValueError, OSError) as trouble:
        raise EvidenceMissing(f"event {event.n} is no exchange: {trouble!r}") from trouble


def _http_exchange(event: Event, folder: Path | None) -> Exchange:
    fields = event.fields
    return Exchange(
        n=event.n,
        at=event.at,
        started=_number(fields, "started"),
        scheme=_text(fields, "scheme"),
        method=_text(fields, "method"),
        host=_text(fields, "host"),
        port=int(_number(fields, "port")),
        path=_text(fields, "path"),
        url=_text(fields, "url"),
        request_headers=_headers(fields, "request_headers"),
        request_body=_body(fields, "request", folder),
        status=None if fields["status"] is None else int(_number(fields, "status")),
        response_headers=_headers(fields, "response_headers"),
        response_body=_body(fields, "response", folder),
        error=_text_or_none(fields, "error"),
        sni=_text_or_none(fields, "sni"),
        http_version=_text(fields, "http_version"),
        tls_version=_text_or_none(fields, "tls_version"),
        blind_spots=tuple(_unread_parts(event)),
        cipher=_said(fields, "cipher"),
        alpn=_said(fields, "alpn"),
        client=_said(fields, "client"),
        **_span(fields),
    )


def _message(event: Event) -> Exchange:
    fields = event.fields
    scheme, host, port, path = (_text(fields, "scheme"), _text(fields, "host"), fields["port"], _text(fields, "path"))
    body = base64.b64decode(_text(fields, "body"), validate=True)
    sent = bool(fields["from_client"])
    return Exchange(
        n=event.n,
        at=event.at,
        started=event.at,
        scheme=scheme,
        method="QUERY" if scheme == "dns" else "MESSAGE",
        host=host,
        port=int(_number(fields, "port")),
        path=path,
        url=f"dns:{host}" if scheme == "dns" else f"{scheme}://{host}:{port}{path}",
        request_body=body if sent else b"",
        response_body=b"" if sent else body,
        sni=_said(fields, "sni"),
        http_version="",
        tls_version=_said(fields, "tls_version"),
        client=_said(fields, "client"),
        **_span(fields),
    )


class _Span(TypedDict):
    phone: str | None
    test: str | None
    ahead: float


def _span(fields: Mapping[str, object]) -> _Span:
    ahead = fields.get("ahead", 0.0)
    if not isinstance(ahead, int | float):
        raise TypeError(f"ahead is {ahead!r}")
    return _Span(phone=_said(fields, "phone"), test=_said(fields, "test"), ahead=ahead)


def _body(fields: Mapping[str, object], side: str, folder: Path | None) -> bytes:
    apart = fields.get(f"{side}_file")
    if apart is None:
        return base64.b64decode(_text(fields, f"{side}_body"), validate=True)
    if folder is None:
        raise ValueError(f"{side}_file is {apart!r}, and nobody said beside what")
    with (folder / str(apart)).open("rb") as file:
        return file.read(READ_AT_MOST)


def handshake_of(event: Event) -> Handshake:
    """Raises EvidenceMissing for a field that is missing or odd."""
    fields = event.fields
    try:
        return Handshake(
            event.n,
            event.at,
            _text(fields, "sni"),
            _text(fields, "tls_version"),
            _text(fields, "cipher"),
            _said(fields, "alpn"),
            _fault(fields),
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise EvidenceMissing(f"event {event.n} is no handshake: {trouble!r}") from trouble


def refusal_of(event: Event) -> Refusal:
    return Refusal(
        event.n,
        event.at,
        str(event.fields.get("sni")),
        str(event.fields.get("error")),
        _fault(event.fields),
        bool(event.fields.get("alert")),
    )


def _fault(fields: Mapping[str, object]) -> WireFault | None:
    name = fields.get("fault")
    return None if name is None else WireFault(str(name))


def blind_spots_of(event: Event) -> Iterator[str]:
    if event.kind == "exchange":
        yield from _unread_parts(event)
    elif event.kind == "unread_stream":
        yield f"event {event.n}: {event.fields.get('protocol')} to {event.fields.get('host')} is not read"
    elif event.kind == "tls_refused" and event.fields.get("fault") is None and event.fields.get("alert"):
        yield f"event {event.n}: the phone refused the recorder's certificate for {event.fields.get('sni')} (pinning?)"
    elif event.kind == "recorder_fault":
        yield f"event {event.n}: an exchange could not be written down ({event.fields.get('error')})"


def _unread_parts(event: Event) -> Iterator[str]:
    what = f"event {event.n}: the {{}} of {event.fields.get('method')} {event.fields.get('host')}"
    for side in ("request", "response"):
        if event.fields.get(f"{side}_truncated") or _size_apart(event, side) > READ_AT_MOST:
            yield f"{what.format(side)} is too large and only its beginning was read"
        if event.fields.get(f"{side}_undecodable"):
            yield f"{what.format(side)} has a content coding that cannot be taken off"
    if event.fields.get("request_partial") and _announces_a_body(event):
        yield f"{what.format('request')} was cut off before its body was complete"


def _size_apart(event: Event, side: str) -> float:
    size = event.fields.get(f"{side}_size", 0)
    return size if isinstance(size, int | float) else 0


def _announces_a_body(event: Event) -> bool:
    headers = {name.lower(): value for name, value in _headers(event.fields, "request_headers")}
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}")
    return value


def _text_or_none(fields: Mapping[str, object], name: str) -> str | None:
    return None if fields[name] is None else _text(fields, name)


def _said(fields: Mapping[str, object], name: str) -> str | None:
    """A text that older recordings do not hold."""
    return None if fields.get(name) is None else _text(fields, name)


def _number(fields: Mapping[str, object], name: str) -> float:
    value = fields[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}")
    return value


def _headers(fields: Mapping[str, object], name: str) -> Headers:
    value = fields[name]
    if not isinstance(value, list):
        raise TypeError(f"{name} is {value!r}")
    return tuple((str(key), str(text)) for key, text in value)
