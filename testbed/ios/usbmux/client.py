"""One client of the socket, answered as libimobiledevice's usbmuxd does (src/client.c)."""

import asyncio
import itertools
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from testbed.handset.unmodelled import Unmodelled
from testbed.ios.usbmux import packet
from testbed.ios.usbmux.devices import Devices
from testbed.ios.usbmux.packet import MalformedError, Message, Result
from testbed.ios.usbmux.records import Records
from testbed.ios.usbmux.relay import relay


@dataclass(slots=True)
class Host:
    """What all clients share."""

    devices: Devices
    records: Records
    unmodelled: Unmodelled
    clients: set["Client"] = field(default_factory=set)
    """Held here: once a client has said its last word, nothing but its own task would hold what it waits for."""
    listeners: list["Client"] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)


class Client:
    def __init__(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self._number = next(host.numbers)
        self._hello: Mapping[str, Any] = {}
        self._listening = False
        self._relayed = False

    async def run(self) -> None:
        """Answer until the client goes, or until its connection has become one to a phone."""
        self._host.clients.add(self)
        try:
            while not self._relayed:
                await self._take(await packet.read_message(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._host.clients.discard(self)
            self._host.devices.unlisten(self._tell)
            if self in self._host.listeners:
                self._host.listeners.remove(self)
            self._writer.close()

    def described(self) -> Mapping[str, Any]:
        """What ListListeners says of it."""
        name = str(self._hello.get("ProgName", ""))
        return {
            "Blacklisted": False,
            "BundleID": str(self._hello.get("BundleID", "")),
            "ClientVersionString": str(self._hello.get("ClientVersionString", "")),
            "ConnType": 0,
            "ID String": f"{self._number}-{name}",
            "ProgName": name,
            "kLibUSBMuxVersion": int(self._hello.get("kLibUSBMuxVersion", 0)),
        }

    async def _take(self, message: Message) -> None:
        if message.version != packet.PLIST_VERSION:
            self._host.unmodelled.note("usbmux", f"protocol version {message.version}")
            await self._result(Result.BAD_VERSION, message.tag)
            raise MalformedError("another version")
        if message.kind != packet.PLIST or self._listening:
            self._host.unmodelled.note("usbmux", f"message {message.kind}{' of a listener' * self._listening}")
            await self._result(Result.BAD_COMMAND, message.tag)
            raise MalformedError("not a request")
        request = message.content()
        kind = request.get("MessageType")
        if not isinstance(kind, str):
            raise MalformedError("no MessageType")
        self._hello = request
        if kind == "Connect":
            await self._connect(request, message.tag)
        elif kind == "Listen":
            await self._listen(message.tag)
        elif kind in ANSWERS:
            await self._send(ANSWERS[kind](self._host, request), message.tag)
        else:
            self._host.unmodelled.note("usbmux", kind)
            await self._result(Result.BAD_COMMAND, message.tag)

    async def _connect(self, request: Mapping[str, Any], tag: int) -> None:
        number, port = request.get("DeviceID"), request.get("PortNumber")
        device = self._host.devices.get(number) if isinstance(number, int) else None
        if device is None:
            await self._result(Result.BAD_DEVICE, tag)
            return
        if not isinstance(port, int):
            await self._result(Result.BAD_COMMAND, tag)
            return
        try:
            # the number is in the network's byte order, read as if in the host's
            there = await device.open(socket.ntohs(port & 0xFFFF))
        except OSError:
            await self._result(Result.CONNECTION_REFUSED, tag)
            return
        self._relayed = True
        await self._result(Result.OK, tag)
        await relay((self._reader, self._writer), there)

    async def _listen(self, tag: int) -> None:
        self._listening = True
        self._host.listeners.append(self)
        await self._result(Result.OK, tag)
        for device in self._host.devices.all():
            self._tell(device.attached())
        self._host.devices.listen(self._tell)

    def _tell(self, event: Mapping[str, Any]) -> None:
        self._writer.write(packet.encoded(event, 0))

    async def _result(self, number: int, tag: int) -> None:
        self._writer.write(packet.result(number, tag))
        await self._writer.drain()

    async def _send(self, answer: Mapping[str, Any], tag: int) -> None:
        self._writer.write(packet.encoded(answer, tag))
        await self._writer.drain()


type Request = Mapping[str, Any]


def _result(number: int) -> Mapping[str, Any]:
    return {"MessageType": "Result", "Number": int(number)}


def _list_devices(host: Host, _: Request) -> Mapping[str, Any]:
    return {"DeviceList": [device.attached() for device in host.devices.all()]}


def _list_listeners(host: Host, _: Request) -> Mapping[str, Any]:
    return {"ListenerList": [client.described() for client in host.listeners]}


def _read_buid(host: Host, _: Request) -> Mapping[str, Any]:
    return {"BUID": host.records.buid}


def _read_pair_record(host: Host, request: Request) -> Mapping[str, Any]:
    udid = request.get("PairRecordID")
    if not isinstance(udid, str):
        return _result(Result.INVALID)
    record = host.records.read(udid)
    return _result(Result.NO_ENTRY) if record is None else {"PairRecordData": record}


def _save_pair_record(host: Host, request: Request) -> Mapping[str, Any]:
    udid, record, number = (request.get(key) for key in ("PairRecordID", "PairRecordData", "DeviceID"))
    if not isinstance(udid, str) or not isinstance(record, bytes) or not host.records.save(udid, record):
        return _result(Result.INVALID)
    if isinstance(number, int) and number > 0:
        host.devices.paired(number)
    return _result(Result.OK)


def _delete_pair_record(host: Host, request: Request) -> Mapping[str, Any]:
    udid = request.get("PairRecordID")
    if not isinstance(udid, str):
        return _result(Result.INVALID)
    return _result(Result.OK if host.records.delete(udid) else Result.NO_ENTRY)


ANSWERS: dict[str, Callable[[Host, Request], Mapping[str, Any]]] = {
    "DeletePairRecord": _delete_pair_record,
    "ListDevices": _list_devices,
    "ListListeners": _list_listeners,
    "ReadBUID": _read_buid,
    "ReadPairRecord": _read_pair_record,
    "SavePairRecord": _save_pair_record,
}
