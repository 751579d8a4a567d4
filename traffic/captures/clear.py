"""HTTP/1 in clear, read from the two directions of a stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import dpkt
from dpkt import http

from traffic.captures.streams import Stream
from traffic.codings import UnknownCodingError, codings_of, decoded

REQUEST = re.compile(rb"[A-Z]{3,16} [^ \r\n]{1,65536} HTTP/1\.[01]\r?\n")
BYTES = "MESSAGE"
"""The method of what is no request."""
_INTERIM = frozenset({"100", "102", "103"})  # answers before the answer (RFC 9110 section 15.2)
_SWITCHED = "101"
_BODY_LIMIT = 8 * 1024 * 1024
_DPKT = (dpkt.Error, ValueError, KeyError, IndexError, TypeError, AttributeError)
"""What dpkt raises on data that are no message."""
type Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A request and its answer, if there was one; `rest` says what of it could not be read."""

    method: str
    target: str
    version: str
    headers: Pairs
    body: bytes
    status: int | None
    answer_headers: Pairs
    answer_body: bytes
    rest: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


def is_http(data: bytes) -> bool:
    return REQUEST.match(data) is not None


def spoken(stream: Stream) -> Iterator[Spoken]:
    """Every request of a stream in clear, in turn; a message that is cut off or no HTTP ends it.

    What stands behind the last one, either way, is one more, of the method MESSAGE.
    """
    asked, answered, rest = bytes(stream.sent.data), bytes(stream.received.data), tuple[str, ...]()
    while is_http(asked):
        request, asked, trouble = _read(http.Request, asked)
        if request is None:
            line = asked.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            yield Spoken(line[0], line[1], "HTTP/1.1", (), asked[:_BODY_LIMIT], None, (), b"", (trouble,))
            return
        unanswered = not answered
        answer, answered, trouble = _read(http.Response, answered)
        while answer and answer.status in _INTERIM:
            answer, answered, trouble = _read(http.Response, answered)
        yield _exchange(request, answer, () if answer or unanswered else (trouble,))
        if request.method == "CONNECT":
            return
        if answer and answer.status == _SWITCHED:
            rest = ("it goes on in another protocol, whose frames may be masked", *rest)
            break
    if asked or answered:
        yield Spoken(BYTES, "", "", (), asked[:_BODY_LIMIT], None, (), answered[:_BODY_LIMIT], rest)


def tunnelled(stream: Stream) -> tuple[str, bytes, bytes] | None:
    """Where a CONNECT leads and what was said through it, both ways (RFC 9110 §9.3.6); None if it is no tunnel."""
    sent, received = bytes(stream.sent.data), bytes(stream.received.data)
    if not sent.startswith(b"CONNECT ") or not re.match(rb"HTTP/1\.[01] 2\d\d", received):
        return None
    target = sent.split(b" ", 2)[1].decode("latin-1")
    return target, sent.partition(b"\r\n\r\n")[2], received.partition(b"\r\n\r\n")[2]


def _read[M: (http.Request, http.Response)](kind: type[M], data: bytes) -> tuple[M | None, bytes, str]:
    try:
        message = kind(data)
    except _DPKT as trouble:
        return None, data, f"{type(trouble).__name__}: {trouble}"[:120]
    return message, bytes(message.data), ""


def _exchange(request: http.Request, answer: http.Response | None, rest: tuple[str, ...]) -> Spoken:
    sent, first = _plain(request)
    got, second = _plain(answer) if answer else (b"", ())
    status = str(answer.status) if answer else ""
    return Spoken(
        str(request.method),
        str(request.uri),
        f"HTTP/{request.version}",
        _pairs(request.headers),
        sent,
        int(status) if status.isdigit() else None,
        _pairs(answer.headers) if answer else (),
        got,
        (*rest, *first, *second),
    )


def _plain(message: http.Message) -> tuple[bytes, tuple[str, ...]]:
    coding = message.headers.get("content-encoding")
    try:
        body, cut = decoded(bytes(message.body), codings_of(coding if isinstance(coding, str) else None), _BODY_LIMIT)
    except UnknownCodingError as trouble:
        return bytes(message.body), (str(trouble),)
    return body, ("a body is larger than what is read",) if cut else ()


def _pairs(headers: dict[str, object]) -> Pairs:
    """dpkt makes a list of a header that is given more than once."""
    return tuple(
        (str(name), str(one))
        for name, value in headers.items()
        for one in (value if isinstance(value, list) else [value])
    )
