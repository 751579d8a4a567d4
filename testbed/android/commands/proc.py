"""Files that the kernel makes when they are read."""

import re
from typing import TYPE_CHECKING

import psutil

from testbed.android.commands.mounts_table import IMAGE_MOUNTS
from testbed.android.system_processes import SYSTEM_PROCESSES

if TYPE_CHECKING:
    from testbed.android.phone import Phone

KERNEL = "Linux version 5.15.41-android13-8 (build-user@build-host) (clang 14.0.7) #1 SMP PREEMPT\n"


def contents(phone: "Phone", path: str) -> bytes | None:
    """The bytes of a file below /proc; None where it is no such file."""
    if path == "/proc/net/unix":
        return _sockets(phone)
    if path == "/proc/version":
        return KERNEL.encode()
    if path == "/proc/uptime":
        return f"{phone.clock.now() - phone.booted_at:.2f} 0.00\n".encode()
    if path == "/proc/meminfo":
        memory = psutil.virtual_memory()
        return f"MemTotal: {memory.total // 1024:>15} kB\nMemAvailable: {memory.available // 1024:>11} kB\n".encode()
    if path in ("/proc/mounts", "/proc/self/mounts"):
        rows = [re.sub(r"^(\S+) on (\S+) type (\S+) \((.*)\)$", r"\1 \2 \3 \4 0 0", row) for row in _mounts(phone)]
        return "".join(f"{row}\n" for row in rows).encode()
    found = re.fullmatch(r"/proc/(\d+)/(cmdline|status|oom_score_adj)", path)
    return _process(phone, int(found[1]), found[2]) if found else None


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
