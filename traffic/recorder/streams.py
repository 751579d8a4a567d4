"""What is no HTTP exchange: WebSocket messages, raw TCP and UDP, DNS questions; each piece is an event of its own."""

import base64
import ipaddress

from mitmproxy import dns
from mitmproxy.connection import Client
from mitmproxy.dns import DNSFlow
from mitmproxy.flow import Flow
from mitmproxy.http import HTTPFlow
from mitmproxy.net.dns import response_codes, types
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.tcp import TCPFlow
from mitmproxy.udp import UDPFlow

from traffic.recorder.hosts import HostMap
from traffic.recorder.journal import Journal
from traffic.recorder.span import Span

_KEPT = 64  # messages of a stream that traffic.mitm keeps, the last ones; the events keep them all
_LONG_HEADER = 0xC0  # the first two bits of a QUIC packet that opens a connection (RFC 9000 section 17.2)


class Streams:
    """A mitmproxy addon; a stream may run for days, so of each only the last messages stay in memory."""

    def __init__(self, journal: Journal, hosts: HostMap, span: Span) -> None:
        self._journal = journal
        self._hosts = hosts
        self._span = span
        self._heard: dict[str, bytes] = {}
        self._quic: set[str] = set()

    def websocket_message(self, flow: HTTPFlow) -> None:
        if flow.websocket is None or not flow.websocket.messages:
            return
        message = flow.websocket.messages[-1]
        scheme = "wss" if flow.request.scheme == "https" else "ws"
        self._write(flow, scheme, flow.request.path, message.content, from_client=message.from_client)
        del flow.websocket.messages[:-_KEPT]

    def next_layer(self, nextlayer: NextLayer) -> None:
        """Raw bytes to a host that leads nowhere: mitmproxy would end that connection before it reads them."""
        if isinstance(nextlayer.layer, TCPLayer):
            self._heard[nextlayer.context.client.id] = nextlayer.data_client()  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped

    def tcp_message(self, flow: TCPFlow) -> None:
        self._heard.pop(flow.client_conn.id, None)
        message = flow.messages[-1]
        self._write(flow, _scheme(flow.client_conn), "", message.content, from_client=message.from_client)
        del flow.messages[:-_KEPT]

    def tcp_error(self, flow: TCPFlow) -> None:
        if heard := self._heard.pop(flow.client_conn.id, b""):
            self._write(flow, _scheme(flow.client_conn), "", heard, from_client=True)

    def udp_message(self, flow: UDPFlow) -> None:
        """QUIC is encrypted end to end: it is told, not read."""
        message = flow.messages[-1]
        del flow.messages[:-_KEPT]
        if flow.id in self._quic:
            return
        if message.from_client and message.content[:1] >= bytes([_LONG_HEADER]) and any(message.content[1:5]):
            self._quic.add(flow.id)
            host, port = _target(flow)
            self._journal.write("unread_stream", host=host, port=port, protocol="quic", **self._span.fields())
        else:
            self._write(flow, "udp", "", message.content, from_client=message.from_client)

    def udp_end(self, flow: UDPFlow) -> None:
        self._quic.discard(flow.id)

    def dns_request(self, flow: DNSFlow) -> None:
        """Names are told by the map alone, so that no question reaches a real name server."""
        for question in flow.request.questions:
            self._journal.write(
                "message",
                scheme="dns",
                host=question.name,
                port=53,
                path="",
                from_client=True,
                body=_text(question.name.encode()),
                **self._span.fields(),
            )
        flow.response = self._answer(flow.request)

    def client_disconnected(self, client: Client) -> None:
        self._heard.pop(client.id, None)

    def _answer(self, asked: dns.DNSMessage) -> dns.DNSMessage:
        question = asked.question
        address = self._hosts.address_of(question.name) if question else None
        if question is None or address is None:
            return asked.fail(response_codes.NXDOMAIN)
        number = ipaddress.ip_address(address)
        kind = types.A if isinstance(number, ipaddress.IPv4Address) else types.AAAA
        record = dns.ResourceRecord(question.name, kind, question.class_, dns.ResourceRecord.DEFAULT_TTL, number.packed)
        return asked.succeed([record] if question.type == kind else [])

    def _write(self, flow: Flow, scheme: str, path: str, content: bytes, *, from_client: bool) -> None:
        host, port = _target(flow)
        self._journal.write(
            "message",
            scheme=scheme,
            host=host,
            port=port,
            path=path,
            sni=flow.client_conn.sni,
            tls_version=flow.client_conn.tls_version,
            from_client=from_client,
            body=_text(content),
            **self._span.fields(),
        )


def _target(flow: Flow) -> tuple[str, int]:
    if isinstance(flow, HTTPFlow):
        return flow.request.host, flow.request.port
    host, port = (flow.server_conn.address or ("", 0))[:2]
    return host, port


def _scheme(client: Client) -> str:
    return "tls" if client.tls_established else "tcp"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
