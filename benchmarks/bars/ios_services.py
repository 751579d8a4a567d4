"""`python -m benchmarks.bars.ios_services`: many usbmux and lockdown sessions in a row, and what they leave behind.

One session is what each command of the XCUITest driver costs: ListDevices, ReadPairRecord, Connect, StartSession with
its TLS handshake, one GetValue, the end. Memory and open files of the daemon and of each phone are taken after a
warm-up and at the end. Exit 0: nothing has grown; 1: something has.
"""

import argparse
import contextlib
import json
import plistlib
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LOCKDOWN = 62078
WARM_UP = 200
MOST_GROWN, MOST_FILES = 3.0, 2  # MiB and open files, by process, over all sessions
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Usage:
    mib: float
    files: int


class Host:
    """One client of a usbmuxd."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._folder = path.parent
        self._contexts: dict[str, ssl.SSLContext] = {}

    def udids(self) -> list[str]:
        with self._connected() as stream:
            listed = _ask(stream, {"MessageType": "ListDevices"})["DeviceList"]
        return [one["Properties"]["SerialNumber"] for one in listed]

    def session(self, udid: str) -> float:
        """Seconds for one session."""
        began = time.perf_counter()
        with self._connected() as stream:
            listed = _ask(stream, {"MessageType": "ListDevices"})["DeviceList"]
            number = next(one["DeviceID"] for one in listed if one["Properties"]["SerialNumber"] == udid)
            record = plistlib.loads(
                _ask(stream, {"MessageType": "ReadPairRecord", "PairRecordID": udid})["PairRecordData"]
            )
            connect = {"MessageType": "Connect", "DeviceID": number, "PortNumber": socket.htons(LOCKDOWN)}
            if _ask(stream, connect)["Number"]:
                raise ConnectionError(f"{udid}: lockdownd does not listen")
            ids = {"HostID": record["HostID"], "SystemBUID": record["SystemBUID"]}
            _request(stream, {"Request": "StartSession", **ids})
            with self._context(udid, record).wrap_socket(stream) as secure:
                _request(secure, {"Request": "GetValue", "Key": "SerialNumber"})
        return time.perf_counter() - began

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(self._path)
            yield stream

    def _context(self, udid: str, record: dict[str, Any]) -> ssl.SSLContext:
        if udid not in self._contexts:
            pem = self._folder / "host.pem"
            pem.write_bytes(record["HostPrivateKey"] + record["HostCertificate"])
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.load_cert_chain(pem)
            pem.unlink()
            self._contexts[udid] = context
        return self._contexts[udid]


def _ask(stream: socket.socket, message: dict[str, Any]) -> dict[str, Any]:
    body = plistlib.dumps(message)
    stream.sendall(struct.pack("<4I", 16 + len(body), 1, 8, 1) + body)
    size, _, _, _ = struct.unpack("<4I", _exactly(stream, 16))
    return dict(plistlib.loads(_exactly(stream, size - 16)))


def _request(stream: socket.socket, message: dict[str, Any]) -> dict[str, Any]:
    body = plistlib.dumps(message)
    stream.sendall(struct.pack(">I", len(body)) + body)
    (size,) = struct.unpack(">I", _exactly(stream, 4))
    answer = dict(plistlib.loads(_exactly(stream, size)))
    if "Error" in answer:
        raise ConnectionError(f"{message['Request']}: {answer['Error']}")
    return answer


def _exactly(stream: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        more = stream.recv(size - len(parts))
        if not more:
            raise ConnectionError("closed")
        parts += more
    return bytes(parts)


def _usage(pids: list[int]) -> list[Usage]:
    found = (psutil.Process(pid) for pid in pids)
    return [Usage(one.memory_info().rss / MIB, one.num_fds()) for one in found]


def measure(path: Path, pids: list[int], sessions: int) -> dict[str, Any]:
    """Hold sessions in turn with every phone on the socket; returns figures per process and per session."""
    host = Host(path)
    phones = host.udids()
    for number in range(WARM_UP):
        host.session(phones[number % len(phones)])
    before = _usage(pids)
    spans = [host.session(phones[number % len(phones)]) * 1000 for number in range(sessions)]
    after = _usage(pids)
    return {
        "phones": len(phones),
        "sessions": sessions,
        "p50_ms": round(statistics.median(spans), 2),
        "p95_ms": round(statistics.quantiles(spans, n=20)[-1], 2),
        "grown_mib": [round(late.mib - early.mib, 2) for early, late in zip(before, after, strict=True)],
        "grown_files": [late.files - early.files for early, late in zip(before, after, strict=True)],
        "mib": [round(one.mib, 1) for one in after],
    }


@contextlib.contextmanager
def _started(folder: Path, module: str, *words: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """A process of the testbed, by the line that it prints when it is ready."""
    command = [sys.executable, "-m", module, *words]
    with (folder / f"{module}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
    try:
        if process.stdout is None or not (line := process.stdout.readline()):
            raise ConnectionError(f"{module} did not start: {folder / f'{module}.log'}")
        yield process.pid, json.loads(line)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.ios_services", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--phones", type=int, default=2)
    options = parser.parse_args()
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="bar")))
        path = folder / "usbmuxd"
        pids = [ends.enter_context(_started(folder, "testbed.ios.usbmuxd", "--socket", str(path)))[0]]
        for number in range(options.phones):
            words = ("--home", str(folder / f"phone{number}"), "--usbmuxd", str(path))
            pids.append(ends.enter_context(_started(folder, "testbed.ios", *words))[0])
        found = measure(path, pids, options.sessions)
    met = max(found["grown_mib"]) <= MOST_GROWN and max(found["grown_files"]) <= MOST_FILES
    sys.stdout.write(json.dumps({**found, "ok": met}) + "\n")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
