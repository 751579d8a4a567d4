"""The iPhones that usbmuxd knows (libusbmuxd, usbmuxd_get_device_list; usbmuxd-proto.h of libimobiledevice)."""

import plistlib
import re
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEADER = struct.Struct("<4I")  # bytes with this header, version, type, tag
PLIST_VERSION, PLIST_MESSAGE, TAG = 1, 8, 1
LIMIT = 5.0  # seconds for an answer
MOST = 1 << 20  # bytes
PACKED = re.compile(r"([0-9A-F]{8})([0-9A-F]{16})", re.IGNORECASE)


def iphones(place: Path) -> tuple[str, ...]:
    """Their udids, with the dash that everything else writes; none where nobody listens at this socket."""
    try:
        answer = _asked(
            place, {"MessageType": "ListDevices", "ClientVersionString": "pocketgate", "ProgName": "pocketgate"}
        )
    except (OSError, ValueError, struct.error):
        return ()
    rows = answer.get("DeviceList", ())
    return tuple(dict.fromkeys(_dashed(str(row["Properties"]["SerialNumber"])) for row in rows))


def _asked(place: Path, question: Mapping[str, str]) -> dict[str, Any]:
    body = plistlib.dumps(dict(question))
    with socket.socket(socket.AF_UNIX) as mux:
        mux.settimeout(LIMIT)
        mux.connect(str(place))
        mux.sendall(HEADER.pack(HEADER.size + len(body), PLIST_VERSION, PLIST_MESSAGE, TAG) + body)
        with mux.makefile("rb") as said:
            size = HEADER.unpack(said.read(HEADER.size))[0]
            return dict(plistlib.loads(said.read(min(size, MOST) - HEADER.size)))


def _dashed(serial: str) -> str:
    """usbmuxd writes the 24 digits of newer iPhones with or without a dash, by its version."""
    packed = PACKED.fullmatch(serial)
    return f"{packed[1]}-{packed[2]}" if packed else serial
