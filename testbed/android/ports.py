"""A free pair of neighbouring ports, console and adb, as an emulator takes them."""

import socket

FIRST, LAST = 20000, 30000
"""Away from 5554 to 5585, where any adb server would find the phone unasked, and from the system's ephemeral ports."""


class PortsError(OSError):
    """No free pair was found."""


def claim_pair() -> tuple[socket.socket, socket.socket]:
    """Two listening sockets on an even port and the next."""
    for console in range(FIRST, LAST, 2):
        pair: list[socket.socket] = []
        try:
            pair = [listener(console)]
            pair.append(listener(console + 1))
        except OSError:
            for one in pair:
                one.close()
            continue
        return pair[0], pair[1]
    raise PortsError(f"no free pair of ports between {FIRST} and {LAST}")


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
