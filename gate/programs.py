"""Every process of a lab: how it is started, what it is told, and how long it may take to be ready."""

import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.android import avd
from drivers.android.gateway import HOST_ALIAS
from drivers.tools import aapt2_path, adb_path, appium_home, appium_main, node_path
from gate.roster import scratch_root
from gate.service import READY_FD, Answer, Program, line_with
from gate.virtual_android import Build

ROOT = Path(__file__).parents[1]
DOMAIN = "superoffice.test"
INSECURE = "uiautomator2:adb_shell,uiautomator2:get_server_logs,uiautomator2:emulator_console"
BUILD_TOOLS = "36.0.0"
YOUNG = 32
"""MiB for objects that live as long as a command: with Node's own 16 a sixth of its time goes into collecting them."""
LOOKS_FOR_NONE = {"ADB_USB": "0", "ADB_MDNS": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553"}


@dataclass(frozen=True, slots=True)
class Home:
    """A private HOME and TMPDIR: adb and Appium write into both."""

    folder: Path

    def environment(self) -> dict[str, str]:
        scratch = self.folder / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        return {"HOME": str(self.folder), "TMPDIR": str(scratch)}


def cloud(phone: str, home: Path) -> Program:
    """A tenant for one phone alone."""
    return _ours(f"cloud-{phone}", "testbed.cloud", "--home", home, "--domain", DOMAIN)


def recorder(phone: str, out: Path, cloud_answer: Answer, place: Sequence[object] = ()) -> Program:
    """`place` are the options that say where it listens and which authority it keeps, where a person set a phone so."""
    return _ours(
        f"recorder-{phone}",
        "traffic.recorder",
        *("--out", out),
        *("--upstream-ca", cloud_answer["ca"]),
        *(word for route in _routes(cloud_answer) for word in ("--map", route)),
        *("--phone", phone),
        *place,
    )


def android_phone(name: str, home: Path, adb_port: int, cloud_answer: Answer, build: Build | None = None) -> Program:
    """Its system store holds the cloud's authority, as a real phone's holds the public ones; not the recorder's."""
    return _ours(
        name,
        "testbed.android",
        *("--home", home / name),
        *("--adb-server-port", adb_port),
        *("--system-ca", cloud_answer["ca"]),
        *(word for route in _routes(cloud_answer) for word in ("--resolve", route)),
        *(build or Build()).options,
        environment=Home(home).environment(),
    )


def iphone(name: str, home: Path, usbmuxd_socket: Path, cloud_answer: Answer) -> Program:
    """An iPhone on the cable; it trusts the cloud's authority as a real one trusts the public ones."""
    return _ours(
        name,
        "testbed.ios",
        *("--home", home / name),
        *("--usbmuxd", usbmuxd_socket),
        *("--system-ca", cloud_answer["ca"]),
        *(word for route in _routes(cloud_answer) for word in ("--resolve", route)),
        environment=Home(home).environment(),
    )


def usbmuxd(socket_path: Path) -> Program:
    """Through which everyone on this machine reaches the iPhones (libusbmuxd's USBMUXD_SOCKET_ADDRESS)."""
    return _ours("usbmuxd", "testbed.ios.usbmuxd", "--socket", socket_path)


def emulator(name: str, start: avd.Avd, home: Path, adb_port: int) -> Program:
    """An AVD; its console and adb share the lab's HOME. Raises UsageError for a device that there is not."""
    program = avd.emulator_path()
    avd.expect_avd(program, start.name)
    start.capture.parent.mkdir(parents=True, exist_ok=True)
    told = {"serial": start.serial, "capture": str(start.capture), "gateway": HOST_ALIAS}
    return Program(
        name,
        avd.start_command(program, start),
        ready=lambda line: told if avd.READY in line else None,
        environment={**Home(home).environment(), **avd.start_environment(home, adb_port)},
    )


def adb_server(port: int, home: Path, logs: Path, *, looks_for_phones: bool = False) -> Program:
    """adb's server as adb itself starts it, so that it says OK on a pipe once it listens (adb/client/main.cpp).

    Started so it logs into a file of its own in TMPDIR, adb.UID.log. It looks for no phones by itself (USB, mDNS, other
    people's emulator ports), for a virtual phone registers itself; where a real one was asked for, it does, with the
    key that the phone knows.
    """
    return Program(
        "adb",
        (str(adb_path()), "-P", str(port), "fork-server", "server", "--reply-fd", READY_FD),
        ready=line_with("OK"),
        environment={
            **Home(home).environment(),
            "TMPDIR": str(logs),
            "ADB_REJECT_KILL_SERVER": "1",
            **({"ADB_VENDOR_KEYS": str(Path.home() / ".android")} if looks_for_phones else LOOKS_FOR_NONE),
        },
    )


def appium(port: int, adb_port: int, usbmuxd_socket: Path, home: Path, *, simulators: bool = False) -> Program:
    """With `simulators` it keeps the user's HOME, in which macOS has them."""
    private = Home(home).environment()
    if simulators:
        del private["HOME"]
    return Program(
        "appium",
        (
            *(str(node_path()), f"--max-semi-space-size={YOUNG}", str(appium_main()), "server"),
            *("--address", "127.0.0.1", "--port", str(port)),
            *("--log-timestamp", "--log-no-colors", "--allow-insecure", INSECURE),
        ),
        ready=line_with("REST http interface listener started"),
        limit=60,
        environment={
            **private,
            "APPIUM_HOME": str(appium_home()),
            "ANDROID_HOME": str(android_sdk(home / "sdk")),
            "ANDROID_SDK_ROOT": str(home / "sdk"),
            "USBMUXD_SOCKET_ADDRESS": f"UNIX:{usbmuxd_socket}",
            "ANDROID_ADB_SERVER_PORT": str(adb_port),
            "ANDROID_ADB_SERVER_ADDRESS": "127.0.0.1",  # a named host: adb never starts a server when ours is gone
            "NODE_COMPILE_CACHE": str(scratch_root() / "node"),
        },
    )


def app_build(platform: str, out: Path, defect: str | None = None) -> tuple[str, ...]:
    """The command that builds the reference app; it prints the path of the file."""
    extra = ("--defect", defect) if defect else ()
    return (sys.executable, "-m", "testbed.build", "--platform", platform, *extra, "--out", str(out))


def defect_list() -> tuple[str, ...]:
    """The command that prints the seeded defects as JSON."""
    return (sys.executable, "-m", "testbed.build", "--list")


def android_sdk(folder: Path) -> Path:
    """As much of an Android SDK as the UiAutomator2 driver asks for: adb and aapt2."""
    for link, target in (("platform-tools/adb", adb_path()), (f"build-tools/{BUILD_TOOLS}/aapt2", aapt2_path())):
        path = folder / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    return folder


def free_port() -> int:
    """A port for a server that cannot be told to pick one itself."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _ours(name: str, module: str, *words: object, environment: dict[str, str] | None = None) -> Program:
    return Program(
        name,
        (sys.executable, "-m", module, *map(str, words)),
        environment={"PYTHONUNBUFFERED": "1", **(environment or {})},
        folder=ROOT,
    )


def _routes(cloud_answer: Answer) -> tuple[str, ...]:
    """Where the vendor's hosts live, and those of everybody else that the tenant's cloud plays."""
    domain, port = cloud_answer["domain"], cloud_answer["port"]
    others = [host for host in cloud_answer["hosts"] if not host.endswith(f".{domain}")]
    return tuple(f"{pattern}=127.0.0.1:{port}" for pattern in (f"*.{domain}", *others))
