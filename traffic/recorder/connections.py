"""The proxy's open client connections, to be ended from our side."""

from mitmproxy import ctx
from mitmproxy.addons.proxyserver import Proxyserver

from traffic.recorder.hosts import host_matches


def proxyserver() -> Proxyserver:
    """Raises RuntimeError when mitmproxy has no proxy server, which would mean that nothing is recorded."""
    addon = ctx.master.addons.get("proxyserver")  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
    if not isinstance(addon, Proxyserver):
        raise RuntimeError("mitmproxy has no proxyserver addon")  # noqa: TRY004 -- a missing addon, not a wrong argument
    return addon


def ports() -> tuple[int, ...]:
    """Where it listens, mode by mode."""
    return tuple(server.listen_addrs[0][1] for server in proxyserver().servers)


def hang_up(client_id: str) -> None:
    """Ends one client's connection the way mitmproxy's own inactivity time-out does."""
    handler = proxyserver().connections.get(client_id)
    transport = handler.transports.get(handler.client) if handler else None
    if transport and transport.handler:
        transport.handler.cancel("ended by the recorder")


def send_last(client_id: str, data: bytes) -> None:
    """Writes past mitmproxy, which ends a failed handshake without a word (proxy/layers/tls.py)."""
    handler = proxyserver().connections.get(client_id)
    transport = handler.transports.get(handler.client) if handler else None
    if transport and transport.writer:
        transport.writer.write(data)


def clients_of(pattern: str) -> tuple[str, ...]:
    """The ids of the clients that asked by SNI for a host of the pattern."""
    clients = [handler.client for handler in proxyserver().connections.values()]
    return tuple(c.id for c in clients if host_matches(pattern, c.sni or ""))
