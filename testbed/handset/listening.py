import socket


def listener(port: int = 0) -> socket.socket:
    """A listening socket on loopback; two phones never share a port.

    The protocol is named because asyncio leaves Nagle's algorithm on for sockets whose protocol is 0, which costs 40 ms
    an answer (asyncio/base_events.py, _set_nodelay).
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen(64)
    except OSError:
        found.close()
        raise
    return found
