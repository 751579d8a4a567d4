"""`dumpsys meminfo`, `gfxinfo`, `cpuinfo`: what an app takes, measured on its real process."""

import time

import psutil

from testbed.android.packages.installed import Installed
from testbed.android.shell.call import Call
from testbed.handset.processes import AppProcess


def _named(call: Call) -> AppProcess[Installed] | None:
    words = [word for word in call.arguments if not word.startswith("-") and word not in ("reset", "framestats")]
    return call.phone.processes.get(words[0]) if words else None


RSS_SINCE = 30
"""Android 11 shows the resident set beside the proportional one."""


def _with_rss(pss: int, private: int, rss: int) -> str:
    row = f"{pss:8} {private:8}        0        0 {rss:8} {private:8} {private:8}        0\n"
    return (
        "                   Pss  Private  Private  SwapPss      Rss     Heap     Heap     Heap\n"
        "                 Total    Dirty    Clean    Dirty    Total     Size    Alloc     Free\n"
        "                ------   ------   ------   ------   ------   ------   ------   ------\n"
        f"  Native Heap {row}        TOTAL {row}"
        " \n App Summary\n                       Pss(KB)                        Rss(KB)\n"
        "                        ------                         ------\n"
        f"         Native Heap: {private:8}                       {rss:8}\n"
        f"           TOTAL PSS: {pss:8}            TOTAL RSS: {rss:8}      TOTAL SWAP PSS:        0\n"
    )


def _without_rss(pss: int, private: int, _: int) -> str:
    row = f"{pss:8} {private:8}        0        0 {private:8} {private:8}        0\n"
    return (
        "                   Pss  Private  Private  SwapPss     Heap     Heap     Heap\n"
        "                 Total    Dirty    Clean    Dirty     Size    Alloc     Free\n"
        "                ------   ------   ------   ------   ------   ------   ------\n"
        f"  Native Heap {row}        TOTAL {row}"
        " \n App Summary\n                       Pss(KB)\n                        ------\n"
        f"         Native Heap: {private:8}\n"
        f"               TOTAL: {pss:8}       TOTAL SWAP PSS:        0\n"
    )


async def meminfo(call: Call) -> int:
    """PSS of one app (ActivityThread.dumpMemInfoTable); kilobytes."""
    process = _named(call)
    words = [word for word in call.arguments if not word.startswith("-")]
    if process is None and words:
        return await call.say(f"No process found for: {words[0]}\n")
    if process is None:
        rows = [(one, _memory(one.pid)[0]) for one in call.phone.processes.all() if one.child]
        lines = [
            f"{pss:>9,}K: {one.name} (pid {one.pid} / activities)" for one, pss in sorted(rows, key=lambda row: -row[1])
        ]
        return await call.say("Total PSS by process:\n" + "".join(f"{line}\n" for line in lines))
    uptime = round(time.monotonic() * 1000)
    head = f"Applications Memory Usage (in Kilobytes):\nUptime: {uptime} Realtime: {uptime}\n\n"
    head += f"** MEMINFO in pid {process.pid} [{process.name}] **\n"
    show = _with_rss if call.phone.api >= RSS_SINCE else _without_rss
    return await call.say(head + show(*_memory(process.pid)))


def _memory(pid: int) -> tuple[int, int, int]:
    """PSS, private and resident kilobytes of a process; zeros for one that the phone only plays."""
    try:
        process = psutil.Process(pid)
        full = process.memory_full_info()
        return getattr(full, "pss", full.rss) // 1024, full.uss // 1024, full.rss // 1024
    except psutil.Error:
        return 0, 0, 0


async def gfxinfo(call: Call) -> int:
    """Frames as the phone got them; `reset` starts counting anew (GraphicsStatsService, JankTracker.cpp).

    How long a frame took to draw nobody knows here, so the lines about jank and percentiles are missing.
    """
    process = _named(call)
    words = [word for word in call.arguments if word != "reset"]
    if process is None:
        return await call.say(
            f"No process found for: {words[0]}\n" if words else "Applications Graphics Acceleration Info:\n"
        )
    frames = call.phone.activities.frames_of(process.name)
    head = f"Applications Graphics Acceleration Info:\nUptime: {round(time.monotonic() * 1000)} Realtime: 0\n\n"
    head += f"** Graphics info for pid {process.pid} [{process.name}] **\n\n"
    body = f"Total frames rendered: {len(frames)}\n"
    if "reset" in call.arguments:
        frames.clear()
    return await call.say(head + body)


async def cpuinfo(call: Call) -> int:
    """Processor time of each app since its start, as a share of the time since then."""
    lines = []
    for one in call.phone.processes.all():
        if one.child is not None:
            share, user, kernel = processor(one.pid)
            lines.append(f"  {share:.1f}% {one.pid}/{one.name}: {user:.2f}s user + {kernel:.2f}s kernel")
    return await call.say("CPU usage since each process's start:\n" + "".join(f"{line}\n" for line in lines))


def processor(pid: int) -> tuple[float, float, float]:
    """Percent of one processor since the start, user and kernel seconds; zeros for a process that is only played."""
    try:
        process = psutil.Process(pid)
        times, alive = process.cpu_times(), time.time() - process.create_time()
    except psutil.Error:
        return 0.0, 0.0, 0.0
    return 100 * (times.user + times.system) / max(alive, 0.01), times.user, times.system
