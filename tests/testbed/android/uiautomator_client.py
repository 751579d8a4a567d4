"""The UiAutomator2 server's protocol spoken directly: adb forward and HTTP, no Appium in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.testbed.android.phone_rig import ROOT, Rig, until

APKS = ROOT / "drivers/appium/node_modules/appium-uiautomator2-driver/node_modules/appium-uiautomator2-server/apks"
SERVER = "io.appium.uiautomator2.server"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
type Json = Any  # whatever the answer holds


@dataclass(frozen=True)
class Client:
    http: httpx.Client
    session: str

    def get(self, path: str) -> Json:
        return self.http.get(f"/session/{self.session}{path}").json()["value"]

    def post(self, path: str, **body: Json) -> Json:
        return self.http.post(f"/session/{self.session}{path}", json=body).json()["value"]

    def find(self, strategy: str, selector: str) -> Json:
        return self.post("/element", strategy=strategy, selector=selector)

    def click(self, strategy: str, selector: str) -> None:
        element = until(lambda: self.find(strategy, selector).get(ELEMENT))
        self.post(f"/element/{element}/click")

    def alive(self) -> bool:
        try:
            return bool(self.get("/appium/device/display_density") == 420)
        except httpx.HTTPError:
            return False


@contextmanager
def served(rig: Rig) -> Iterator[int]:
    """The server runs; the host's port that leads to it."""
    if f"package:{SERVER}\n" not in rig.adb.out("shell", "pm list packages"):
        for apk in sorted(APKS.glob("*.apk")):
            assert rig.adb.run("install", "-g", str(apk)).returncode == 0
    run = rig.adb.popen("shell", "am", "instrument", "-w", f"{SERVER}.test/androidx.test.runner.AndroidJUnitRunner")
    port = int(rig.adb.out("forward", "tcp:0", "tcp:6790"))
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            assert until(lambda: _ready(http))
        yield port
    finally:
        rig.adb.shell(f"am force-stop {SERVER}")
        run.wait(timeout=10)
        if run.stdout is not None:
            run.stdout.close()
        rig.adb.run("forward", "--remove", f"tcp:{port}")


@contextmanager
def uiautomator(rig: Rig) -> Iterator[Client]:
    with served(rig) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        wanted = {"alwaysMatch": {"platformName": "Android", "appium:appPackage": "com.example.sample"}}
        created = http.post("/session", json={"capabilities": wanted}).json()
        yield Client(http, created["sessionId"])


def _ready(http: httpx.Client) -> bool:
    try:
        return bool(http.get("/status").json()["value"]["ready"])
    except httpx.HTTPError:
        return False
