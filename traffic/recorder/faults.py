"""Bad certificates on demand, and what the client made of them."""

from dataclasses import dataclass

from mitmproxy import ctx
from mitmproxy.addons.tlsconfig import AppData, TlsConfig, alpn_select_callback
from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.context import Context
from mitmproxy.tcp import TCPFlow
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from traffic.certificates import CertificateFault
from traffic.recorder.connections import clients_of, hang_up
from traffic.recorder.forgery import Forgery, Issuer, forge
from traffic.recorder.hosts import host_matches
from traffic.recorder.journal import Journal


@dataclass(slots=True)
class Offer:
    """One certificate shown to one client."""

    sni: str
    fault: CertificateFault | None
    shaken: bool = False
    decided: bool = False


class TlsFaults:
    """A mitmproxy addon, to stand behind mitmproxy's own TlsConfig.

    Whether a client took a bad certificate is judged by its first request and not by the handshake: some clients check
    the host name only after the handshake (OkHttp's RealConnection.connectTls calls the HostnameVerifier there).
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._faults: dict[str, CertificateFault] = {}
        self._offers: dict[str, Offer] = {}
        self.served = 0

    @property
    def active(self) -> dict[str, str]:
        return {pattern: fault.value for pattern, fault in self._faults.items()}

    def serve(self, pattern: str, fault: CertificateFault | None) -> int:
        """Holds from the next handshake on, and ends matching connections so that there is one; returns how many."""
        self._faults.pop(pattern, None)
        if fault:
            self._faults[pattern] = fault
        self._journal.write("fault_set", host=pattern, fault=fault)
        clients = clients_of(pattern)
        for client in clients:
            if offer := self._offers.get(client):
                offer.decided = True  # we end it, so its end says nothing about the client
            hang_up(client)
        return len(clients)

    def tls_start_client(self, data: TlsData) -> None:
        host = _asked_for(data.context)
        fault = next((f for pattern, f in reversed(self._faults.items()) if host_matches(pattern, host)), None)
        self._offers[data.conn.id] = Offer(host, fault)
        if fault is None:
            return
        data.ssl_conn = _connection(forge(fault, host, _authority()))
        self.served += 1
        self._journal.write("fault_served", sni=host, fault=fault)

    def tls_established_client(self, data: TlsData) -> None:
        if offer := self._offers.get(data.conn.id):
            offer.shaken = True

    def tls_failed_client(self, data: TlsData) -> None:
        offer = self._offers.pop(data.conn.id, None)
        error = data.conn.error or "the handshake failed"
        kind = "tls_refused" if offer and _is_refusal(error) else "tls_failed"
        sni = offer.sni if offer else _asked_for(data.context)
        self._journal.write(kind, sni=sni, error=error, fault=offer.fault if offer else None, alert="alert" in error)

    def requestheaders(self, flow: HTTPFlow) -> None:
        self._accepted(flow.client_conn)

    def tcp_start(self, flow: TCPFlow) -> None:
        self._accepted(flow.client_conn)

    def client_disconnected(self, client: Client) -> None:
        """A client that leaves after the handshake without a request has refused as well."""
        offer = self._offers.pop(client.id, None)
        if offer and offer.fault and offer.shaken and not offer.decided:
            error = "the client left after the handshake without sending a request"
            self._journal.write("tls_refused", sni=offer.sni, error=error, fault=offer.fault, alert=False)

    def _accepted(self, client: Client) -> None:
        offer = self._offers.get(client.id)
        if offer and offer.fault and not offer.decided:
            offer.decided = True
            self._journal.write("fault_accepted", sni=offer.sni, fault=offer.fault)


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
    return Issuer(tls.certstore.default_ca.to_cryptography(), tls.certstore.default_privatekey)


def _connection(forgery: Forgery) -> SSL.Connection:
    """A context of its own for each handshake, without tickets: a resumed session would show no certificate at all."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
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
