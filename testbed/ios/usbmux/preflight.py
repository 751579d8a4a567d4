"""What a host does with a phone that was just plugged in: it pairs, so that clients find a record (preflight.c)."""

import asyncio
import logging
import plistlib
import uuid
from pathlib import Path
from typing import Any, Final

from testbed.ios.frame import FrameError
from testbed.ios.line import Line
from testbed.ios.usbmux.devices import Device
from testbed.ios.usbmux.host_identity import HostIdentity, identity_of
from testbed.ios.usbmux.records import Records

LOG = logging.getLogger(__name__)
LOCKDOWN: Final = 62078


class Preflight:
    """Pairs with a phone that has no record here or whose record it does not know any more.

    A phone that will not (its trust dialog is open, or was denied) is shown to clients all the same, and they pair.
    """

    def __init__(self, records: Records, folder: Path) -> None:
        self._records = records
        self._folder = folder
        self._identity: HostIdentity | None = None
        self._making = asyncio.Lock()

    async def prepare(self, device: Device) -> None:
        try:
            line = Line(*await device.open(LOCKDOWN))
        except OSError as error:
            LOG.warning("preflight of %s: %s", device.udid, error)
            return
        try:
            if not await self._is_trusted(line, device.udid):
                await self._pair(line, device.udid)
        except (ConnectionError, FrameError, ValueError, KeyError) as error:
            LOG.warning("preflight of %s: %r", device.udid, error)
        finally:
            await line.close()

    async def _is_trusted(self, line: Line, udid: str) -> bool:
        stored = self._records.read(udid)
        if stored is None:
            return False
        record = plistlib.loads(stored)
        ids = {"HostID": record["HostID"], "SystemBUID": record["SystemBUID"]}
        if (await _ask(line, "ValidatePair", PairRecord={**record, **ids})).get("Error") is None:
            return True
        self._records.delete(udid)
        return False

    async def _pair(self, line: Line, udid: str) -> None:
        identity = await self._own_identity()
        public = (await _ask(line, "GetValue", Key="DevicePublicKey"))["Value"]
        address = (await _ask(line, "GetValue", Key="WiFiAddress"))["Value"]
        record: dict[str, Any] = {
            "DeviceCertificate": identity.device(public),
            "HostCertificate": identity.host(),
            "RootCertificate": identity.root(),
            "HostID": str(uuid.uuid4()).upper(),
            "SystemBUID": self._records.buid,
        }
        done = await _ask(line, "Pair", PairRecord=record, PairingOptions={"ExtendedPairingErrors": True})
        if "Error" in done:
            LOG.info("preflight of %s: %s", udid, done["Error"])
            return
        record["RootPrivateKey"], record["HostPrivateKey"] = identity.keys()
        record["WiFiMACAddress"] = address
        record["EscrowBag"] = done["EscrowBag"]
        self._records.save(udid, plistlib.dumps(record))

    async def _own_identity(self) -> HostIdentity:
        async with self._making:
            if self._identity is None:
                self._identity = await asyncio.to_thread(identity_of, self._folder)
        return self._identity


async def _ask(line: Line, request: str, **rest: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of a property list
    await line.answer({"Label": "usbmuxd", "ProtocolVersion": "2", "Request": request, **rest})
    return await line.receive()
