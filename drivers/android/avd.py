"""The emulator of the Android SDK: where it lies, which devices it knows, and the command that starts one.

Everything that only the real `emulator` can do is here. Sources: developer.android.com/studio/run/emulator-commandline
(options) and /tools/variables (environment); `-tcpdump` captures what the guest sends before `-http-proxy` sees it, so
what goes round the proxy is in the capture too.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from faults import SetupError, UsageError

SDKS = {"darwin": "Library/Android/sdk", "linux": "Android/Sdk"}
READY = "Android emulator version"
"""What it prints first; that the phone has booted is seen on the phone (drivers/android/boot.py)."""
FIRST_PORT, LAST_PORT = 5700, 6000
"""Beyond the ports at which an adb server looks by itself (5554-5682): the emulator registers with ours instead."""
LISTED_WITHIN = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Avd:
    """One start of a device; `ports` are of its console and its adbd."""

    name: str
    ports: tuple[int, int]
    capture: Path
    proxy_port: int
    window: bool = False

    @property
    def serial(self) -> str:
        return f"emulator-{self.ports[0]}"


def sdk() -> Path:
    """ANDROID_HOME, or where Android Studio puts it; raises SetupError with the command that mends it."""
    named = os.environ.get("ANDROID_HOME") or os.environ.get("ANDROID_SDK_ROOT")
    folder = Path(named) if named else Path.home() / SDKS.get(sys.platform, SDKS["linux"])
    if not (folder / "emulator" / "emulator").is_file():
        msg = f"{folder} has no emulator; run `sdkmanager emulator platform-tools`, and set ANDROID_HOME to the SDK"
        raise SetupError(msg)
    return folder


def emulator_path() -> Path:
    return sdk() / "emulator" / "emulator"


def known_avds(program: Path) -> tuple[str, ...]:
    """The devices by their names; lines with blanks or colons are what the emulator says besides."""
    done = subprocess.run(
        [str(program), "-list-avds"], capture_output=True, text=True, timeout=LISTED_WITHIN, check=False
    )
    return tuple(line for line in done.stdout.splitlines() if line and " " not in line and "|" not in line)


def expect_avd(program: Path, name: str) -> None:
    """Raises UsageError with the names that there are."""
    if name not in (known := known_avds(program)):
        some = ", ".join(known) or "none; make one by `avdmanager create avd`"
        msg = f"--phone avd:{name}: no such AVD; there are: {some}"
        raise UsageError(msg)


def start_command(program: Path, avd: Avd) -> tuple[str, ...]:
    """From a cold boot, so that no snapshot brings an old state along.

    The back camera is the scene that QR codes are put into (`virtualscene-image` of the console). The boot animation
    stays: Appium takes its end for the boot's.
    """
    return (
        *(str(program), "-avd", avd.name),
        *("-ports", f"{avd.ports[0]},{avd.ports[1]}"),
        *("-tcpdump", str(avd.capture)),
        *("-http-proxy", f"http://127.0.0.1:{avd.proxy_port}"),
        *("-camera-back", "virtualscene"),
        *("-no-snapshot", "-no-audio"),
        *(() if avd.window else ("-no-window", "-gpu", "swiftshader_indirect")),
    )


def start_environment(home: Path, adb_server_port: int) -> dict[str, str]:
    """HOME is the lab's, for console token and adb key are shared through it; the devices stay where they are."""
    own = os.environ.get("ANDROID_AVD_HOME") or str(Path.home() / ".android" / "avd")
    return {"HOME": str(home), "ANDROID_AVD_HOME": own, "ANDROID_ADB_SERVER_PORT": str(adb_server_port)}


def free_ports() -> tuple[int, int]:
    """An even port and its neighbour, as `-ports` wants them; raises SetupError where none are free."""
    for port in range(FIRST_PORT, LAST_PORT, 2):
        if _is_free(port) and _is_free(port + 1):
            return port, port + 1
    msg = f"no two neighbouring ports are free between {FIRST_PORT} and {LAST_PORT}; end some emulators"
    raise SetupError(msg)


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
