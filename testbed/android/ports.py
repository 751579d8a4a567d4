"""A free pair of neighbouring ports, console and adb, as an emulator takes them."""

import socket

from testbed.handset.listening import listener

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
