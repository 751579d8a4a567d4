"""An app's data container as files: over the cable by AFC, or by the driver where there is no cable.

AFC as libimobiledevice has it (src/afc.h, src/afc.c; src/house_arrest.c vends the container).
"""

import base64
import itertools
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLSocket
from typing import Protocol

from drivers.app_file import AppFile
from drivers.ios.lockdown import ask, exactly, service
from drivers.ios.storage import FOLDERS, read_container
from drivers.session import Session
from faults import EvidenceMissing, PhoneLost

SERVICE = "com.apple.mobile.house_arrest"
MAGIC, HEAD, NUMBER = b"CFA6LPAA", struct.Struct("<8s4Q"), struct.Struct("<Q")
STATUS, READ_DIR, REMOVE, MAKE_DIR, FILE_INFO = 0x01, 0x03, 0x08, 0x09, 0x0A
OPEN, READ, WRITE, CLOSE = 0x0D, 0x0F, 0x10, 0x14
FOR_READING, ANEW = 1, 3  # afc_file_mode_t: "r", and "w", which cuts off what was there
CHUNK = 1 << 18  # bytes read or written at once

type Files = dict[str, bytes]


class Container(Protocol):
    """Paths are those in the container; raises PhoneLost or EvidenceMissing for what the phone refuses."""

    def read(self) -> Files:
        """All files in which an app can write."""

    def write(self, path: str, content: bytes) -> None: ...
    def delete(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ByDriver:
    """As the XCUITest driver has it, also of a simulator."""

    phone: str
    session: Session
    app: AppFile

    def read(self) -> Files:
        return {file.path: file.content for file in read_container(self.phone, self.session, self.app)}

    def write(self, path: str, content: bytes) -> None:
        payload = base64.b64encode(content).decode()
        self.session.run("mobile: pushFile", remotePath=self._remote(path), payload=payload)

    def delete(self, path: str) -> None:
        self.session.run("mobile: deleteFile", remotePath=self._remote(path))

    def _remote(self, path: str) -> str:
        return f"@{self.app.package}:data/{path}"


@dataclass(slots=True)
class ByCable:
    """One connection for all files: a tenth of the time."""

    phone: str
    line: SSLSocket
    _numbers: Iterator[int] = field(default_factory=itertools.count, init=False)

    def read(self) -> Files:
        return {path: self._content(path) for folder in FOLDERS for path in self._files_in(folder)}

    def write(self, path: str, content: bytes) -> None:
        self._ask(MAKE_DIR, _text(path.rpartition("/")[0]))
        handle = self._opened(path, ANEW)
        for at in range(0, len(content), CHUNK):
            self._ask(WRITE, NUMBER.pack(handle), content[at : at + CHUNK])
        self._ask(CLOSE, NUMBER.pack(handle))

    def delete(self, path: str) -> None:
        self._ask(REMOVE, _text(path))

    def _files_in(self, folder: str) -> Iterator[str]:
        for name in _strings(self._ask(READ_DIR, _text(folder))):
            path = f"{folder}/{name}"
            if name in {".", ".."}:
                continue
            told = _strings(self._ask(FILE_INFO, _text(path)))
            kind = dict(zip(told[::2], told[1::2], strict=True))["st_ifmt"]
            if kind == "S_IFDIR":
                yield from self._files_in(path)
            elif kind == "S_IFREG":
                yield path

    def _content(self, path: str) -> bytes:
        handle, found = self._opened(path, FOR_READING), bytearray()
        while more := self._ask(READ, NUMBER.pack(handle) + NUMBER.pack(CHUNK)):
            found += more
        self._ask(CLOSE, NUMBER.pack(handle))
        return bytes(found)

    def _opened(self, path: str, mode: int) -> int:
        return int(NUMBER.unpack(self._ask(OPEN, NUMBER.pack(mode) + _text(path)))[0])

    def _ask(self, operation: int, head: bytes, data: bytes = b"") -> bytes:
        """The answer's payload; an answer by status says success, or why not."""
        here = HEAD.size + len(head)
        try:
            self.line.sendall(HEAD.pack(MAGIC, here + len(data), here, next(self._numbers), operation) + head + data)
            magic, whole, _, _, answered = HEAD.unpack(exactly(self.line, HEAD.size))
            said = exactly(self.line, whole - HEAD.size)
        except OSError as error:
            msg = f"{self.phone}: the connection to the container broke: {error}"
            raise PhoneLost(msg) from error
        if magic != MAGIC or (answered == STATUS and NUMBER.unpack(said)[0]):
            what = head.rstrip(b"\0").decode(errors="replace")
            msg = f"{self.phone}: AFC refuses operation {operation:#x} on {what!r}: {said.hex() or 'nothing said'}"
            raise EvidenceMissing(msg)
        return b"" if answered == STATUS else said


@contextmanager
def by_cable(phone: str, usbmuxd: Path, udid: str, app: AppFile) -> Iterator[Container]:
    """Raises EvidenceMissing where the container is not open to us: the build is not signed for development."""
    with service(usbmuxd, udid, SERVICE) as line:
        told = ask(line, Command="VendContainer", Identifier=app.package)
        if told.get("Status") != "Complete":
            msg = f"{phone}: the container of {app.package} cannot be opened: {told.get('Error', told)}"
            raise EvidenceMissing(msg)
        yield ByCable(phone, line)


def by_driver(phone: str, session: Session, app: AppFile) -> AbstractContextManager[Container]:
    return nullcontext(ByDriver(phone, session, app))


def _text(path: str) -> bytes:
    return path.encode() + b"\0"


def _strings(told: bytes) -> list[str]:
    return told.decode().split("\0")[:-1]
