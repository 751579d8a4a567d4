"""The recorder's control API: HTTP/1.1 on loopback, one request a connection, bearer token (RFC 6750 section 2.1)."""

import asyncio
import contextlib
import hmac
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

import h11

from traffic.recorder.faults import TlsFaults
from traffic.recorder.hosts import is_host_pattern
from traffic.recorder.journal import Journal
from traffic.recorder.scribe import Scribe
from traffic.recorder.span import Span
from traffic.wire_faults import WireFault

_PATIENCE = 10.0  # seconds for a whole request
_LARGEST = 64 * 1024  # bytes of a request body


class BadRequest(ValueError):  # noqa: N818 -- named after the status it becomes
    """The message is the reason given to the caller."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: dict[str, object]


class Control:
    def __init__(self, token: str, journal: Journal, scribe: Scribe, handshakes: TlsFaults, span: Span) -> None:
        self._token = token
        self._journal = journal
        self._scribe = scribe
        self._handshakes = handshakes
        self._faults = handshakes.faults
        self._span = span
        self._routes: dict[tuple[str, str], Callable[[dict[str, object]], dict[str, object]]] = {
            ("GET", "/health"): self._health,
            ("PUT", "/fault"): self._fault,
            ("POST", "/mark"): self._mark,
            ("PUT", "/span"): self._put_span,
        }

    def answer(self, method: str, path: str, authorization: str, body: bytes) -> Answer:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode()):
            return Answer(HTTPStatus.UNAUTHORIZED, {"error": "the control token is missing or wrong"})
        route = self._routes.get((method, path))
        if route is None:
            known = path in {known for _, known in self._routes}
            status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
            return Answer(status, {"error": f"no {method} {path}"})
        try:
            return Answer(HTTPStatus.OK, route(_fields(body)))
        except BadRequest as trouble:
            return Answer(HTTPStatus.BAD_REQUEST, {"error": str(trouble)})

    def _health(self, fields: dict[str, object]) -> dict[str, object]:
        _only(fields, set())
        return {
            "events": self._journal.events,
            "faults_served": self._faults.served,
            "in_flight": self._scribe.in_flight,
            "faults": self._faults.active,
        }

    def _fault(self, fields: dict[str, object]) -> dict[str, object]:
        _only(fields, {"host", "fault"})
        host, name = fields["host"], fields["fault"]
        if not isinstance(host, str) or not is_host_pattern(host):
            raise BadRequest(f"host: {host!r} is no host pattern such as *.example.test")
        try:
            fault = None if name is None else _fault_named(name)
        except ValueError:
            raise BadRequest(f"fault: {name!r} is none of {', '.join(WireFault)}, null") from None
        return {"events": self._journal.events, "connections_closed": self._handshakes.serve(host, fault)}

    def _mark(self, fields: dict[str, object]) -> dict[str, object]:
        _only(fields, {"label"})
        label = fields["label"]
        if not isinstance(label, str) or not label:
            raise BadRequest("label: expected a text that is not empty")
        return {"n": self._journal.write("mark", label=label, **self._span.fields())}

    def _put_span(self, fields: dict[str, object]) -> dict[str, object]:
        """What is going on from now on; a field that is left out stays as it is."""
        if not fields or set(fields) - {"test", "ahead"}:
            raise BadRequest(f"expected some of the fields ['ahead', 'test'], got {sorted(fields)}")
        test, ahead = fields.get("test", self._span.test), fields.get("ahead", self._span.ahead)
        if not isinstance(test, str | None):
            raise BadRequest("test: expected a text or null")
        if isinstance(ahead, bool) or not isinstance(ahead, int | float) or not math.isfinite(ahead):
            raise BadRequest("ahead: expected a number of seconds")
        self._span.test, self._span.ahead = test, float(ahead)
        return {"n": self._journal.write("span", **self._span.fields())}


class ControlServer:
    """Runs in the proxy's own loop, so that what it says and what is recorded are in one order."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Returns the base URL."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(self._talk(reader, writer), _PATIENCE)
        except (TimeoutError, ConnectionError):
            pass  # the caller has gone or says nothing; nobody is left to tell
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        try:
            request, body = await _request(http, lambda: reader.read(_LARGEST))
        except (h11.RemoteProtocolError, BadRequest) as trouble:
            answer = Answer(HTTPStatus.BAD_REQUEST, {"error": str(trouble)})
        else:
            authorization = dict(request.headers).get(b"authorization", b"").decode("latin-1")
            answer = self._control.answer(request.method.decode(), request.target.decode(), authorization, body)
        writer.write(_response(http, answer))
        await writer.drain()


async def _request(http: h11.Connection, read: Callable[[], Awaitable[bytes]]) -> tuple[h11.Request, bytes]:
    request: h11.Request | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await read())
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _LARGEST:
                raise BadRequest(f"the body is larger than {_LARGEST} bytes")
        elif isinstance(event, h11.EndOfMessage) and request:
            return request, body
        else:
            raise ConnectionResetError


def _response(http: h11.Connection, answer: Answer) -> bytes:
    body = json.dumps(answer.body).encode()
    headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
    if answer.status is HTTPStatus.UNAUTHORIZED:
        headers.append(("www-authenticate", "Bearer"))
    if http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
        return b""
    head = http.send(h11.Response(status_code=answer.status, headers=headers, reason=answer.status.phrase)) or b""
    return head + (http.send(h11.Data(data=body)) or b"") + (http.send(h11.EndOfMessage()) or b"")


def _fault_named(name: object) -> WireFault:
    if not isinstance(name, str):
        raise ValueError(name)  # noqa: TRY004 -- refused like any other name that is none
    return WireFault(name)


def _fields(body: bytes) -> dict[str, object]:
    if not body:
        return {}
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as trouble:
        raise BadRequest(f"the body is not JSON: {trouble}") from None
    if not isinstance(fields, dict):
        raise BadRequest("the body is not a JSON object")
    return fields


def _only(fields: dict[str, object], expected: set[str]) -> None:
    if set(fields) != expected:
        raise BadRequest(f"expected the fields {sorted(expected)}, got {sorted(fields)}")
