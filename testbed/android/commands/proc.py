"""Files that the kernel makes when they are read."""

import errno
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import psutil

from testbed.android import sockets
from testbed.android.commands.mounts_table import IMAGE_MOUNTS
from testbed.android.system_processes import SYSTEM_PROCESSES
from testbed.android.users import User

if TYPE_CHECKING:
    from testbed.android.phone import Phone

KERNEL = "Linux version 5.15.41-android13-8 (build-user@build-host) (clang 14.0.7) #1 SMP PREEMPT\n"


NET_CLOSED_SINCE = 29
PLAYED = re.compile(r"/proc/(\d+)/(cmdline|status|oom_score_adj)")


def is_the_kernels(path: str) -> bool:
    """Whether a real kernel makes the file; one of these that is not here is not modelled, rather than not there."""
    return path.startswith(("/proc/", "/sys/")) and PLAYED.fullmatch(path) is None


def contents(phone: "Phone", path: str, user: User) -> bytes | None:
    """The bytes of a file below /proc; None where it is no such file.

    Raises PermissionError for /proc/net where an app asks: Android 10 closed it (sepolicy, proc_net_type).
    """
    if path.startswith("/proc/net/") and user.package is not None and phone.api >= NET_CLOSED_SINCE:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    if path in MADE:
        return MADE[path](phone)
    found = PLAYED.fullmatch(path)
    return _process(phone, int(found[1]), found[2]) if found else None


def _uptime(phone: "Phone") -> bytes:
    return f"{phone.clock.now() - phone.booted_at:.2f} 0.00\n".encode()


def _memory(_: "Phone") -> bytes:
    memory = psutil.virtual_memory()
    return f"MemTotal: {memory.total // 1024:>15} kB\nMemAvailable: {memory.available // 1024:>11} kB\n".encode()


def _load(phone: "Phone") -> bytes:
    load = " ".join(f"{one:.2f}" for one in os.getloadavg())
    return f"{load} 1/{len(SYSTEM_PROCESSES) + len(phone.processes.all())} 1\n".encode()


def _mount_table(phone: "Phone") -> bytes:
    rows = [re.sub(r"^(\S+) on (\S+) type (\S+) \((.*)\)$", r"\1 \2 \3 \4 0 0", row) for row in _mounts(phone)]
    return "".join(f"{row}\n" for row in rows).encode()


def _mounts(phone: "Phone") -> list[str]:
    return [*IMAGE_MOUNTS, *map(str, phone.files.mounts.rows())]


def _sockets(phone: "Phone") -> bytes:
    head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
    rows = [
        f"0000000000000000: 00000002 00000000 00010000 0001 01 {20000 + n} @{name}\n"
        for n, name in enumerate(phone.abstract_sockets.names())
    ]
    return (head + "".join(rows)).encode()


def _process(phone: "Phone", pid: int, name: str) -> bytes | None:
    apps = {one.pid: (one.name, one.package.uid) for one in phone.processes.all()}
    known = apps | {one.pid: (one.name, 0) for one in SYSTEM_PROCESSES}
    if pid not in known:
        return None
    title, uid = known[pid]
    if name == "cmdline":
        return title.encode() + b"\0"
    if name == "oom_score_adj":
        return b"0\n" if phone.activities.stack.front.name == title else b"900\n"
    return f"Name:\t{title[-15:]}\nState:\tS (sleeping)\nPid:\t{pid}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n".encode()


MADE: dict[str, Callable[["Phone"], bytes]] = {
    "/proc/loadavg": _load,
    "/proc/meminfo": _memory,
    "/proc/mounts": _mount_table,
    "/proc/net/tcp": lambda phone: sockets.table(phone, "tcp"),
    "/proc/net/tcp6": lambda phone: sockets.table(phone, "tcp6"),
    "/proc/net/udp": lambda _: sockets.datagrams("udp"),
    "/proc/net/udp6": lambda _: sockets.datagrams("udp6"),
    "/proc/net/unix": _sockets,
    "/proc/self/mounts": _mount_table,
    "/proc/uptime": _uptime,
    "/proc/version": lambda _: KERNEL.encode(),
}
