"""All that only macOS offers for a simulator: `xcrun simctl` and the Mac's own proxy by `networksetup`.

Nothing of it runs on Linux. Each call names its source; outputs are read by pure functions, which tests/ feeds with
recorded ones. node-simctl is what the XCUITest driver itself uses (drivers/appium/node_modules/…/node-simctl).
"""

import json
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.phone import Capability
from faults import BenchFault, CapabilityMissing

SECONDS = 120.0
SERVICE = "Wi-Fi"
FIELD = re.compile(r"^(Enabled|Server|Port): *(.*)$", re.MULTILINE)
LAUNCHED = re.compile(r"^\S+: (\d+)\s*$", re.MULTILINE)

type Run = Callable[[Sequence[str]], str]


def run(command: Sequence[str]) -> str:
    """What a program prints; raises BenchFault with its words where it fails or is not there.

    It runs in the user's own home, whatever HOME says in a lab: macOS keeps simulators there.
    """
    home = {**os.environ, "HOME": pwd.getpwuid(os.getuid()).pw_dir}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, env=home)
    except (OSError, subprocess.TimeoutExpired) as error:
        msg = f"`{' '.join(command)}` cannot be run here: {error}"
        raise BenchFault(msg) from error
    if done.returncode:
        msg = f"`{' '.join(command)}` ended with {done.returncode}: {(done.stderr or done.stdout).strip()}"
        raise BenchFault(msg)
    return done.stdout


@dataclass(frozen=True, slots=True)
class Simulator:
    """A row of `simctl list devices -j`; `state` is Booted or Shutdown."""

    udid: str
    name: str
    state: str
    runtime: str


@dataclass(frozen=True, slots=True)
class WebProxy:
    """What `networksetup -getwebproxy SERVICE` says."""

    enabled: bool
    server: str
    port: int


def simulators(listed: str) -> tuple[Simulator, ...]:
    """Those that can be used (`isAvailable`), by what `simctl list devices -j` printed (node-simctl, list.ts)."""
    devices: dict[str, list[dict[str, object]]] = json.loads(listed)["devices"]
    return tuple(
        Simulator(str(one["udid"]), str(one["name"]), str(one["state"]), runtime.rpartition(".")[2])
        for runtime, rows in devices.items()
        for one in rows
        if one.get("isAvailable")
    )


def launched(said: str) -> int:
    """The pid in `BUNDLE: PID`, which `simctl launch` prints (node-simctl, launch.ts); raises BenchFault."""
    found = LAUNCHED.search(said)
    if found is None:
        msg = f"`simctl launch` reported no process: {said.strip()[:200]}"
        raise BenchFault(msg)
    return int(found[1])


def network_services(said: str) -> tuple[str, ...]:
    """By `networksetup -listallnetworkservices`: a line of explanation, then one a line, with * those switched off."""
    return tuple(line for line in said.splitlines()[1:] if line and not line.startswith("*"))


def expect_macos(udid: str) -> None:
    """Raises CapabilityMissing where nothing could run a simulator."""
    if shutil.which("xcrun") is None:
        msg = f"simulator {udid}: simulators need macOS with Xcode, and xcrun is not here; virtual-ios runs anywhere"
        raise CapabilityMissing(msg)


def web_proxy(said: str) -> WebProxy:
    """Raises BenchFault for an answer that is none, e.g. of a network service that does not exist."""
    fields = dict(FIELD.findall(said))
    if set(fields) != {"Enabled", "Server", "Port"}:
        msg = f"`networksetup` said nothing of a proxy: {said.strip()[:200]}"
        raise BenchFault(msg)
    return WebProxy(fields["Enabled"] == "Yes", fields["Server"], int(fields["Port"]))


class SimulatorHand:
    """The hands of a simulator's user on macOS (drivers.ios.hand.Hand); the Mac's proxy is put back as it was."""

    channel = "xcrun simctl and networksetup"
    capabilities: frozenset[Capability] = frozenset()

    def __init__(self, udid: str, service: str = SERVICE, run: Run = run) -> None:
        self._udid = udid
        self._service = service
        self._run = run
        self._kept: dict[str, WebProxy] = {}
        self._trusted: list[Path] = []

    def boot(self) -> None:
        """Returns once it is ready for use (node-simctl, bootstatus.ts: -b boots it first).

        :raises BenchFault: where there is no such simulator, or no such network service to take the proxy.
        """
        there = simulators(self._simctl("list", "devices", "-j"))
        if all(one.udid != self._udid for one in there):
            known = ", ".join(f"{one.udid} ({one.name}, {one.runtime})" for one in there) or "none"
            msg = f"simulator {self._udid}: this Mac has none of that udid that can be used; there is {known}"
            raise BenchFault(msg)
        services = network_services(self._run(("networksetup", "-listallnetworkservices")))
        if self._service not in services:
            msg = f"network_service {self._service}: this Mac has none of that name; there is {', '.join(services)}"
            raise BenchFault(msg)
        self._simctl("bootstatus", self._udid, "-b")

    def trust(self, certificate: Path) -> None:
        """Roots need no further trust on a simulator (node-simctl, keychain.ts)."""
        self._simctl("keychain", self._udid, "add-root-cert", str(certificate))
        if certificate not in self._trusted:
            self._trusted.append(certificate)

    def distrust(self, certificate: Path) -> None:
        """The simulator's keychain as on its first day, but for what else we trusted: simctl knows no smaller step."""
        if certificate in self._trusted:
            self._trusted.remove(certificate)
        self.clear_keychain()

    def use_proxy(self, port: int | None) -> None:
        """A simulator has no proxy of its own: it uses the Mac's (man networksetup)."""
        for kind in ("webproxy", "securewebproxy"):
            if port is None:
                self._put_back(kind)
                continue
            self._kept.setdefault(kind, web_proxy(self._run(("networksetup", f"-get{kind}", self._service))))
            self._run(("networksetup", f"-set{kind}", self._service, "127.0.0.1", str(port)))

    def _put_back(self, kind: str) -> None:
        kept = self._kept.pop(kind, None)
        if kept is None:
            return
        if kept.server:
            self._run(("networksetup", f"-set{kind}", self._service, kept.server, str(kept.port)))
        self._run(("networksetup", f"-set{kind}state", self._service, "on" if kept.enabled else "off"))

    def airplane_mode(self, *, on: bool) -> None:
        if on:
            self._cannot("go offline alone: its network is the Mac's")

    def set_clock(self, epoch: float | None) -> None:
        if epoch is not None:
            self._cannot("have a clock of its own: it is the Mac's; use a short limit and let time pass")

    def show_to_camera(self, png: bytes) -> None:  # noqa: ARG002 -- there is no camera to hold it to
        self._cannot("see anything: it has no camera; open the link that the QR code stands for")

    def clear_website_data(self) -> None:
        """Safari's data lies in its container, which simctl tells (node-simctl, get_app_container.ts)."""
        place = self._simctl("get_app_container", self._udid, "com.apple.mobilesafari", "data").strip()
        for part in ("Library/Cookies", "Library/WebKit"):
            self._run(("rm", "-rf", f"{place}/{part}"))

    def clear_keychain(self) -> None:
        """What is trusted may go with it, so it is trusted anew."""
        self._simctl("keychain", self._udid, "reset")
        for certificate in self._trusted:
            self.trust(certificate)

    def bundle(self, bundle_id: str) -> str | None:
        """Where an app's bundle lies; None where it is not installed."""
        try:
            return self._simctl("get_app_container", self._udid, bundle_id, "app").strip()
        except BenchFault:
            return None

    def open_url(self, url: str) -> None:
        self._simctl("openurl", self._udid, url)

    def launch(self, bundle_id: str) -> int:
        """The pid; for cold starts that are timed from the request (`--terminate-running-process` ends an old one)."""
        return launched(self._simctl("launch", "--terminate-running-process", self._udid, bundle_id))

    def push(self, bundle_id: str, payload: Path) -> None:
        """A remote notification (node-simctl, push.ts)."""
        self._simctl("push", self._udid, bundle_id, str(payload))

    def add_photo(self, file: Path) -> None:
        """Into the photo library (node-simctl, addmedia.ts)."""
        self._simctl("addmedia", self._udid, str(file))

    def _simctl(self, *words: str) -> str:
        return self._run(("xcrun", "simctl", *words))

    def _cannot(self, what: str) -> None:
        msg = f"simulator {self._udid} cannot {what}"
        raise CapabilityMissing(msg)
