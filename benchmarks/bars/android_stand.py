"""A virtual Android phone with its adb server, and Appium where that is wanted, for the bars alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from drivers.tools import adb_path, appium_home, appium_main, node_path

PATIENCE = 60.0  # seconds until a server must answer
PACKAGE, ACTIVITY = "test.superoffice.pocket", "test.superoffice.pocket.MainActivity"


@dataclass(frozen=True, slots=True)
class Stand:
    """What a bar needs to know; `appium` is empty where none was started."""

    adb_port: int
    phone: subprocess.Popen[bytes]
    adb: subprocess.Popen[bytes]
    serial: str
    home: Path
    unmodelled: Path
    env: dict[str, str]
    appium: str = ""

    def run(self, *words: str) -> str:
        command = [str(adb_path()), "-P", str(self.adb_port), "-s", self.serial, *words]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [str(adb_path()), "-P", str(self.adb_port), "-s", self.serial, *words]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def stand(folder: Path, *, appium: bool) -> Iterator[Stand]:
    """Everything up, the reference app installed; all of it ends with the block."""
    with ExitStack() as running:
        for name in ("home", "tmp", "sdk/platform-tools"):
            (folder / name).mkdir(parents=True)
        (folder / "sdk/platform-tools/adb").symlink_to(adb_path())
        port = _free_port()
        env = {**os.environ, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "ADB_LIBUSB": "0"}
        env |= {"ANDROID_ADB_SERVER_PORT": str(port)}
        adb = running.enter_context(_process(env, str(adb_path()), "-P", str(port), "nodaemon", "server"))
        phone, ready = _phone(running, env, folder / "phone", port)
        up = Stand(port, phone, adb, ready["serial"], folder / "home", Path(ready["unmodelled"]), env)
        up.run("install", "-g", str(_app(folder)))
        yield _with_appium(running, up, folder) if appium else up


def _phone(
    running: ExitStack, env: dict[str, str], home: Path, port: int
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    words = ("--home", str(home), "--adb-server-port", str(port), "--browser")
    phone = running.enter_context(_process(env, sys.executable, "-m", "testbed.android", *words, piped=True))
    if phone.stdout is None:
        raise RuntimeError("the phone has no output")
    return phone, json.loads(phone.stdout.readline())


def _with_appium(running: ExitStack, up: Stand, folder: Path) -> Stand:
    port = _free_port()
    # a named host: adb never starts a server of its own where ours is gone
    env = {**up.env, "APPIUM_HOME": str(appium_home()), "ANDROID_ADB_SERVER_ADDRESS": "127.0.0.1"}
    env |= {"ANDROID_HOME": str(folder / "sdk"), "ANDROID_SDK_ROOT": str(folder / "sdk")}
    words = (str(appium_main()), "server", "--address", "127.0.0.1", "--port", str(port), "--log-level", "error")
    running.enter_context(_process(env, str(node_path()), *words))
    url = f"http://127.0.0.1:{port}"
    _until_answers(f"{url}/status")
    return Stand(up.adb_port, up.phone, up.adb, up.serial, up.home, up.unmodelled, up.env, url)


def _app(folder: Path) -> Path:
    command = [sys.executable, "-m", "testbed.build", "--platform", "android", "--out", str(folder / "apps")]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


@contextmanager
def _process(env: dict[str, str], *command: str, piped: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    out = subprocess.PIPE if piped else subprocess.DEVNULL
    process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _until_answers(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
