"""`python -m gate.bars.ios_phone`: how fast a virtual iPhone is behind the real Appium, and whether it leaks.

Prints JSON: a session with and without log capture, find, click, source and screenshot in milliseconds (median and 95th
percentile), and the bars beside them. With `--sessions 1000` so many sessions in a row as well: what phone and Appium
hold before and after, in MB, threads and open files.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from drivers.app_file import read_app_file
from drivers.controls import Control
from drivers.ios.hand import ControlledHand
from drivers.ios.locators import locate
from drivers.ios.phone import IosPhone, capabilities_for, open_ios_phone
from drivers.session import Session
from gate.lab import Order, running_lab
from gate.rundir import Plan, RunDir

PHONE = "virtual-ios"
SESSION_BAR, LOOK_BAR = 500.0, 8.0  # milliseconds
BUTTON = Control("help")


def main() -> None:
    parser = argparse.ArgumentParser(prog="gate.bars.ios_phone", description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="of each look")
    parser.add_argument("--sessions", type=int, default=0, help="in a row, to see whether they leak")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder)) as endpoints:
        told = {**looks(endpoints, options.times), **openings(endpoints)}
        if options.sessions:
            told["leak"] = leak(endpoints, options.sessions)
    print(json.dumps(told, indent=1))  # noqa: T201 -- the answer


@contextmanager
def lab(folder: Path) -> Iterator[dict[str, Any]]:
    run = RunDir.create(folder, Plan(("bars",), (PHONE,)))
    with running_lab(Order(run, (PHONE,))) as running:
        yield running.endpoints


def looks(endpoints: dict[str, Any], times: int) -> dict[str, Any]:
    """What a check does all the time."""
    phone = _open(endpoints)
    phone.launch()
    phone.wait_for(BUTTON)
    driver = phone.session._driver  # noqa: SLF001 -- the bare driver is what is measured
    strategies = {
        "find by id": ("accessibility id", BUTTON.id),
        "find by predicate": ("-ios predicate string", f"name == '{BUTTON.id}'"),
        "find by class chain": locate(BUTTON),
        "find by xpath": ("xpath", f"//XCUIElementTypeButton[@name='{BUTTON.id}']"),
    }
    told = {name: _timed(partial(driver.find_element, *how), times) for name, how in strategies.items()}
    switch = driver.find_element("accessibility id", "crm_online")
    told["click"] = _timed(switch.click, times)
    told["source"] = _timed(lambda: driver.page_source, times)
    told["screenshot"] = _timed(driver.get_screenshot_as_png, max(5, times // 10))
    phone.close()
    return {name: {**row, "bar": None if name == "screenshot" else LOOK_BAR} for name, row in told.items()}


def openings(endpoints: dict[str, Any]) -> dict[str, Any]:
    def opened(extra: dict[str, object]) -> Callable[[], None]:
        def once() -> None:
            Session(PHONE, endpoints["appium"], {**_capabilities(endpoints), **extra}, locate).close()

        return once

    told = {
        "session": _timed(opened({}), 10),
        "session without log": _timed(opened({"appium:skipLogCapture": True}), 10),
    }
    return {name: {**row, "bar": SESSION_BAR} for name, row in told.items()}


def leak(endpoints: dict[str, Any], sessions: int) -> dict[str, Any]:
    """What phone and Appium hold after a tenth of the sessions, and after all of them."""
    warm = max(1, sessions // 10)
    for _ in range(warm):
        Session(PHONE, endpoints["appium"], _capabilities(endpoints), locate).close()
    before = _held()
    began = time.monotonic()
    for _ in range(sessions - warm):
        Session(PHONE, endpoints["appium"], _capabilities(endpoints), locate).close()
    return {"sessions": sessions, "seconds": round(time.monotonic() - began, 1), "before": before, "after": _held()}


def _held() -> dict[str, dict[str, float]]:
    """By what a process of this lab is: its memory in MB, threads and open files."""
    found: dict[str, dict[str, float]] = {}
    for process in psutil.Process().children(recursive=True):
        words = " ".join(process.cmdline())
        names = {"testbed.ios ": "phone", "testbed.ios.usbmuxd": "usbmuxd", "appium/index.js": "appium"}
        name = next((name for part, name in names.items() if part in words + " "), None)
        if name:
            memory = round(process.memory_info().rss / (1 << 20), 1)
            found[name] = {"mb": memory, "threads": process.num_threads(), "files": process.num_fds()}
    return found


def _timed(act: Callable[[], object], times: int) -> dict[str, float]:
    act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return {"p50": round(statistics.median(taken), 1), "p95": round(sorted(taken)[int(0.95 * (len(taken) - 1))], 1)}


def _open(endpoints: dict[str, Any]) -> IosPhone:
    row = endpoints["lanes"][0]["phone"]
    hand = ControlledHand(row["control"], row["control_token"])
    app = read_app_file(Path(endpoints["apps"]["ios"]))
    return open_ios_phone(PHONE, appium=endpoints["appium"], udid=row["udid"], wda=row["wda"], app=app, hand=hand)


def _capabilities(endpoints: dict[str, Any]) -> dict[str, object]:
    row = endpoints["lanes"][0]["phone"]
    return dict(capabilities_for(row["udid"], row["wda"]))


if __name__ == "__main__":
    main()
