"""`python -m benchmarks.bars.android_sessions`: sessions in a row, and what they leave behind; prints JSON.

The bar: 1,000 sessions, and processes, open files, listening ports and files are as before, memory within 10 %. A
session is what each one costs the phone: instrumentation, POST /session, a lookup, the source, a click, its end;
`--appium` has the real server open and close each of them. Exit 0: nothing has grown; 1: something has.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.bars.android_stand import ACTIVITY, PACKAGE, Stand, stand
from drivers.tools import appium_home

SERVER = "io.appium.uiautomator2.server"
APKS = "appium-uiautomator2-driver/node_modules/appium-uiautomator2-server/apks"
WARM_UP = 50
SHARE = 0.10
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


@dataclass(frozen=True, slots=True)
class Usage:
    """Of the phone and the adb server together; `mib` is of the phone."""

    mib: float
    processes: int
    files: int
    ports: int
    on_disk: int


def usage(up: Stand) -> Usage:
    phone, adb = psutil.Process(up.phone.pid), psutil.Process(up.adb.pid)
    return Usage(
        mib=round(phone.memory_info().rss / (1 << 20), 1),
        processes=len(phone.children(recursive=True)),
        files=phone.num_fds() + adb.num_fds(),
        ports=sum(one.status == psutil.CONN_LISTEN for one in phone.net_connections()),
        on_disk=sum(1 for path in (up.home.parent / "phone").rglob("*") if path.is_file()),
    )


def direct(up: Stand) -> None:
    """One session as the driver holds it, spoken to the phone's server."""
    run = up.start("shell", "am", "instrument", "-w", f"{SERVER}.test/androidx.test.runner.AndroidJUnitRunner")
    port = up.run("forward", "tcp:0", "tcp:6790").strip()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        _until_ready(http)
        wanted = {"alwaysMatch": {"platformName": "Android", "appium:appPackage": PACKAGE}}
        session = http.post("/session", json={"capabilities": wanted}).json()["sessionId"]
        found = http.post(f"/session/{session}/element", json={"strategy": "id", "selector": "help"}).json()["value"]
        http.get(f"/session/{session}/source").raise_for_status()
        http.post(f"/session/{session}/element/{found[ELEMENT]}/click").raise_for_status()
        http.post(f"/session/{session}/back").raise_for_status()
        http.delete(f"/session/{session}").raise_for_status()
    run.wait(20)
    up.run("forward", "--remove", f"tcp:{port}")


def through_appium(up: Stand) -> None:
    wanted = {
        "platformName": "Android",
        "appium:automationName": "UiAutomator2",
        "appium:udid": up.serial,
        "appium:adbPort": up.adb_port,
        "appium:suppressKillServer": True,
        "appium:appPackage": PACKAGE,
        "appium:appActivity": ACTIVITY,
        "appium:autoLaunch": False,
        "appium:noReset": True,
    }
    with httpx.Client(base_url=up.appium, timeout=60) as http:
        answer = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
        answer.raise_for_status()
        session = answer.json()["value"]["sessionId"]
        http.get(f"/session/{session}/source").raise_for_status()
        http.delete(f"/session/{session}").raise_for_status()


def _until_ready(http: httpx.Client) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            http.get("/status").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
        else:
            return


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.android_sessions")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--appium", action="store_true", help="each session by a real Appium server")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        stand(Path(folder).resolve(), appium=options.appium) as up,
    ):
        for apk in sorted((appium_home() / "node_modules" / APKS).glob("*.apk")):
            up.run("install", "-g", str(apk))
        up.run("shell", f"am start -W -n {PACKAGE}/{ACTIVITY}")
        hold = through_appium if options.appium else direct
        for _ in range(min(WARM_UP, options.sessions)):
            hold(up)
        before, began = usage(up), time.monotonic()
        for _ in range(options.sessions):
            hold(up)
        after, seconds = usage(up), time.monotonic() - began
        unmodelled = up.unmodelled.read_text().splitlines()
    grown = [name for name in ("processes", "files", "ports", "on_disk") if asdict(after)[name] > asdict(before)[name]]
    grown += ["mib"] if after.mib > before.mib * (1 + SHARE) else []
    answer = {"sessions": options.sessions, "seconds_each": round(seconds / options.sessions, 3)}
    answer |= {"before": asdict(before), "after": asdict(after), "grown": grown, "unmodelled": len(unmodelled)}
    print(json.dumps(answer))  # noqa: T201 -- the answer
    sys.exit(1 if grown or unmodelled else 0)


if __name__ == "__main__":
    main()
