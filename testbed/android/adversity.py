"""What goes wrong with phones in a lab, on demand; beside the faults, which lie, these are honest troubles."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from testbed.android.windows import trouble

if TYPE_CHECKING:
    from testbed.android.phone import Phone

LMKD = "lowmemorykiller"


async def vanish(phone: "Phone", seconds: float) -> None:
    """The phone leaves adb's list, and comes back after so many seconds as it was."""
    phone.daemon.leave()
    phone.background(_later(seconds, phone.daemon.come_back))


async def offline(phone: "Phone", seconds: float) -> None:
    """adb lists the phone as `offline`: the transport stands, adbd does not answer."""
    phone.daemon.mute(on=True)
    phone.background(_later(seconds, lambda: phone.daemon.mute(on=False)))


async def crash_instrumentation(phone: "Phone", _: float) -> None:
    """The UiAutomator2 server's process dies."""
    phone.instrumentation.crash()


async def fill_disk(phone: "Phone", seconds: float) -> None:
    """Writing below /data and /sdcard fails with ENOSPC, for apps too; 0 seconds is until `free_disk`."""
    phone.fill_disk(full=True)
    if seconds:
        phone.background(_later(seconds, lambda: phone.fill_disk(full=False)))


async def free_disk(phone: "Phone", _: float) -> None:
    phone.fill_disk(full=False)


async def low_memory(phone: "Phone", _: float) -> None:
    """lmkd kills every app process that is not in front."""
    front = phone.activities.stack.front.name
    for process in phone.processes.all():
        if process.child is not None and process.name != front:
            await _lmkd(phone, process.name, process.pid)


async def kill_front(phone: "Phone", _: float) -> None:
    """lmkd kills the app in front, which it does last of all."""
    process = phone.processes.get(phone.activities.stack.front.name)
    if process is not None:
        await _lmkd(phone, process.name, process.pid)


async def not_responding(phone: "Phone", seconds: float) -> None:
    """The app in front stands still, and the phone says so; after so many seconds (0: never) it goes on."""
    process = phone.processes.get(phone.activities.stack.front.name)
    if process is None or process.child is None:
        return
    os.killpg(process.pid, signal.SIGSTOP)
    message = (
        f"ANR in {process.name} ({process.name}/.MainActivity)\nPID: {process.pid}\nReason: Input dispatching timed out"
    )
    phone.log.write("E", "ActivityManager", message, buffer="system")
    window = trouble.not_responding(phone.surface.windows, process.package, phone.activities.remove_task)

    def go_on() -> None:
        phone.surface.windows.close(window)
        if not process.ended.is_set():
            os.killpg(process.pid, signal.SIGCONT)

    if seconds:
        phone.background(_later(seconds, go_on))


async def slow(phone: "Phone", seconds: float) -> None:
    """Every shell command and every command of the UiAutomator2 server takes so much longer."""
    phone.slowness = seconds


async def _lmkd(phone: "Phone", name: str, pid: int) -> None:
    phone.log.write("I", LMKD, f"Kill '{name}' ({pid}), uid 10000, oom_score_adj 900 to free 65536kB", buffer="main")
    await phone.processes.kill(name)


async def _later(seconds: float, then: Callable[[], None]) -> None:
    await asyncio.sleep(seconds)
    then()


ADVERSITIES: dict[str, Callable[["Phone", float], Awaitable[None]]] = {
    "anr": not_responding,
    "crash-instrumentation": crash_instrumentation,
    "fill-disk": fill_disk,
    "free-disk": free_disk,
    "kill-front": kill_front,
    "low-memory": low_memory,
    "offline": offline,
    "slow": slow,
    "vanish": vanish,
}
