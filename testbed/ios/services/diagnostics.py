"""com.apple.mobile.diagnostics_relay (libimobiledevice, src/diagnostics_relay.c)."""

from collections.abc import Mapping
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.packages.info import not_older

SUCCESS: Final = {"Status": "Success"}
REPORTS: Final = frozenset({"All", "GasGauge"})
POWER: Final = frozenset({"IOPMPowerSource", "AppleSmartBattery"})
"""The battery's class and name in the IORegistry."""
GESTALT_GONE: Final = "17.4"
MILLIAMPERE_HOURS: Final = 3240
MILLIVOLTS: Final = 4200


async def serve(device: Device, line: Line) -> None:
    """Requests until Goodbye; what switches the phone off happens once the client has gone."""
    body = device.body
    switches = {"Restart": body.restart, "Shutdown": body.shut_down, "Sleep": body.sleep}
    after = None
    async for request in line.requests():
        name = request.get("Request")
        if name in switches:
            after = switches[name]
            await line.answer(SUCCESS)
        elif name == "Goodbye":
            await line.answer(SUCCESS)
            break
        else:
            await line.answer(_report(device, request))
    await line.close()
    if after is not None:
        await after()
    if after == body.restart:
        device.ports.drop_all()


def _report(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    name = request.get("Request")
    if name in REPORTS:
        return {**SUCCESS, "Diagnostics": {"GasGauge": _gas_gauge(device)}}
    if name == "MobileGestalt" and not_older(device.model.version, GESTALT_GONE):
        return {**SUCCESS, "Diagnostics": {"MobileGestalt": {"Status": "MobileGestaltDeprecated"}}}
    if name == "IORegistry":
        entry = request.get("EntryClass") or request.get("EntryName")
        if entry in POWER:
            return {**SUCCESS, "Diagnostics": {"IORegistry": _power_source(device)}}
        device.unmodelled.note("diagnostics", f"IORegistry {request.get('CurrentPlane')} {entry}")
        return SUCCESS
    device.unmodelled.note("diagnostics", f"{name}")
    return {"Status": "UnknownRequest"}


def _gas_gauge(device: Device) -> Mapping[str, Any]:
    capacity = round(MILLIAMPERE_HOURS * device.body.battery.level)
    counts = {"CycleCount": 1, "DesignCapacity": MILLIAMPERE_HOURS, "FullChargeCapacity": MILLIAMPERE_HOURS}
    return {**counts, "RemainingCapacity": capacity, "Status": "Success"}


def _power_source(device: Device) -> Mapping[str, Any]:
    battery = device.body.battery
    full = battery.level >= 1
    return {
        "AppleRawCurrentCapacity": round(MILLIAMPERE_HOURS * battery.level),
        "AppleRawMaxCapacity": MILLIAMPERE_HOURS,
        "CurrentCapacity": round(battery.level * 100),
        "CycleCount": 1,
        "DesignCapacity": MILLIAMPERE_HOURS,
        "ExternalConnected": True,
        "FullyCharged": full,
        "IsCharging": battery.charging and not full,
        "MaxCapacity": 100,
        "Serial": device.model.serial,
        "Voltage": MILLIVOLTS,
    }
