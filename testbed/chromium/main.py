from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from testbed.chromium import trust
from testbed.chromium.engine import Engine, Page, Program
from testbed.chromium.reader import LEAVING
from testbed.chromium.way_out import WayOut
from testbed.runtime.event import Event
from testbed.runtime.phone import Phone

BLANK: Final = Page("", "about:blank", ())
SCREEN: Final = "Browser"
WEB: Final = frozenset({"", "http", "https"})
"""Schemes of a redirect that a browser follows itself, the page's own among them; every other is an app's affair."""
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
DEVTOOLS: Final = "chrome_devtools_remote"


def main(phone: Phone) -> None:
    """Run Chromium on a phone until the phone ends it."""
    browser = Browser(phone)
    for event in phone.events():
        browser.take(event)


class Browser:
    """One tab; the phone's events drive the engine, and each drawing of the engine becomes a frame."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        found = phone.browser_engine()
        self._size = found.size
        self._seen = BLANK
        self._picture = ""
        phone.show(SCREEN, self._frame())
        program = Program(found.chromium, found.certutil, found.version)
        trust.fill(phone.data_dir, program.certutil, phone.trusted_folders)
        way_out = WayOut(phone.proxy)
        way_out.start()
        self._engine = Engine(program, phone.data_dir, way_out.port, found.size)
        self._engine.pipe.heard = self._overheard
        self._engine.pipe.ended = lambda: phone.post(_gone)
        self._engine.pipe.start()
        self._engine.open_tab()
        phone.serve_abstract(DEVTOOLS, self._engine.devtools_port)

    def take(self, event: Event) -> None:
        """Act on one event of the phone."""
        link = event.intent.data if event.intent else None
        match event.kind:
            case "launch" | "intent" if link:
                self._engine.go(link)
            case "launch" | "resume":
                self._show()
            case "text":
                self._engine.write(event.key, event.text)
                self._look()
            case "click" if event.key.startswith("web:"):
                self._engine.tap(event.key)
            case "action":
                self._engine.enter()
            case "back":
                self._back()

    def _back(self) -> None:
        if not self._engine.back():
            self._phone.finish()

    def _overheard(self, message: Mapping[str, Any]) -> None:
        """On the pipe's thread: an answer that waits holds up every question to the page, so it comes first."""
        if message["method"] == "Fetch.requestPaused":
            details = message["params"]
            self._answered(details["requestId"], target_of(details))
        else:
            self._phone.post(lambda: self._heard(message))

    def _heard(self, message: Mapping[str, Any]) -> None:
        details = message.get("params", {})
        match message["method"]:
            case "Page.screencastFrame":
                self._look()
                self._engine.drawn(details["sessionId"])
            case "Page.frameNavigated" if "parentId" not in details["frame"]:
                self._engine.forget_world()
            case "Page.loadEventFired":
                self._look(loaded=True)
            case "Runtime.bindingCalled" if details["name"] == LEAVING:
                self._leave(details["payload"])

    def _answered(self, request: str, target: str) -> None:
        """The answer to a navigation: a redirect out of the web goes to the app that takes it."""
        if urlsplit(target).scheme in WEB:
            self._engine.pass_on(request)
            return
        self._engine.stay(request)
        self._phone.post(lambda: self._leave(target))

    def _leave(self, address: str) -> None:
        try:
            self._phone.view(address)
        except OSError as error:
            self._phone.log("W", "chromium", f"Unable to open intent: {error}".replace(address, "…"))

    def _look(self, *, loaded: bool = False) -> None:
        """A frame where the page's nodes have changed, or all of it is there; a caret that blinks is no news."""
        page = self._engine.page()
        if page is None or page.address == BLANK.address:
            return
        if loaded or page != self._seen:
            self._seen, self._picture = page, self._engine.picture()
            self._show()

    def _show(self) -> None:
        self._phone.show(SCREEN, self._frame())

    def _frame(self) -> dict[str, object]:
        page, (width, height) = self._seen, self._size
        bar = {"key": "url_bar", "kind": "browser_bar", "id": "url_bar", "text": page.host}
        view = {
            "key": "page",
            "kind": "column",
            "bounds": [0, 0, width, height],
            "picture": self._picture,
            "children": list(page.nodes),
        }
        return {"key": "browser", "kind": "column", "children": [bar, view]}


def target_of(details: Mapping[str, Any]) -> str:
    """Where the answer of a Fetch.requestPaused leads; empty where it is no redirect."""
    if details.get("responseStatusCode") not in REDIRECTS:
        return ""
    headers = {each["name"].lower(): each["value"] for each in details.get("responseHeaders", [])}
    return str(headers.get("location", ""))


def _gone() -> None:
    """The engine has ended, and the browser with it, as Chrome does when its browser process dies."""
    raise SystemExit("chromium has ended")
