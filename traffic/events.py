"""One line of events.jsonl, and the exchange or refusal it tells of; a damaged line is no evidence."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults import EvidenceMissing
from traffic.certificates import CertificateFault

type Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of events.jsonl; `at` is Unix time in seconds by the recorder's clock."""

    n: int
    at: float
    kind: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The client refused the certificate it was shown; `fault` None means it refused the recorder's good one.

    `alert` says that the client said so in TLS (RFC 8446 section 6.2) and did not merely leave.
    """

    n: int
    at: float
    sni: str
    error: str
    fault: CertificateFault | None
    alert: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back; `host` and `port` are where the connection went, whatever the Host header says.

    Bodies have their content coding taken off. `status` is None when no server answered; `error` says why.
    `blind_spots` says what of it could not be read.
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


def exchange_of(event: Event) -> Exchange:
    """Raises EvidenceMissing when a field is missing or of the wrong form."""
    fields = event.fields
    try:
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
            request_body=base64.b64decode(_text(fields, "request_body"), validate=True),
            status=None if fields["status"] is None else int(_number(fields, "status")),
            response_headers=_headers(fields, "response_headers"),
            response_body=base64.b64decode(_text(fields, "response_body"), validate=True),
            error=_text_or_none(fields, "error"),
            sni=_text_or_none(fields, "sni"),
            http_version=_text(fields, "http_version"),
            tls_version=_text_or_none(fields, "tls_version"),
            blind_spots=tuple(_unread_parts(event)),
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise EvidenceMissing(f"event {event.n} is no exchange: {trouble!r}") from trouble


def refusal_of(event: Event) -> Refusal:
    fault = event.fields.get("fault")
    return Refusal(
        event.n,
        event.at,
        str(event.fields.get("sni")),
        str(event.fields.get("error")),
        None if fault is None else CertificateFault(str(fault)),
        bool(event.fields.get("alert")),
    )


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
        if event.fields.get(f"{side}_truncated"):
            yield f"{what.format(side)} is too large and only its beginning was read"
        if event.fields.get(f"{side}_undecodable"):
            yield f"{what.format(side)} has a content coding that cannot be taken off"
    if event.fields.get("request_partial") and _announces_a_body(event):
        yield f"{what.format('request')} was cut off before its body was complete"


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
