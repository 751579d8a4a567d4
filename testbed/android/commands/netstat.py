"""`netstat` (toybox toys/net/netstat.c) and `ss` (iproute2 misc/ss.c) over the phone's own sockets."""

from testbed.android import sockets
from testbed.android.commands import options
from testbed.android.shell.call import Call
from testbed.android.sockets import FIRST_INODE, Socket, State
from testbed.android.users import User
from testbed.capture.wire import Endpoint

WIDTH, WIDE = 23, 51
SHOWN_PORTS = 0x70
"""Without -a, toybox shows a connection only where its remote port has one of these bits."""
SS_STATES = {State.ESTABLISHED: "ESTAB", State.LISTEN: "LISTEN"}


async def netstat(call: Call) -> int:
    """TCP and UDP; routes, raw and unix sockets are not modelled."""
    found = options.read(call, "pWtuneal")
    if not found.flags & {"t", "u"}:
        return await call.unmodelled("netstat: only with -t or -u is modelled")
    flags, width = found.flags, WIDE if "W" in found.flags else WIDTH
    kind = "established and" if "a" in flags else "only" if "l" in flags else "w/o"
    head = f"Proto Recv-Q Send-Q {'Local Address':{width}} {'Foreign Address':{width}} State      "
    head += " User       Inode      " if "e" in flags else ""
    head += " PID/Program Name" if "p" in flags else ""
    rows = [
        _row(call, number, one, flags, width)
        for number, one in enumerate(sockets.tcp(call.phone) if "t" in flags else ())
        if _is_shown(one, flags)
    ]
    text = "".join(f"{row}\n" for row in sorted(rows, key=lambda row: row[:4]))
    return await call.say(f"Active Internet connections ({kind} servers)\n{head}\n{text}")


def _is_shown(one: Socket, flags: frozenset[str]) -> bool:
    listens = one.state is State.LISTEN
    return "a" in flags or ("l" in flags and listens) or bool(one.there.port & SHOWN_PORTS)


def _row(call: Call, number: int, one: Socket, flags: frozenset[str], width: int) -> str:
    here, there = (f"{end.address}:{end.port or '*'}" for end in (one.here, one.there))
    row = f"{one.family:6}{0:6}{0:7} {here:{width}.{width}} {there:{width}.{width}} {one.state.name:11}"
    row += f" {one.uid:<10} {FIRST_INODE + number:<11}" if "e" in flags else ""
    return row + (f" {_holder(call, one)}" if "p" in flags else "")


def _holder(call: Call, one: Socket) -> str:
    """Whose files one may not look into, one does not see."""
    process = call.phone.processes.get(one.owner)
    if process is None or not _may_look(call.user, one):
        return "-"
    return f"{process.pid}/{one.owner}"


def _may_look(user: User, one: Socket) -> bool:
    return user.is_root or user.uid == one.uid


async def ss(call: Call) -> int:
    """`ss -t [-a|-l] [-n]`: columns as wide as what stands in them, as iproute2 does since 4.15."""
    found = options.read(call, "tanlH46")
    if "t" not in found.flags:
        return await call.unmodelled("ss: only with -t is modelled")
    wanted = [one for one in sockets.tcp(call.phone) if _is_wanted(one, found.flags)]
    rows = [("State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port")] if "H" not in found.flags else []
    rows += [(SS_STATES[one.state], "0", "0", _ss_end(one.here), _ss_end(one.there)) for one in wanted]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (" ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return await call.say("".join(f"{line}\n" for line in lines))


def _is_wanted(one: Socket, flags: frozenset[str]) -> bool:
    families = {family for letter, family in (("4", "tcp"), ("6", "tcp6")) if letter in flags}
    listens = one.state is State.LISTEN
    return (not families or one.family in families) and ("a" in flags or listens == ("l" in flags))


def _ss_end(end: Endpoint) -> str:
    address = f"[{end.address}]" if ":" in end.address else end.address
    return f"{address}:{end.port or '*'}"
