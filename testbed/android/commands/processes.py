"""Processes: `ps`, `pidof`, `pgrep`, `kill`, `top` (toybox)."""

import re
from dataclasses import dataclass

import psutil

from testbed.android.dumps.resources import processor
from testbed.android.shell.call import Call
from testbed.android.system_processes import SYSTEM_PROCESSES, ZYGOTE_PID

USAGE = "usage: ps [-AadefLlnwZ] [-gG GROUP,] [-k FIELD,] [-o FIELD,] [-p PID,] [-t TTY,] [-uU USER,]\n\n-A\tAll\n"
PLAYED_RSS = 40_960
SIGNALS = {"1", "2", "3", "9", "15", "HUP", "INT", "QUIT", "KILL", "TERM", "SIGKILL", "SIGTERM", "SIGINT"}


@dataclass(frozen=True, slots=True)
class Row:
    user: str
    pid: int
    parent: int
    name: str
    rss: int = 0
    """Kilobytes."""

    def key(self, option: str) -> str:
        """What an option of `ps` picks by."""
        return {"-p": str(self.pid), "-P": str(self.parent)}.get(option, self.user)


def rows(call: Call) -> list[Row]:
    """All processes of the phone, apps with the memory that they really take."""
    found = [Row(one.user, one.pid, one.parent, one.name, 4096) for one in SYSTEM_PROCESSES]
    return found + [
        Row(app.package.user.name, app.pid, ZYGOTE_PID, app.name, _rss(app.pid) if app.child else PLAYED_RSS)
        for app in call.phone.processes.all()
    ]


def _rss(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss) // 1024
    except psutil.NoSuchProcess:
        return 0


async def ps(call: Call) -> int:
    if call.arguments == ("--help",):
        return await call.say(USAGE)
    words = list(call.arguments)
    shown, wanted, columns = rows(call), False, ""
    while words:
        word = words.pop(0)
        value = words.pop(0) if word in ("-o", "-p", "-P", "-u") and words else ""
        if word in ("-A", "-e", "-ef", "-f", "-w"):
            wanted = wanted or word != "-f"
        elif word == "-o":
            columns = value
        elif word in ("-p", "-P", "-u") and value:
            wanted = True
            shown = [row for row in shown if row.key(word) in value.split(",")]
        else:
            return await call.unmodelled(f"ps: Unknown option '{word.lstrip('-')}' (see \"ps --help\")")
    shown = shown if wanted else []
    return await call.say(_table(shown, columns) if columns else _long(shown))


def _long(shown: list[Row]) -> str:
    head = "USER            PID   PPID        VSZ    RSS WCHAN            ADDR S NAME"
    lines = [
        f"{one.user:12} {one.pid:7} {one.parent:6} {one.rss * 4:10} {one.rss:6} {0:<16} {0:4} S {one.name}"
        for one in shown
    ]
    return "".join(f"{line}\n" for line in [head, *lines])


def _table(shown: list[Row], columns: str) -> str:
    names = [name.partition("=")[0].upper() for name in columns.split(",")]
    values = [
        {
            "PID": row.pid,
            "PPID": row.parent,
            "USER": row.user,
            "NAME": row.name,
            "ARGS": row.name,
            "CMD": row.name,
            "RSS": row.rss,
            "S": "S",
        }
        for row in shown
    ]
    lines = [" ".join(f"{name:>5}" if name in ("PID", "PPID", "RSS") else f"{name:<12}" for name in names).rstrip()]
    for row in values:
        cells = [
            f"{row.get(name, '?'):>5}" if name in ("PID", "PPID", "RSS") else f"{row.get(name, '?'):<12}"
            for name in names
        ]
        lines.append(" ".join(cells).rstrip())
    return "".join(f"{line}\n" for line in lines)


async def pidof(call: Call) -> int:
    names = [word for word in call.arguments if not word.startswith("-")]
    pids = [str(row.pid) for row in rows(call) if row.name in names]
    pids = pids[:1] if "-s" in call.arguments else pids
    return await call.say(" ".join(pids) + "\n") if pids else 1


async def pgrep(call: Call) -> int:
    """`pgrep [-flx] PATTERN` over process names."""
    if call.arguments == ("--help",):
        return await call.say("usage: pgrep [-aclfnovx] [-d DELIM] [-L SIGNAL] [PATTERN]\n")
    flags = {word for word in call.arguments if word in ("-f", "-x", "-l")}
    words = [word for word in call.arguments if word not in flags]
    if len(words) != 1 or words[0].startswith("-"):
        return await call.unmodelled("pgrep: bad option")
    match = re.fullmatch if "-x" in flags else re.search
    found = [row for row in rows(call) if match(words[0], row.name)]
    shown = [f"{row.pid} {row.name}" if "-l" in flags else str(row.pid) for row in found]
    return await call.say("".join(f"{line}\n" for line in shown)) if found else 1


async def kill(call: Call) -> int:
    """By pid, of an app; the shell may not, root may."""
    words = list(call.arguments)
    if words and words[0].startswith("-"):
        signal = words.pop(0).lstrip("-")
        signal = words.pop(0) if signal == "s" and words else signal
        if signal == "0":
            return 0 if all(any(str(row.pid) == pid for row in rows(call)) for pid in words) else 1
        if signal not in SIGNALS:
            return await call.unmodelled(f"/system/bin/sh: kill: {signal}: bad signal")
    for pid in words:
        code = await _killed(call, pid)
        if code:
            return code
    return (
        0
        if words
        else await call.fail("/system/bin/sh: kill: usage: kill [-s signame | -signum | -signame] { job | pid }", 1)
    )


async def _killed(call: Call, pid: str) -> int:
    found = next((one for one in call.phone.processes.all() if str(one.pid) == pid), None)
    if found is None:
        known = any(str(row.pid) == pid for row in rows(call))
        return await call.fail(
            f"/system/bin/sh: kill: {pid}: {'Operation not permitted' if known else 'No such process'}"
        )
    if not (call.user.is_root or call.user == found.package.user):
        return await call.fail(f"/system/bin/sh: kill: {pid}: Operation not permitted")
    await call.phone.processes.kill(found.name)
    return 0


async def top(call: Call) -> int:
    """`top -n 1 -b`: one look, by processor time."""
    if "-n" not in call.arguments:
        return await call.unmodelled("top: only -n 1 is modelled")
    shown = sorted(rows(call), key=lambda row: -row.rss)
    memory = psutil.virtual_memory()
    head = [
        f"Tasks: {len(shown)} total,   1 running, {len(shown) - 1} sleeping,   0 stopped,   0 zombie",
        f"  Mem: {memory.total // 1024}K total, {memory.used // 1024}K used, {memory.free // 1024}K free, 0 buffers",
        "  PID USER         PR  NI VIRT  RES  SHR S[%CPU] %MEM     TIME+ ARGS",
    ]
    lines = [_top_row(row) for row in shown]
    return await call.say("".join(f"{line}\n" for line in [*head, *lines]))


def _top_row(row: Row) -> str:
    share, user, kernel = processor(row.pid) if row.user.startswith("u0_a") else (0.0, 0.0, 0.0)
    minutes, seconds = divmod(user + kernel, 60)
    sizes = f"{row.rss >> 8}M {row.rss >> 10}M   0M"
    return f"{row.pid:5} {row.user:12} 20   0 {sizes} S {share:4.1f}   0.0 {minutes:3.0f}:{seconds:05.2f} {row.name}"
