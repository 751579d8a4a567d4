"""Bad TLS on demand, and what the client made of it."""

from contextlib import suppress
from dataclasses import dataclass

from mitmproxy import ctx
from mitmproxy.addons.tlsconfig import AppData, TlsConfig, alpn_select_callback
from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.context import Context
from mitmproxy.tcp import TCPFlow
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from traffic.recorder.connections import clients_of, hang_up, send_last
from traffic.recorder.forgery import Forgery, Issuer, forge
from traffic.recorder.hosts import host_matches
from traffic.recorder.journal import Journal
from traffic.recorder.span import Span
from traffic.wire_faults import TLS, WireFault

_ANY_STRENGTH = (
    b"ALL:@SECLEVEL=0"  # OpenSSL refuses to show weak keys, signatures and versions itself (SSL_CTX_set_security_level)
)

_RECORD = 1 << 14  # bytes of a TLS record at most


@dataclass(slots=True)
class Offer:
    """One handshake with one client, and the fault that it was shown."""

    sni: str
    fault: WireFault | None
    shaken: bool = False
    decided: bool = False


class Faults:
    """The faults in force, by host pattern; of several that match, the one set last counts."""

    def __init__(self) -> None:
        self._by_pattern: dict[str, WireFault] = {}
        self._swapped: set[str] = set()
        self.served = 0

    @property
    def active(self) -> dict[str, str]:
        return {pattern: fault.value for pattern, fault in self._by_pattern.items()}

    def put(self, pattern: str, fault: WireFault | None) -> None:
        self._by_pattern.pop(pattern, None)
        self._swapped.clear()
        if fault:
            self._by_pattern[pattern] = fault

    def at(self, host: str) -> WireFault | None:
        return next((f for pattern, f in reversed(self._by_pattern.items()) if host_matches(pattern, host)), None)

    def in_handshake(self, host: str) -> WireFault | None:
        """What the next handshake shows; a swap comes once a request was answered over the good one."""
        fault = self.at(host)
        if fault is WireFault.SWAPPED and host not in self._swapped:
            return None
        return fault if fault in TLS else None

    def swaps_now(self, host: str) -> bool:
        """Whether this answered request was the last over the good certificate."""
        due = self.at(host) is WireFault.SWAPPED and host not in self._swapped
        if due:
            self._swapped.add(host)
        return due


class TlsFaults:
    """A mitmproxy addon, to stand behind mitmproxy's own TlsConfig.

    Whether a client took a bad certificate is judged by its first request and not by the handshake: some clients check
    the host name only after the handshake (OkHttp's RealConnection.connectTls calls the HostnameVerifier there).
    """

    def __init__(self, journal: Journal, faults: Faults, span: Span) -> None:
        self._journal = journal
        self._faults = faults
        self._span = span
        self._offers: dict[str, Offer] = {}
        self._swapping: set[str] = set()

    @property
    def faults(self) -> Faults:
        return self._faults

    def serve(self, pattern: str, fault: WireFault | None) -> int:
        """Holds from the next handshake on, and ends matching connections so that there is one; returns how many."""
        self._faults.put(pattern, fault)
        self._journal.write("fault_set", host=pattern, fault=fault, **self._span.fields())
        clients = clients_of(pattern)
        for client in clients:
            if offer := self._offers.get(client):
                offer.decided = True  # we end it, so its end says nothing about the client
            hang_up(client)
        return len(clients)

    def tls_start_client(self, data: TlsData) -> None:
        host = _asked_for(data.context)
        fault = self._faults.in_handshake(host)
        self._offers[data.conn.id] = Offer(host, fault)
        if fault is None:
            return
        data.ssl_conn = _connection(forge(fault, host, _authority()), fault)
        self._faults.served += 1
        self._journal.write("fault_served", sni=host, fault=fault, **self._span.fields())

    def tls_established_client(self, data: TlsData) -> None:
        offer = self._offers.get(data.conn.id)
        if offer is None:
            return
        offer.shaken = True
        client = data.conn
        alpn = client.alpn.decode("latin-1") if client.alpn else None
        self._journal.write(
            "tls",
            sni=offer.sni,
            tls_version=client.tls_version,
            cipher=client.cipher,
            alpn=alpn,
            fault=offer.fault,
            **self._span.fields(),
        )

    def tls_failed_client(self, data: TlsData) -> None:
        offer = self._offers.pop(data.conn.id, None)
        error = data.conn.error or "the handshake failed"
        fault = offer.fault if offer else None
        if fault is WireFault.OLD_TLS:
            _say_why(data)
        kind = "tls_refused" if offer and (_is_refusal(error) or fault is WireFault.OLD_TLS) else "tls_failed"
        sni = offer.sni if offer else _asked_for(data.context)
        self._journal.write(kind, sni=sni, error=error, fault=fault, alert="alert" in error, **self._span.fields())

    def requestheaders(self, flow: HTTPFlow) -> None:
        self._accepted(flow.client_conn)
        if flow.client_conn.id in self._swapping:
            hang_up(flow.client_conn.id)  # HTTP/2 knows no `connection: close`

    def response(self, flow: HTTPFlow) -> None:
        if flow.response and flow.client_conn.tls_established and self._faults.swaps_now(flow.client_conn.sni or ""):
            flow.response.headers["connection"] = "close"
            self._swapping.add(flow.client_conn.id)

    def tcp_start(self, flow: TCPFlow) -> None:
        self._accepted(flow.client_conn)

    def client_disconnected(self, client: Client) -> None:
        """A client that leaves after the handshake without a request has refused as well."""
        self._swapping.discard(client.id)
        offer = self._offers.pop(client.id, None)
        if offer and offer.fault and offer.shaken and not offer.decided:
            error = "the client left after the handshake without sending a request"
            self._journal.write(
                "tls_refused", sni=offer.sni, error=error, fault=offer.fault, alert=False, **self._span.fields()
            )

    def _accepted(self, client: Client) -> None:
        offer = self._offers.get(client.id)
        if offer and offer.fault and not offer.decided:
            offer.decided = True
            self._journal.write("fault_accepted", sni=offer.sni, fault=offer.fault, **self._span.fields())


def _say_why(data: TlsData) -> None:
    """The alert that a server of that age would send (RFC 8446 section 6.2, protocol_version)."""
    if data.ssl_conn:
        with suppress(SSL.WantReadError):
            send_last(data.conn.id, data.ssl_conn.bio_read(_RECORD))


def _asked_for(context: Context) -> str:
    return context.client.sni or (context.server.address or ("",))[0]


def _is_refusal(error: str) -> bool:
    """Told by mitmproxy's wording (ClientTLSLayer.on_handshake_error): an alert from the client, or its leaving."""
    version_mismatch = "alert protocol version" in error or "cannot agree on a TLS version" in error
    said_no = "alert" in error or "does not trust" in error or "disconnected during the handshake" in error
    return said_no and not version_mismatch


def _authority() -> Issuer:
    tls = ctx.master.addons.get("tlsconfig")  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
    if not isinstance(tls, TlsConfig):
        raise RuntimeError("mitmproxy has no tlsconfig addon")  # noqa: TRY004 -- a missing addon, not a wrong argument
    return Issuer(tls.certstore.default_ca.to_cryptography(), tls.certstore.default_privatekey, shown=False)


def _connection(forgery: Forgery, fault: WireFault) -> SSL.Connection:
    """A context of its own for each handshake, without tickets: a resumed session would show no certificate at all."""
    old = fault is WireFault.OLD_TLS
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_cipher_list(_ANY_STRENGTH)
    context.set_min_proto_version(SSL.TLS1_VERSION if old else SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_1_VERSION if old else SSL.TLS1_3_VERSION)
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_alpn_select_callback(alpn_select_callback)
    context.use_certificate(forgery.leaf)
    context.use_privatekey(forgery.key)
    for certificate in forgery.chain:
        context.add_extra_chain_cert(certificate)
    connection = SSL.Connection(context)
    connection.set_app_data(AppData(client_alpn=None, server_alpn=None, http2=True))
    connection.set_accept_state()
    return connection
