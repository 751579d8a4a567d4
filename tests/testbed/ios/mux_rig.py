"""A real usbmuxd, bare phones on it, and the least of a client of our own for what no library would send."""

import json
import os
import plistlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

UDID = "00008110-000A1B2C3D4E5F60"
OTHER = "00008110-0000000000000001"
LOCKDOWN = 62078


@dataclass(frozen=True)
class Muxd:
    process: subprocess.Popen[bytes]
    socket: Path
    unmodelled_log: Path

    def unmodelled(self) -> list[str]:
        return [json.loads(line)["what"] for line in self.unmodelled_log.read_text().splitlines()]

    def connect(self) -> "Raw":
        return Raw(self.socket)

    def udids(self) -> list[str]:
        with self.connect() as raw:
            listed = raw.ask({"MessageType": "ListDevices"})["DeviceList"]
        return [one["Properties"]["SerialNumber"] for one in listed]

    def pair_record(self, udid: str = UDID) -> dict[str, Any]:
        with self.connect() as raw:
            found = raw.ask({"MessageType": "ReadPairRecord", "PairRecordID": udid})
        return dict(plistlib.loads(found["PairRecordData"]))

    def lockdown(self, udid: str = UDID) -> "Raw":
        return self.port(LOCKDOWN, udid)

    def port(self, port: int, udid: str = UDID) -> "Raw":
        """A connection to a port of the phone."""
        raw = self.connect()
        listed = raw.ask({"MessageType": "ListDevices"})["DeviceList"]
        number = next(one["DeviceID"] for one in listed if one["Properties"]["SerialNumber"] == udid)
        told = raw.ask({"MessageType": "Connect", "DeviceID": number, "PortNumber": socket.htons(port)})
        assert told["Number"] == 0, told
        return raw

    def env(self, home: Path) -> dict[str, str]:
        """For libimobiledevice, which keeps its own records below HOME."""
        return {**os.environ, "USBMUXD_SOCKET_ADDRESS": f"UNIX:{self.socket}", "HOME": str(home)}


class Raw:
    """One connection: usbmux messages first, property lists behind a length after Connect."""

    def __init__(self, path: Path) -> None:
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(10)
        self.stream.connect(str(path))
        self._tag = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def ask(self, message: dict[str, Any], *, version: int = 1, kind: int = 8) -> dict[str, Any]:
        self._tag += 1
        body = plistlib.dumps(message)
        self.stream.sendall(struct.pack("<4I", 16 + len(body), version, kind, self._tag) + body)
        tag, answer = self.hear()
        assert tag == self._tag
        return answer

    def hear(self) -> tuple[int, dict[str, Any]]:
        size, _, _, tag = struct.unpack("<4I", self.exactly(16))
        return tag, plistlib.loads(self.exactly(size - 16))

    def request(self, name: str, **rest: object) -> dict[str, Any]:
        """One request to lockdownd or a service."""
        self.send({"Request": name, **rest})
        return self.receive()

    def send(self, message: dict[str, Any]) -> None:
        body = plistlib.dumps(message)
        self.stream.sendall(struct.pack(">I", len(body)) + body)

    def receive(self) -> dict[str, Any]:
        (size,) = struct.unpack(">I", self.exactly(4))
        return dict(plistlib.loads(self.exactly(size)))

    def exactly(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            more = self.stream.recv(size - len(parts))
            if not more:
                raise ConnectionError("closed")
            parts += more
        return parts


@dataclass(frozen=True)
class BarePhone:
    process: subprocess.Popen[str]
    home: Path
    udid: str

    def do(self, *words: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def unmodelled(self) -> list[str]:
        return [json.loads(line)["what"] for line in (self.home / "unmodelled.log").read_text().splitlines()]


@contextmanager
def usbmuxd(folder: Path | None = None) -> Iterator[Muxd]:
    """A daemon whose socket has a short name, whatever the tests' own folder is called."""
    place = Path(tempfile.mkdtemp(prefix="mux"))
    path = place / "usbmuxd"
    words = ["--socket", str(path), "--records", str(folder or place / "records")]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "testbed.ios.usbmuxd", *words], stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield Muxd(process, path, Path(ready["unmodelled"]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stdout.close()
        shutil.rmtree(place)


@contextmanager
def bare_phone(muxd: Muxd, home: Path, udid: str = UDID, *options: str) -> Iterator[BarePhone]:
    words = ["--home", str(home), "--usbmuxd", str(muxd.socket), "--udid", udid, *options]
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.testbed.ios.bare_phone", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert json.loads(process.stdout.readline())["udid"] == udid
        yield BarePhone(process, home, udid)
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()
