"""A whole virtual iPhone as a process, an app on it, and a client that speaks to WebDriverAgent as the driver does."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from testbed.build.appfile import platform
from testbed.handset.clock import Clock
from testbed.ios.layout import Layout
from testbed.ios.model import udid_of
from testbed.ios.packages.apps import Apps
from tests.testbed.ios.mux_rig import Muxd

BUNDLE = "test.superoffice.pocket"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 10.0
STEP = 0.02

type Json = Any  # whatever the answer holds


@dataclass(frozen=True)
class IPhone:
    process: subprocess.Popen[bytes]
    home: Path
    udid: str
    wda: str
    control: str
    token: str

    def unmodelled(self) -> list[str]:
        return [json.loads(line)["what"] for line in (self.home / "unmodelled.log").read_text().splitlines()]

    def hand(self, method: str, path: str, token: str | None = None, **body: Json) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.request(method, f"{self.control}{path}", json=body, headers=headers, timeout=PATIENCE)

    def container(self) -> Path:
        """The app's data, by the phone's own files."""
        return next(file.parent for file in Layout(self.home / "fs").data.glob("*/Documents"))

    def app_processes(self) -> list[psutil.Process]:
        """Each leads a session of its own, and its zygote does not."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in below if _leads(child.pid)]


def _leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:  # it has just ended
        return False


class Wda:
    """A session with WebDriverAgent."""

    def __init__(self, phone: IPhone, **capabilities: object) -> None:
        self._client = httpx.Client(base_url=phone.wda, timeout=30)
        try:
            told = self.ask("POST", "/session", capabilities={"firstMatch": [capabilities], "alwaysMatch": {}})
        except AssertionError:
            self._client.close()
            raise
        self.session = told["sessionId"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def answer(self, method: str, path: str, **body: object) -> httpx.Response:
        return self._client.request(method, path, json=body if method == "POST" else None)

    def ask(self, method: str, path: str, **body: object) -> Json:
        answer = self.answer(method, path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def get(self, path: str) -> Json:
        return self.ask("GET", f"/session/{self.session}{path}")

    def post(self, path: str, **body: object) -> Json:
        return self.ask("POST", f"/session/{self.session}{path}", **body)

    def refused(self, method: str, path: str, **body: object) -> tuple[int, str, str]:
        """Status, error and message."""
        answer = self.answer(method, f"/session/{self.session}{path}", **body)
        value = answer.json()["value"]
        return answer.status_code, value["error"], value["message"]

    def find(self, value: str, using: str = "accessibility id") -> str:
        return str(self.post("/element", using=using, value=value)[ELEMENT])

    def found(self, value: str, using: str) -> list[str]:
        """The names of all that match."""
        ids = [each[ELEMENT] for each in self.post("/elements", using=using, value=value)]
        return [str(self.get(f"/element/{each}/attribute/name")) for each in ids]

    def click(self, value: str) -> None:
        self.post(f"/element/{self.find(value)}/click")

    def text(self, value: str) -> str:
        return str(self.get(f"/element/{self.find(value)}/text"))

    def rect(self, value: str) -> dict[str, float]:
        return dict(self.get(f"/element/{self.find(value)}/rect"))

    def state(self, bundle_id: str = BUNDLE) -> int:
        return int(self.post("/wda/apps/state", bundleId=bundle_id))

    def waits_for(self, value: str) -> None:
        until(lambda: bool(self.post("/elements", using="accessibility id", value=value)), value)


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(STEP)


def toy_ipa(home: Path, source: str) -> Path:
    """A signed app whose code is one module, `toy`."""
    file = home / "toy.ipa"
    file.write_bytes(platform("ios").assemble("toy:main", {"toy.py": source}, home))
    return file


@contextmanager
def iphone(muxd: Muxd, home: Path, ipa: Path | None = None, *options: str) -> Iterator[IPhone]:
    """A phone that is ready; the app is put on it before it starts, as one that was there yesterday."""
    home.mkdir(parents=True)
    udid = udid_of(int.from_bytes(os.urandom(8)))
    (home / "udid").write_text(udid)
    if ipa is not None:
        asyncio.run(Apps(Layout(home / "fs"), Clock(home / "clock"), udid, "17.5").install(ipa))
    words = ["--home", str(home), "--usbmuxd", str(muxd.socket), *options]
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "testbed.ios", *words], stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield IPhone(process, home, ready["udid"], ready["wda"], ready["control"], ready["control_token"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
        process.stdout.close()
