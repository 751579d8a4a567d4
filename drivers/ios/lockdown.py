"""Services of an iPhone over the cable: usbmuxd, then lockdownd, then the service's own port.

libusbmuxd (src/libusbmuxd.c) and libimobiledevice (src/lockdown.c) speak it so. The XCUITest driver does as well, but
connects anew for each file, and looks for each answer of lockdownd every 50 ms (appium-ios-device, plist-service).
"""

import plistlib
import socket
import ssl
import struct
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from drivers.ios.usbmux import HEADER, LIMIT, MOST, PLIST_MESSAGE, PLIST_VERSION, TAG
from faults import PhoneLost

PORT = 62078  # lockdownd's
LENGTH = struct.Struct(">I")
LABEL = "pocketgate"

type Answer = dict[str, Any]


@contextmanager
def service(usbmuxd: Path, udid: str, name: str) -> Iterator[ssl.SSLSocket]:
    """A fresh connection to a service of a paired phone; raises PhoneLost where one of them is not there."""
    try:
        line = _started(usbmuxd, udid, name)
    except (OSError, ValueError, KeyError, struct.error) as error:
        msg = f"{udid}: {name} cannot be reached through {usbmuxd}: {error!r}"
        raise PhoneLost(msg) from error
    with line:
        yield line


def ask(line: socket.socket, **question: object) -> Answer:
    """One request in a property list, and its answer; raises OSError or ValueError for a line that says none."""
    body = plistlib.dumps(question)
    line.sendall(LENGTH.pack(len(body)) + body)
    return dict(plistlib.loads(exactly(line, LENGTH.unpack(exactly(line, LENGTH.size))[0])))


def exactly(line: socket.socket, size: int) -> bytes:
    """So many bytes; raises OSError where the line ends before, or more are told than there can be."""
    if size > MOST:
        raise OSError(f"{size} bytes are announced")
    found = bytearray()
    while len(found) < size:
        more = line.recv(size - len(found))
        if not more:
            raise OSError(f"the line ended after {len(found)} of {size} bytes")
        found += more
    return bytes(found)


def _started(usbmuxd: Path, udid: str, name: str) -> ssl.SSLSocket:
    pairing = plistlib.loads(_mux_asked(usbmuxd, MessageType="ReadPairRecord", PairRecordID=udid)["PairRecordData"])
    device, said = _device(usbmuxd, udid), {"Label": LABEL, "ProtocolVersion": "2"}
    session = {"HostID": pairing["HostID"], "SystemBUID": pairing["SystemBUID"]}
    with _connected(usbmuxd, device, PORT) as told:
        _granted(ask(told, Request="StartSession", **session, **said))
        with _trusted(told, pairing) as lockdown:
            port = int(_granted(ask(lockdown, Request="StartService", Service=name, **said))["Port"])
    with ExitStack() as stack:
        line = stack.enter_context(_connected(usbmuxd, device, port))
        secured = _trusted(line, pairing)
        stack.pop_all()
    return secured


def _device(usbmuxd: Path, udid: str) -> int:
    for row in _mux_asked(usbmuxd, MessageType="ListDevices")["DeviceList"]:
        if _digits(row["Properties"]["SerialNumber"]) == _digits(udid):
            return int(row["DeviceID"])
    raise ValueError("it is not plugged in")


def _digits(udid: str) -> str:
    """usbmuxd writes newer udids with a dash or without, by its version."""
    return udid.replace("-", "").upper()


def _granted(answer: Answer) -> Answer:
    if "Error" in answer:
        raise ValueError(f"lockdownd says {answer['Error']}")
    return answer


def _mux_asked(usbmuxd: Path, **question: object) -> Answer:
    with _mux(usbmuxd) as mux:
        return _mux_ask(mux, **question)


def _connected(usbmuxd: Path, device: int, port: int) -> socket.socket:
    """A line to a port of the phone, which usbmuxd wants in the order of bytes of networks."""
    with ExitStack() as stack:
        mux = stack.enter_context(_mux(usbmuxd))
        said = _mux_ask(mux, MessageType="Connect", DeviceID=device, PortNumber=socket.htons(port))
        if said.get("Number"):
            raise OSError(f"usbmuxd refuses port {port}: {said['Number']}")
        stack.pop_all()
    return mux


def _mux(usbmuxd: Path) -> socket.socket:
    with ExitStack() as stack:
        mux = stack.enter_context(socket.socket(socket.AF_UNIX))
        mux.settimeout(LIMIT)
        mux.connect(str(usbmuxd))
        stack.pop_all()
    return mux


def _mux_ask(mux: socket.socket, **question: object) -> Answer:
    body = plistlib.dumps({"ClientVersionString": LABEL, "ProgName": LABEL, **question})
    mux.sendall(HEADER.pack(HEADER.size + len(body), PLIST_VERSION, PLIST_MESSAGE, TAG) + body)
    size = HEADER.unpack(exactly(mux, HEADER.size))[0]
    return dict(plistlib.loads(exactly(mux, size - HEADER.size)))


def _trusted(line: socket.socket, pairing: Mapping[str, Any]) -> ssl.SSLSocket:
    """TLS with the phone that was paired, by its very certificate: no authority signs those of phones."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # older phones signed with SHA-1
    with tempfile.NamedTemporaryFile() as both:
        both.write(pairing["HostCertificate"] + b"\n" + pairing["HostPrivateKey"])
        both.flush()
        context.load_cert_chain(both.name)
    secured = context.wrap_socket(line)
    shown = secured.getpeercert(binary_form=True)
    if shown != ssl.PEM_cert_to_DER_cert(pairing["DeviceCertificate"].decode()):
        secured.close()
        raise ValueError("this is not the phone that was paired")
    return secured
