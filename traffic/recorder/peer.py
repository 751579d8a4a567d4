"""The other end of a connection."""

from mitmproxy.connection import Client


def place_of(client: Client) -> str | None:
    """Address and port that it came from: the phone's own tables (`/proc/net/tcp`) name the process behind them."""
    return ":".join(map(str, client.peername[:2])) if client.peername else None
