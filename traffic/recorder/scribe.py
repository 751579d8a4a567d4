"""Writes each exchange down the moment it ends, then forgets it; answers what is not mapped."""

import logging

from mitmproxy.connection import Client
from mitmproxy.http import Headers, HTTPFlow, Response
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.tcp import TCPFlow
from mitmproxy.tls import TlsData

from traffic.recorder.bodies import Body
from traffic.recorder.connections import hang_up
from traffic.recorder.hosts import HostMap
from traffic.recorder.journal import Journal

logger = logging.getLogger(__name__)
_REFUSED = "pocketgate_refused"


class Scribe:
    """A mitmproxy addon; its methods are mitmproxy's hooks. Holds only the flows that are still open."""

    def __init__(self, journal: Journal, hosts: HostMap) -> None:
        self._journal = journal
        self._hosts = hosts
        self._open: dict[str, HTTPFlow] = {}
        self._ended: set[str] = set()

    @property
    def in_flight(self) -> int:
        return len(self._open)

    def http_connect(self, flow: HTTPFlow) -> None:
        self._journal.write("connect", host=flow.request.host, port=flow.request.port)

    def requestheaders(self, flow: HTTPFlow) -> None:
        self._open[flow.id] = flow

    def request(self, flow: HTTPFlow) -> None:
        refusal = self._hosts.refusal(flow.request.scheme, flow.request.host, flow.request.port)
        if refusal:
            flow.metadata[_REFUSED] = refusal
            flow.response = Response.make(502, f"pocketgate recorder: {refusal}\n", {"content-type": "text/plain"})

    def response(self, flow: HTTPFlow) -> None:
        self._close(flow)

    def error(self, flow: HTTPFlow) -> None:
        self._close(flow)

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The last door: whatever protocol asks, only mapped names are connected to."""
        host, port = (data.server.address or ("", 0))[:2]
        refusal = self._hosts.refusal("https", host, port)
        if data.client.id in self._ended:
            refusal = "the client does not speak HTTP"
        data.server.error = refusal or data.server.error

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        host, port = (data.server.address or ("", 0))[:2]
        self._journal.write("connect_failed", host=host, port=port, error=data.server.error)

    def tls_failed_server(self, data: TlsData) -> None:
        host, port = (data.context.server.address or ("", 0))[:2]
        self._journal.write("connect_failed", host=host, port=port, error=data.conn.error)

    def tcp_start(self, flow: TCPFlow) -> None:
        """What is not HTTP cannot be searched for secrets: said aloud, and ended."""
        self._end_unread(flow, "tcp")

    def websocket_start(self, flow: HTTPFlow) -> None:
        self._end_unread(flow, "websocket")

    def client_disconnected(self, client: Client) -> None:
        self._ended.discard(client.id)

    def done(self) -> None:
        for flow in tuple(self._open.values()):
            self._close(flow, "the recorder ended before the response did")
        self._journal.close()

    def _end_unread(self, flow: HTTPFlow | TCPFlow, protocol: str) -> None:
        host, port = (flow.server_conn.address or ("", 0))[:2]
        self._journal.write("unread_stream", host=host, port=port, protocol=protocol)
        self._ended.add(flow.client_conn.id)
        hang_up(flow.client_conn.id)

    def _close(self, flow: HTTPFlow, error: str | None = None) -> None:
        if self._open.pop(flow.id, None) is None:
            return  # already written: an error that follows the response
        try:
            record = _record(flow, error)
        except Exception as trouble:
            logger.exception("an exchange could not be written down")
            self._journal.write("recorder_fault", error=repr(trouble))
        else:
            self._journal.write("exchange", **record)


def _record(flow: HTTPFlow, error: str | None) -> dict[str, object]:
    """An exchange as an event; headers as latin-1, which keeps every byte (RFC 9110 section 5.5)."""
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
        "sni": flow.client_conn.sni,
        "tls_version": flow.client_conn.tls_version,
        "started": flow.request.timestamp_start,
        "request_headers": _pairs(flow.request.headers, flow.request.trailers),
        "request_partial": flow.request.timestamp_end is None,
        **Body.of(flow.request).fields("request"),
        "status": answer.status_code if answer else None,
        "response_headers": _pairs(answer.headers, answer.trailers) if answer else [],
        **Body.of(answer).fields("response"),
        "error": error or refusal or (flow.error.msg if flow.error else None),
    }


def _pairs(*parts: Headers | None) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for part in parts if part for name, value in part.fields]
