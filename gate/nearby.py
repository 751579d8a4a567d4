"""The phones that this machine sees now, for a configuration; nothing is left running that was not before."""

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from drivers.android.listed import Listed, listed_by, wait_for_any
from drivers.ios import simctl
from drivers.ios.usbmux import iphones
from drivers.tools import adb_path, free_port
from faults import BenchFault, PhoneLost
from gate import programs
from gate.config import USBMUXD
from gate.roster import Roster, reap
from gate.supervise import Supervisor

ADB_PORT = 5037
LOOKING = 3.0  # seconds that a server of ours may take to find phones on cables
SOMEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there sends nothing."""


@dataclass(frozen=True, slots=True)
class Nearby:
    android: tuple[Listed, ...]
    iphones: tuple[str, ...]
    simulators: tuple[simctl.Simulator, ...]
    address: str
    """Of this machine, as phones on its network reach it."""


def look_around() -> Nearby:
    """None of a kind is a good answer; raises BenchFault where an adb of ours does not start."""
    with _adb_server() as port:
        android = listed_by(adb_path(), port)
    return Nearby(android, iphones(_usbmuxd()), _simulators(), _own_address())


@contextmanager
def _adb_server() -> Iterator[int]:
    """The one that runs, for one alone can have the cables; else one of ours for as long as it takes."""
    port = int(os.environ.get("ANDROID_ADB_SERVER_PORT", ADB_PORT))
    if _answers(port):
        yield port
        return
    reap()
    with ExitStack() as stack:
        roster = Roster.open(f"look-{os.getpid()}")
        stack.callback(roster.close)
        supervisor = stack.enter_context(Supervisor(roster.folder, roster.folder / "deaths.jsonl", roster))
        port = free_port()
        supervisor.ready(
            supervisor.start(programs.adb_server(port, roster.folder, roster.folder, looks_for_phones=True))
        )
        wait_for_any(adb_path(), port, LOOKING)
        yield port


def _answers(port: int) -> bool:
    try:
        listed_by(adb_path(), port)
    except PhoneLost:
        return False
    return True


def _usbmuxd() -> Path:
    """As libusbmuxd looks for it (USBMUXD_SOCKET_ADDRESS)."""
    told = re.fullmatch(r"UNIX:(.+)", os.environ.get("USBMUXD_SOCKET_ADDRESS", ""))
    return Path(told[1]) if told else USBMUXD


def _simulators() -> tuple[simctl.Simulator, ...]:
    """Those that are booted; none where there is no Xcode."""
    if shutil.which("xcrun") is None:
        return ()
    with suppress(BenchFault):
        return simctl.simulators(simctl.run(("xcrun", "simctl", "list", "devices", "booted", "-j")))
    return ()


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way, suppress(OSError):
        way.connect(SOMEWHERE)
        return str(way.getsockname()[0])
    return "127.0.0.1"
