"""traffic.mitm: every flow in mitmproxy's own format, for mitmproxy's own tools.

mitmproxy can save flows itself (addons/save.py), but spends a tenth of a request's time on it: half of that describes
two connections that are the same from request to request, and half is its tnetstring writer. What is written here is
the same (a test compares).
"""

import copy
import logging
import os
from pathlib import Path

from mitmproxy.connection import Client, Connection
from mitmproxy.dns import DNSFlow
from mitmproxy.flow import Flow
from mitmproxy.http import HTTPFlow
from mitmproxy.io.tnetstring import TSerializable
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.tcp import TCPFlow
from mitmproxy.udp import UDPFlow
from mitmproxy.version import FLOW_FORMAT_VERSION

logger = logging.getLogger(__name__)


class FlowFile:
    """A mitmproxy addon; a disk that refuses a flow ends the process, since unrecorded traffic would look clean."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._open: dict[str, Flow] = {}
        self._described: dict[str, tuple[object, bytes]] = {}

    def request(self, flow: HTTPFlow) -> None:
        self._open[flow.id] = flow

    def response(self, flow: HTTPFlow) -> None:
        if flow.websocket is None:
            self._write(flow)

    def error(self, flow: HTTPFlow) -> None:
        self.response(flow)

    def websocket_end(self, flow: HTTPFlow) -> None:
        self._write(flow)

    def tcp_start(self, flow: TCPFlow) -> None:
        self._open[flow.id] = flow

    def tcp_end(self, flow: TCPFlow) -> None:
        self._write(flow)

    def tcp_error(self, flow: TCPFlow) -> None:
        self._write(flow)

    def udp_start(self, flow: UDPFlow) -> None:
        self._open[flow.id] = flow

    def udp_end(self, flow: UDPFlow) -> None:
        self._write(flow)

    def udp_error(self, flow: UDPFlow) -> None:
        self._write(flow)

    def dns_response(self, flow: DNSFlow) -> None:
        self._write(flow)

    def dns_error(self, flow: DNSFlow) -> None:
        self._write(flow)

    def client_disconnected(self, client: Client) -> None:
        self._described.pop(client.id, None)

    def server_disconnected(self, data: ServerConnectionHookData) -> None:
        self._described.pop(data.server.id, None)

    def done(self) -> None:
        for flow in tuple(self._open.values()):
            self._write(flow)
        self._file.close()

    def _write(self, flow: Flow) -> None:
        self._open.pop(flow.id, None)
        try:
            self._file.write(self._state(flow))
            self._file.flush()
        except OSError:
            logger.critical("the flows file cannot be written, so the recorder ends", exc_info=True)
            os._exit(1)

    def _state(self, flow: Flow) -> bytes:
        if not isinstance(flow, HTTPFlow) or flow.websocket or flow.modified():  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
            return encoded(flow.get_state())
        parts = {
            "version": encoded(FLOW_FORMAT_VERSION),
            "type": encoded(flow.type),
            "id": encoded(flow.id),
            "error": encoded(flow.error.get_state() if flow.error else None),
            "client_conn": self._connection(flow.client_conn),
            "server_conn": self._connection(flow.server_conn),
            "intercepted": encoded(flow.intercepted),
            "is_replay": encoded(flow.is_replay),
            "marked": encoded(flow.marked),
            "metadata": encoded(copy.copy(flow.metadata)),
            "comment": encoded(flow.comment),
            "timestamp_created": encoded(flow.timestamp_created),
            "backup": encoded(None),
            "request": encoded(flow.request.get_state()),  # type: ignore[no-untyped-call] # as above
            "response": encoded(flow.response.get_state() if flow.response else None),  # type: ignore[no-untyped-call] # as above
            "websocket": encoded(None),
        }
        return _dictionary(b"".join(encoded(name) + value for name, value in parts.items()))

    def _connection(self, connection: Connection) -> bytes:
        """As it was described before, if nothing has happened to it since."""
        now = (connection.state, connection.error, connection.timestamp_tls_setup, connection.timestamp_end)
        known = self._described.get(connection.id)
        if known is None or known[0] != now:
            known = self._described[connection.id] = (now, encoded(connection.get_state()))
        return known[1]


def encoded(value: TSerializable) -> bytes:  # noqa: PLR0911 -- a type a line
    """A tnetstring, as mitmproxy/io/tnetstring.py writes it; raises TypeError for what has no form in it."""
    match value:
        case bytes():
            return b"%d:%b," % (len(value), value)
        case str():
            data = value.encode()
            return b"%d:%b;" % (len(data), data)
        case None:
            return b"0:~"
        case bool():
            return b"4:true!" if value else b"5:false!"
        case int():
            data = b"%d" % value
            return b"%d:%b#" % (len(data), data)
        case float():
            data = repr(value).encode()
            return b"%d:%b^" % (len(data), data)
        case list() | tuple():
            data = b"".join(map(encoded, value))
            return b"%d:%b]" % (len(data), data)
        case dict():
            return _dictionary(b"".join(encoded(key) + encoded(each) for key, each in value.items()))
    raise TypeError(f"{type(value).__name__} has no tnetstring")


def _dictionary(data: bytes) -> bytes:
    return b"%d:%b}" % (len(data), data)
