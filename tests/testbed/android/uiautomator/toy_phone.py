"""A toy phone with a two-screen app, and a client that speaks to its server as the driver does."""

import asyncio
import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any

import httpx

from testbed.android.uiautomator import Battery, DeviceInfo, Shown
from testbed.screen import Display

PACKAGE = "test.superoffice.pocket"
type Json = Any  # whatever the answer holds

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def sign_in(email: str = "", note: str = "") -> dict[str, Any]:
    children = [
        {"key": "title", "kind": "heading", "text": "Sign in"},
        {"key": "email", "kind": "field", "id": "email", "text": email, "hint": "E-mail"},
        {"key": "password", "kind": "field", "id": "password", "password": True, "description": "Your password"},
        {"key": "log_in", "kind": "button", "id": "log_in", "text": "Log in"},
        {"key": "off", "kind": "button", "id": "off", "text": "Not now", "enabled": False},
        {"key": "stay", "kind": "switch", "id": "stay", "text": "Stay signed in", "checked": True},
        {"key": "note", "kind": "label", "id": "note", "text": note},
    ]
    return {"key": "root", "kind": "column", "children": children}


def diary() -> dict[str, Any]:
    rows = [_row(n) for n in range(100)]
    children = [
        {"key": "title", "kind": "heading", "text": "Diary"},
        {"key": "list", "kind": "list", "id": "list", "children": rows},
    ]
    return {"key": "root", "kind": "column", "children": children}


def _row(n: int) -> dict[str, Any]:
    label = {"key": f"label {n}", "kind": "label", "id": "name", "text": f"Contact {n}"}
    return {"key": f"row {n}", "kind": "item", "id": "row", "clickable": True, "children": [label]}


class ToyPhone:
    """Shows the sign-in screen; "log_in" leads to the diary a moment later, typing is echoed by the app."""

    density = 420
    api = 33
    model = "Toy"
    battery = Battery(0.5, 3)
    device_info = DeviceInfo("00ff", "Toy", "toy", "13", None, "en_GB", "Europe/Oslo")

    def __init__(self) -> None:
        self.clipboard = ""
        self.size = (1080, 1920)
        self.rotation = 0
        self.turns = True
        self.animates_until = 0.0
        self.display = Display(self.size, keyboard=600)
        self.heard: list[tuple[str, str]] = []
        self._frame = Shown(PACKAGE, f"{PACKAGE}.MainActivity", sign_in(), 0, "SignIn")
        self._changed = asyncio.Event()

    def shown(self) -> Shown:
        return self._frame

    def show(self, screen: str, root: dict[str, Any], package: str = PACKAGE) -> None:
        self._frame = Shown(package, f"{package}.MainActivity", root, self._frame.generation + 1, screen)
        self._changed.set()

    async def click(self, key: str) -> None:
        self.heard.append(("click", key))
        if key == "log_in":
            asyncio.get_running_loop().call_later(0.05, self.show, "Diary", diary())

    async def set_text(self, key: str, text: str) -> None:
        self.heard.append((key, text))
        if key == "email":
            self.show("SignIn", sign_in(email=text))

    async def press_key(self, code: int) -> bool:
        self.heard.append(("key", str(code)))
        return code < 300

    async def frame_after(self, generation: int, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while self._frame.generation <= generation:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    @property
    def orientation(self) -> str:
        return "PORTRAIT" if self.rotation % 2 == 0 else "LANDSCAPE"

    def declared_orientation(self) -> str | None:
        return None if self.turns else "SCREEN_ORIENTATION_PORTRAIT"

    def rotate(self, quarter: int) -> bool:
        if self.turns:
            self.rotation = quarter
            self.size = (1080, 1920) if quarter % 2 == 0 else (1920, 1080)
            self.display.resize(self.size)
        return self.turns

    async def edge_swipe(self, _start: tuple[float, float], _end: tuple[float, float]) -> bool:
        return False

    def is_animating(self) -> bool:
        return time.monotonic() < self.animates_until

    def open_notifications(self) -> None:
        self.heard.append(("notifications", ""))

    async def served(self, _path: str, answer: Awaitable[object]) -> object:
        return await answer

    def toast(self, text: str) -> None:
        self._frame = replace(self._frame, toast=text)

    def screenshot(self) -> bytes:
        return self.display.picture(self.shown())


@dataclass(frozen=True)
class Client:
    """The driver's side: sends as the driver does, gives the answer's `value`."""

    phone: ToyPhone
    http: httpx.Client
    session: str
    unmodelled: list[tuple[str, str]]
    ended: threading.Event

    def get(self, path: str) -> Json:
        return self.answer("GET", path)["value"]

    def post(self, path: str, **body: Json) -> Json:
        return self.answer("POST", path, **body)["value"]

    def answer(self, method: str, path: str, **body: Json) -> Json:
        return self.http.request(method, f"/session/{self.session}{path}", json=body or None).json()

    def error(self, method: str, path: str, **body: Json) -> tuple[int, str, str]:
        answer = self.http.request(method, f"/session/{self.session}{path}", json=body or None)
        value = answer.json()["value"]
        return answer.status_code, value["error"], value["message"]

    def find(self, strategy: str, selector: str, context: str = "") -> str:
        return str(self.post("/element", strategy=strategy, selector=selector, context=context)[ELEMENT])

    def find_all(self, strategy: str, selector: str, context: str = "") -> list[str]:
        found = self.post("/elements", strategy=strategy, selector=selector, context=context)
        return [str(each[ELEMENT]) for each in found]

    def texts(self, strategy: str, selector: str) -> list[str]:
        return [self.get(f"/element/{element}/text") for element in self.find_all(strategy, selector)]

    def to_diary(self) -> None:
        self.post(f"/element/{self.find('id', 'log_in')}/click")
