"""Writes each exchange down the moment it ends, then forgets it; answers what is not mapped."""

import logging
from dataclasses import dataclass
from pathlib import Path

from mitmproxy.connection import Client
from mitmproxy.http import Headers, HTTPFlow, Message, Request, Response
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.tls import TlsData

from traffic.recorder.bodies import LARGE, Body, Spool
from traffic.recorder.hosts import HostMap
from traffic.recorder.journal import Journal
from traffic.recorder.peer import place_of
from traffic.recorder.span import Span

logger = logging.getLogger(__name__)
_REFUSED = "pocketgate_refused"
WHOLE = "pocketgate_whole"
"""In a flow's metadata: its bodies are waited for and not passed on piece by piece."""
_HIGHEST_WITHOUT_BODY = 199  # statuses; RFC 9110 section 15.2


@dataclass(slots=True)
class Open:
    """An exchange under way, and what was going on when it began; large bodies are on disk already."""

    flow: HTTPFlow
    span: dict[str, object]
    request: Spool | None = None
    response: Spool | None = None


class Scribe:
    """A mitmproxy addon; its methods are mitmproxy's hooks. Holds only the flows that are still open."""

    def __init__(self, journal: Journal, hosts: HostMap, span: Span, bodies: Path) -> None:
        self._journal = journal
        self._hosts = hosts
        self._span = span
        self._bodies = bodies
        self._open: dict[str, Open] = {}

    @property
    def in_flight(self) -> int:
        return len(self._open)

    def http_connect(self, flow: HTTPFlow) -> None:
        self._journal.write("connect", host=flow.request.host, port=flow.request.port, **self._span.fields())

    def requestheaders(self, flow: HTTPFlow) -> None:
        under_way = self._open[flow.id] = Open(flow, self._span.fields())
        if _may_be_large(flow.request) and not (flow.metadata.get(WHOLE) or self._refusal(flow.request)):
            under_way.request = Spool(flow.request, self._bodies / f"{flow.id}.request")
            flow.request.stream = under_way.request

    def request(self, flow: HTTPFlow) -> None:
        refusal = self._refusal(flow.request)
        if refusal:
            flow.metadata[_REFUSED] = refusal
            flow.response = Response.make(502, f"pocketgate recorder: {refusal}\n", {"content-type": "text/plain"})

    def responseheaders(self, flow: HTTPFlow) -> None:
        under_way = self._open.get(flow.id)
        if under_way and flow.response and _may_be_large(flow.response) and not flow.metadata.get(WHOLE):
            under_way.response = Spool(flow.response, self._bodies / f"{flow.id}.response")
            flow.response.stream = under_way.response

    def response(self, flow: HTTPFlow) -> None:
        self._close(flow)

    def error(self, flow: HTTPFlow) -> None:
        self._close(flow)

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The last door: whatever protocol asks, only mapped names are connected to, and only by TLS."""
        host, port = (data.server.address or ("", 0))[:2]
        refusal = self._hosts.refusal("https" if data.client.tls_established else "bytes", host, port)
        data.server.error = refusal or data.server.error

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        host, port = (data.server.address or ("", 0))[:2]
        self._journal.write("connect_failed", host=host, port=port, error=data.server.error)

    def tls_failed_server(self, data: TlsData) -> None:
        host, port = (data.context.server.address or ("", 0))[:2]
        self._journal.write("connect_failed", host=host, port=port, error=data.conn.error)

    def done(self) -> None:
        for under_way in tuple(self._open.values()):
            self._close(under_way.flow, "the recorder ended before the response did")

    def _refusal(self, request: Request) -> str | None:
        return self._hosts.refusal(request.scheme, request.host, request.port)

    def _close(self, flow: HTTPFlow, error: str | None = None) -> None:
        under_way = self._open.pop(flow.id, None)
        if under_way is None:
            return  # already written: an error that follows the response
        try:
            record = _record(under_way, error)
        except Exception as trouble:
            logger.exception("an exchange could not be written down")
            self._journal.write("recorder_fault", error=repr(trouble))
        else:
            self._journal.write("exchange", **record)


def _may_be_large(message: Message) -> bool:
    """Whether it is announced as large, or may become so; what is short never leaves mitmproxy's usual way."""
    if isinstance(message, Response) and message.status_code <= _HIGHEST_WITHOUT_BODY:
        return False
    length = message.headers.get("content-length")
    if length is None:
        return isinstance(message, Response) or "transfer-encoding" in message.headers
    return length.isascii() and length.isdigit() and int(length) > LARGE


def _record(under_way: Open, error: str | None) -> dict[str, object]:
    """An exchange as an event; headers as latin-1, which keeps every byte (RFC 9110 section 5.5)."""
    flow = under_way.flow
    refusal = flow.metadata.get(_REFUSED)
    answer = None if refusal else flow.response
    return {
        "scheme": flow.request.scheme,
        "method": flow.request.method,
        "host": flow.request.host,
        "port": flow.request.port,
        "path": flow.request.path,
        "url": flow.request.url,
        "http_version": flow.request.http_version,
        **_connection(flow.client_conn),
        **under_way.span,
        "started": flow.request.timestamp_start,
        "request_headers": _pairs(flow.request.headers, flow.request.trailers),
        "request_partial": flow.request.timestamp_end is None,
        **_body("request", flow.request, under_way.request),
        "status": answer.status_code if answer else None,
        "response_headers": _pairs(answer.headers, answer.trailers) if answer else [],
        **_body("response", answer, under_way.response if answer else None),
        "error": error or refusal or (flow.error.msg if flow.error else None),
    }


def _connection(client: Client) -> dict[str, object]:
    return {
        "client": place_of(client),
        "sni": client.sni,
        "tls_version": client.tls_version,
        "cipher": client.cipher,
        "alpn": client.alpn.decode("latin-1") if client.alpn else None,
    }


def _body(side: str, message: Message | None, spool: Spool | None) -> dict[str, object]:
    return spool.fields(side) if spool else Body.of(message).fields(side)


def _pairs(*parts: Headers | None) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for part in parts if part for name, value in part.fields]
