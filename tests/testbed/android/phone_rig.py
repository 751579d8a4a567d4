"""A real adb client and server, and real phone processes, for the phone's tests."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psutil

from drivers.tools import adb_path

ROOT = Path(__file__).parents[3]
STEP = 0.02
NODE = r'<node [^>]*?(?:text="{0}"|resource-id="[^"]*{0}")[^>]*bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Adb:
    """The adb client against one private server."""

    port: int
    env: dict[str, str]
    serial: str = ""
    program: str = ""

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        target = ["-s", self.serial] if self.serial else []
        command = [self.program or str(adb_path()), "-P", str(self.port), *target, *words]
        return subprocess.run(command, env=self.env, input=stdin, capture_output=True, timeout=30, check=False)

    def out(self, *words: str) -> str:
        done = self.run(*words)
        return (done.stdout + done.stderr).decode()

    def shell(self, line: str) -> str:
        return self.out("shell", line).rstrip("\n")

    def popen(self, *words: str) -> subprocess.Popen[bytes]:
        command = [str(adb_path()), "-P", str(self.port), "-s", self.serial, *words]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@contextmanager
def adb_server(port: int, env: dict[str, str], program: str = "") -> Iterator[subprocess.Popen[bytes]]:
    command = [program or str(adb_path()), "-P", str(port), "nodaemon", "server"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def private(folder: Path, port: int) -> dict[str, str]:
    """An environment in which adb touches nothing outside the folder."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    own = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "ANDROID_ADB_SERVER_PORT": str(port)}
    # without USB hardware, adb's libusb keeps a new server waiting for three seconds
    return {**os.environ, **own, "ADB_LIBUSB": "0"}


@dataclass(frozen=True)
class Rig:
    """One running phone."""

    process: subprocess.Popen[bytes]
    home: Path
    ready: dict[str, object]
    adb: Adb

    def unmodelled(self) -> list[str]:
        lines = Path(str(self.ready["unmodelled"])).read_text().splitlines()
        return [json.loads(line)["what"] for line in lines]

    def control(self, method: str, path: str, **body: object) -> httpx.Response:
        """The lab's hand on the phone."""
        headers = {"Authorization": f"Bearer {self.ready['control_token']}"}
        return httpx.request(method, f"{self.ready['control']}{path}", json=body or None, headers=headers)

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        assert self.control("PUT", f"/faults/{name}", on=True).json()["faults"] == [name]
        try:
            yield
        finally:
            self.control("PUT", f"/faults/{name}", on=False)

    def suffer(self, name: str, seconds: float = 0) -> None:
        assert self.control("POST", f"/adversity/{name}", seconds=seconds).status_code == 200

    @contextmanager
    def states(self) -> Iterator[Iterator[str]]:
        """What adb's list says of this phone from now on, each change once: device, offline, gone."""
        with socket.create_connection(("127.0.0.1", self.adb.port), timeout=20) as line, line.makefile("rb") as told:
            line.sendall(b"0012host:track-devices")
            assert told.read(4) == b"OKAY"
            lists = (told.read(int(size, 16)).decode() for size in iter(lambda: told.read(4), b""))
            yield (_state_in(listed, self.adb.serial) for listed in lists)

    def console(self, *lines: str) -> str:
        """What the emulator's console answers to the last line."""
        token = Path(self.adb.env["HOME"], ".emulator_console_auth_token").read_text().strip()
        said = ""
        for line in lines:
            with socket.create_connection(("127.0.0.1", int(str(self.ready["console_port"])))) as stream:
                stream.sendall(f"auth {token}\n{line}\nquit\n".encode())
                said = b"".join(iter(lambda: stream.recv(4096), b"")).decode()
        return said.rpartition("commands\r\nOK\r\n")[2].replace("\r\n", "\n").strip()

    def seen(self) -> str:
        """The screen as `uiautomator dump` tells it."""
        return self.adb.shell("uiautomator dump /dev/tty")

    def sees(self, text: str) -> bool:
        return bool(until(lambda: text in self.seen()))

    def tap(self, text: str) -> None:
        """Taps the middle of what shows this text or has this id, as a person would."""
        found = until(lambda: re.search(NODE.format(re.escape(text)), self.seen()))
        assert found, f"{text} is not on the screen: {self.seen()}"
        left, top, right, bottom = map(int, found.groups())
        self.adb.shell(f"input tap {(left + right) // 2} {(top + bottom) // 2}")

    def pid(self, package: str) -> int | None:
        found = self.adb.shell(f"pidof {package}")
        return int(found) if found else None

    def start(self, link: str = "") -> str:
        """Starts the sample app, by link if there is one."""
        words = f"-a android.intent.action.VIEW -d '{link}'" if link else "-n com.example.sample/.Main"
        return self.adb.shell(f"am start -W {words}")

    def told(self, text: str, seconds: float = 20) -> str:
        """Waits for a line of the sample app in the log."""
        return until(lambda: next((line for line in self._sample_lines() if text in line), ""), seconds)

    def ask(self, deed: str) -> str:
        """Has the sample app do something, and returns what it says of it."""
        self.adb.shell("logcat -c")
        self.start(f"sample:{deed}")
        return self.told(f"{deed.split('/', maxsplit=1)[0]}: ").partition(": ")[2].partition(": ")[2]

    def _sample_lines(self) -> list[str]:
        return self.adb.shell("logcat -d -v brief -s Sample:V").splitlines()


def _state_in(listed: str, serial: str) -> str:
    found = (row.split("\t") for row in listed.splitlines())
    return next((state for name, state in found if name == serial), "gone")


def until[T](question: Callable[[], T], seconds: float = 20) -> T:
    """Asks until the answer is true; the last answer otherwise."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(STEP)
    return answer


@contextmanager
def phone(adb: Adb, folder: Path, *options: str) -> Iterator[Rig]:
    words = ["--home", str(folder), "--adb-server-port", str(adb.port), *options]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "testbed.android", *words], env=adb.env, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield Rig(process, folder, ready, replace(adb, serial=str(ready["serial"])))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stdout.close()


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
