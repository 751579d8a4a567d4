import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

REFUSED: Final = b"\x03"
PRODUCT_ID: Final = 0x12A8
"""Every iPhone since the 5s, over USB."""


@dataclass(frozen=True, slots=True)
class Device:
    """One phone on the bus; `port` is where its cable ends on this machine."""

    number: int
    udid: str
    port: int

    def properties(self) -> Mapping[str, Any]:
        return {
            "ConnectionSpeed": 480000000,
            "ConnectionType": "USB",
            "DeviceID": self.number,
            "LocationID": self.number << 16,
            "ProductID": PRODUCT_ID,
            "SerialNumber": self.udid,
            "UDID": self.udid,
        }

    def attached(self) -> Mapping[str, Any]:
        return {"MessageType": "Attached", "DeviceID": self.number, "Properties": self.properties()}

    async def open(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A stream to a port of the phone; raises ConnectionRefusedError where nothing listens."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(json.dumps({"port": port}).encode() + b"\n")
            if await reader.read(1) != b"\x00":
                raise ConnectionRefusedError(f"{self.udid}: nothing listens on {port}")  # noqa: TRY301 -- one way out
        except BaseException:
            writer.close()
            raise
        return reader, writer


class Devices:
    """The phones that are plugged in; listeners are told what comes and goes."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._present: dict[int, Device] = {}
        self._listeners: list[Callable[[Mapping[str, Any]], None]] = []

    def reserve(self, udid: str, port: int) -> Device:
        """A number for a phone that is being looked at and not shown yet; it never comes twice."""
        return Device(next(self._numbers), udid, port)

    def add(self, device: Device) -> None:
        self._present[device.number] = device
        self._tell(device.attached())

    def remove(self, device: Device) -> None:
        if self._present.pop(device.number, None) is not None:
            self._tell({"MessageType": "Detached", "DeviceID": device.number})

    def get(self, number: int) -> Device | None:
        return self._present.get(number)

    def all(self) -> list[Device]:
        return list(self._present.values())

    def paired(self, number: int) -> None:
        self._tell({"MessageType": "Paired", "DeviceID": number})

    def listen(self, listener: Callable[[Mapping[str, Any]], None]) -> None:
        self._listeners.append(listener)

    def unlisten(self, listener: Callable[[Mapping[str, Any]], None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def _tell(self, event: Mapping[str, Any]) -> None:
        for listener in list(self._listeners):
            listener(event)
