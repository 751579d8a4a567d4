"""com.apple.os_trace_relay: the log in its binary form, which newer clients take instead of syslog_relay.

The record is as pymobiledevice3 reads it (pymobiledevice3/services/os_trace.py); what it calls unknown is zero here.
"""

import asyncio
import plistlib
import struct
import uuid
from collections.abc import Mapping
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.frame import encode
from testbed.ios.line import Line
from testbed.ios.services.syslog_relay import until_gone
from testbed.ios.syslog import Level, Record

RECORD: Final = struct.Struct("<9xIQ16s18xI4xIxB6xQQ16s2H2x3I4x")
LEVELS: Final = {Level.NOTICE: 0x00, Level.INFO: 0x01, Level.DEBUG: 0x02, Level.ERROR: 0x10, Level.FAULT: 0x11}
CHUNK, PLIST = b"\x02", b"\x01"
EVERYONE: Final = -1
NANO: Final = 1_000_000_000


async def serve(device: Device, line: Line) -> None:
    """One request: the list of processes, or the log from now on."""
    request = await line.receive()
    match request.get("Request"):
        case "PidList":
            await line.send(PLIST + encode({"Status": "RequestSuccessful", "Payload": _processes(device)}))
        case "StartActivity":
            await line.send(_agreed({"Status": "RequestSuccessful"}))
            await _stream(device, line, int(request.get("Pid", EVERYONE)))
        case name:
            device.unmodelled.note("os_trace", f"{name}")
            await line.send(_agreed({"Status": "RequestFailed"}))


async def _stream(device: Device, line: Line, pid: int) -> None:
    last = device.syslog.last
    gone = asyncio.create_task(until_gone(line))
    try:
        async for fresh in device.syslog.follow(last, gone):
            shown = [record for record in fresh if pid in (EVERYONE, record.pid)]
            await line.send(b"".join(_chunk(record) for record in shown))
    finally:
        gone.cancel()


def _processes(device: Device) -> Mapping[str, Any]:
    return {str(record.pid): {"ProcessName": record.process} for record in device.syslog.records()}


def _agreed(status: Mapping[str, Any]) -> bytes:
    body = plistlib.dumps(status)
    size = struct.pack("<I", len(body))
    return struct.pack("<I", len(size)) + size + body


def _chunk(record: Record) -> bytes:
    image = uuid.uuid5(uuid.NAMESPACE_OID, record.process).bytes
    name, message = _string(record.process), _string(record.message)
    whole = divmod(int(record.at * 1_000_000), 1_000_000)
    moment = int(record.at * NANO) & (1 << 64) - 1
    head = RECORD.pack(
        *(record.pid, record.pid, image, *whole, LEVELS[record.level]),
        *(moment, record.pid, image, len(name), len(message), 0, 0, 0),
    )
    body = head + _string(f"/usr/libexec/{record.process}") + name + message
    return CHUNK + struct.pack("<I", len(body)) + body


def _string(text: str) -> bytes:
    return text.encode()[: (1 << 16) - 2] + b"\0"
