"""The phone's TCP sockets, and the kernel's tables of them (Linux net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c).

Those of apps are IPv6 sockets, as libcore makes them all (libcore/luni IoBridge.socket), so they stand in tcp6 with
mapped addresses. Connections inside the phone's own loopback are not kept.
"""

import enum
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testbed.android.instrumentation import DEVICE_PORT
from testbed.android.played import SERVER
from testbed.android.users import ROOT, SHELL
from testbed.capture.wire import Endpoint

if TYPE_CHECKING:
    from testbed.android.phone import Phone

ANYWHERE = Endpoint("::", 0)
NOWHERE = Endpoint("0.0.0.0", 0)  # noqa: S104 -- what the kernel writes for a socket that has no peer
LINE = 149
"""tcp_ipv4.c pads each line of its table to TMPSZ, the line feed among them."""
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
HEAD6 = (
    "  sl  local_address                         remote_address                        "
    "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
)
FIRST_INODE = 30_000


class State(enum.Enum):
    """include/net/tcp_states.h."""

    ESTABLISHED = 1
    LISTEN = 10


@dataclass(frozen=True, slots=True)
class Socket:
    here: Endpoint
    there: Endpoint
    state: State
    uid: int
    owner: str
    """The process's name."""

    @property
    def family(self) -> str:
        return "tcp6" if ":" in self.here.address else "tcp"


def tcp(phone: "Phone") -> list[Socket]:
    """What listens, and what apps have open to the world."""
    adbd = ROOT if phone.daemon.user.is_root else SHELL
    found = [
        Socket(Endpoint("127.0.0.1", int(near.removeprefix("tcp:"))), NOWHERE, State.LISTEN, adbd.uid, "adbd")
        for near in phone.reversed.rows
    ]
    if phone.instrumentation.running:
        uid = phone.packages.packages[SERVER].uid
        found.append(Socket(Endpoint("::", DEVICE_PORT), ANYWHERE, State.LISTEN, uid, SERVER))
    for conversation, package in phone.uplink.conversations.items():
        known = phone.packages.packages.get(package)
        here, there = _mapped(conversation.here), _mapped(conversation.there)
        found.append(Socket(here, there, State.ESTABLISHED, known.uid if known else 0, package))
    return found


def _mapped(end: Endpoint) -> Endpoint:
    return Endpoint(f"::ffff:{end.address}", end.port)


def table(phone: "Phone", family: str) -> bytes:
    """/proc/net/tcp or /proc/net/tcp6."""
    rows = [HEAD.ljust(LINE) if family == "tcp" else HEAD6]
    for number, one in enumerate(one for one in tcp(phone) if one.family == family):
        row = (
            f"{number:4}: {_kernel_form(one.here)} {_kernel_form(one.there)} {one.state.value:02X} "
            f"00000000:00000000 00:00000000 00000000 {one.uid:5} {0:8} {FIRST_INODE + number} 1 0000000000000000 "
            "20 0 0 10 -1"
        )
        rows.append(row.ljust(LINE) if family == "tcp" else row)
    return "".join(f"{row}\n" for row in rows).encode()


def datagrams(family: str) -> bytes:
    """/proc/net/udp and udp6: names are asked by netd in one packet each, so none stays open."""
    head = f" {HEAD} ref pointer drops" if family == "udp" else f" {HEAD6} ref pointer drops"
    return f"{head}\n".encode()


def _kernel_form(end: Endpoint) -> str:
    """Words in the processor's own order, as %08X prints them."""
    packed = ipaddress.ip_address(end.address).packed
    words = (packed[at : at + 4][::-1].hex().upper() for at in range(0, len(packed), 4))
    return f"{''.join(words)}:{end.port:04X}"
