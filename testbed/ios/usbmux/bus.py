"""Where phones are plugged in: a phone opens a connection and says who it is; it is there while that stays open."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

from testbed.ios.usbmux.devices import Device, Devices

LOG = logging.getLogger(__name__)
SUFFIX = ".usb"
"""The bus of the daemon at PATH is at PATH.usb."""


class Bus:
    """`prepare` is awaited before clients see the phone."""

    def __init__(self, devices: Devices, prepare: Callable[[Device], Awaitable[None]]) -> None:
        self._devices = devices
        self._prepare = prepare

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One phone, from plugging in to pulling out."""
        try:
            said = json.loads(await reader.readline())
            device = self._devices.reserve(str(said["udid"]), int(said["port"]))
            await self._keep(device, reader, writer)
        except (ValueError, KeyError, TypeError, ConnectionError) as error:
            LOG.warning("bus: %r", error)
        finally:
            writer.close()

    async def _keep(self, device: Device, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._prepare(device)
        self._devices.add(device)
        try:
            writer.write(json.dumps({"attached": device.number}).encode() + b"\n")
            await reader.read()  # it has nothing more to say; the end of its line is the end of the cable
        finally:
            self._devices.remove(device)
