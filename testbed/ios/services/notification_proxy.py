"""com.apple.mobile.notification_proxy (libimobiledevice, src/notification_proxy.c)."""

import asyncio
from asyncio import Queue

from testbed.ios.device import Device
from testbed.ios.line import Line, LineClosedError


async def serve(device: Device, line: Line) -> None:
    """Relay what was asked for, until Shutdown or the end of the line."""
    wanted: set[str] = set()
    posted: Queue[str] = Queue()
    device.notifications.observe(posted.put_nowait)
    relaying = asyncio.create_task(_relay(line, wanted, posted))
    try:
        while True:
            request = await line.receive()
            command, name = request.get("Command"), request.get("Name")
            if command == "Shutdown":
                await line.answer({"Command": "ProxyDeath"})
                return
            if command == "PostNotification" and isinstance(name, str):
                device.notifications.post(name)
            elif command == "ObserveNotification" and isinstance(name, str):
                wanted.add(name)
            else:
                device.unmodelled.note("notification_proxy", f"{command} {name}")
                return
    except LineClosedError:
        return
    finally:
        relaying.cancel()
        device.notifications.forget(posted.put_nowait)


async def _relay(line: Line, wanted: set[str], posted: "Queue[str]") -> None:
    while True:
        name = await posted.get()
        if name in wanted:
            await line.answer({"Command": "RelayNotification", "Name": name})
