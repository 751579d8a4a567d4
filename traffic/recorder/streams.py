"""What is no HTTP exchange: WebSocket messages, raw TCP and UDP, DNS questions; each piece is an event of its own."""

import base64
import ipaddress
from dataclasses import dataclass, field

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

from traffic.quic import Opening, opens_quic
from traffic.recorder.hosts import HostMap
from traffic.recorder.journal import Journal
from traffic.recorder.peer import place_of
from traffic.recorder.span import Span

_KEPT = 64  # messages of a stream that traffic.mitm keeps, the last ones; the events keep them all


@dataclass(slots=True)
class _Quic:
    """A connection of QUIC, and what the phone did when it began; told once its name is known, or will not be."""

    flow: UDPFlow
    span: dict[str, object]
    opening: Opening = field(default_factory=Opening)
    told: bool = False


class Streams:
    """A mitmproxy addon; a stream may run for days, so of each only the last messages stay in memory."""

    def __init__(self, journal: Journal, hosts: HostMap, span: Span) -> None:
        self._journal = journal
        self._hosts = hosts
        self._span = span
        self._heard: dict[str, bytes] = {}
        self._quic: dict[str, _Quic] = {}

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
        """QUIC is encrypted end to end: it is told by the name that it asks for, and not read."""
        message = flow.messages[-1]
        del flow.messages[:-_KEPT]
        if flow.id not in self._quic and message.from_client and opens_quic(message.content):
            self._quic[flow.id] = _Quic(flow, self._span.fields())
        if quic := self._quic.get(flow.id):
            if message.from_client:
                quic.opening.add(message.content)
            if quic.opening.over:
                self._tell(quic)
        else:
            self._write(flow, "udp", "", message.content, from_client=message.from_client)

    def udp_end(self, flow: UDPFlow) -> None:
        if quic := self._quic.pop(flow.id, None):
            self._tell(quic)

    def udp_error(self, flow: UDPFlow) -> None:
        self.udp_end(flow)

    def done(self) -> None:
        for quic in self._quic.values():
            self._tell(quic)

    def dns_request(self, flow: DNSFlow) -> None:
        """Names are told by the map alone, so that no question reaches a real name server."""
        for question in flow.request.questions:
            self._journal.write(
                "message",
                scheme="dns",
                host=question.name,
                port=53,
                path="",
                client=place_of(flow.client_conn),
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

    def _tell(self, quic: _Quic) -> None:
        if not quic.told:
            quic.told = True
            host, port = _target(quic.flow)
            name = quic.opening.sni
            self._journal.write(
                "unread_stream",
                host=name or host,
                port=port,
                protocol="quic",
                sni=name,
                address=host,
                client=place_of(quic.flow.client_conn),
                **quic.span,
            )

    def _write(self, flow: Flow, scheme: str, path: str, content: bytes, *, from_client: bool) -> None:
        host, port = _target(flow)
        self._journal.write(
            "message",
            scheme=scheme,
            host=host,
            port=port,
            path=path,
            client=place_of(flow.client_conn),
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
