"""`python -m benchmarks.bars.android_phone`: what a session and its everyday commands cost on the virtual phone.

The bars: a session by the real Appium in 0.8 s; find, click and source in 8 ms at the median. Prints JSON; exit 1 where
one is missed. Measured beside them: `/status`, which Appium answers without the phone.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from benchmarks.bars.android_stand import ACTIVITY, PACKAGE, stand

MOST_SESSION, MOST_COMMAND = 0.8, 0.008
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _medians(http: httpx.Client, path: str, rounds: int) -> dict[str, float]:
    """Seconds, median of each command."""
    where = {"using": "id", "value": f"{PACKAGE}:id/crm_online"}

    def find() -> str:
        answer = http.post(f"{path}/element", json=where)
        answer.raise_for_status()
        return str(answer.json()["value"][ELEMENT])

    element = find()
    acts: dict[str, Callable[[], object]] = {
        "find": find,
        "click": lambda: http.post(f"{path}/element/{element}/click", json={}).raise_for_status(),
        "source": lambda: http.get(f"{path}/source").raise_for_status(),
        "status": lambda: http.get("/status").raise_for_status(),
    }
    return {name: statistics.median(_timed(act) for _ in range(rounds)) for name, act in acts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.android_phone")
    parser.add_argument("--sessions", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    wanted = {
        "platformName": "Android",
        "appium:automationName": "UiAutomator2",
        "appium:suppressKillServer": True,
        "appium:appPackage": PACKAGE,
        "appium:appActivity": ACTIVITY,
        "appium:autoLaunch": False,
        "appium:noReset": True,
    }
    sessions: list[float] = []
    commands: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, stand(Path(folder).resolve(), appium=True) as up:
        wanted |= {"appium:udid": up.serial, "appium:adbPort": up.adb_port}
        with httpx.Client(base_url=up.appium, timeout=60) as http:
            for _ in range(options.sessions + 1):  # the first one installs the driver's helpers
                up.run("shell", f"am start -W -n {PACKAGE}/{ACTIVITY}")
                began = time.perf_counter()
                answer = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
                answer.raise_for_status()
                sessions.append(time.perf_counter() - began)
                path = f"/session/{answer.json()['value']['sessionId']}"
                commands = commands or _medians(http, path, options.rounds)
                http.delete(path).raise_for_status()
        unmodelled = len(up.unmodelled.read_text().splitlines())
    session = statistics.median(sessions[1:])
    missed = [name for name in ("find", "click", "source") if commands[name] > MOST_COMMAND]
    missed += ["session"] if session > MOST_SESSION else []
    shown = {f"{name}_ms": round(seconds * 1000, 2) for name, seconds in commands.items()}
    print(json.dumps({"session_s": round(session, 3), **shown, "missed": missed, "unmodelled": unmodelled}))  # noqa: T201 -- the answer
    sys.exit(1 if missed or unmodelled else 0)


if __name__ == "__main__":
    main()
