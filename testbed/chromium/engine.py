"""The headless Chromium: its command line, its one tab, and what a finger does there."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from testbed.chromium.pipe import EngineError, Message, Pipe
from testbed.chromium.reader import FOCUS, LEAVING, PLACE, READ, WATCH, value_of

DENSITY: Final = 2.625
"""Pixels a dp of a 420 dpi screen."""
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-gpu",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication",
    "--disable-quic",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--password-store=basic",
    "--proxy-bypass-list=<-loopback>",
    "--remote-debugging-pipe",
    "--remote-debugging-port=0",
    "about:blank",
)
"""No sandbox: inside a container or as root there is none; and nothing that would leave the phone unasked."""
WORLD: Final = "phone"
PORT_FILE: Final = "DevToolsActivePort"
FLAGS_NEEDED_ELSEWHERE: Final = ("PATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Program:
    """What the phone's maker has put on it: host paths, and the version."""

    chromium: str
    certutil: str
    version: str

    @property
    def agent(self) -> str:
        """Chrome's reduced user agent on Android (chromium components/embedder_support/user_agent_utils.cc)."""
        return (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{self.version.partition('.')[0]}.0.0.0 Mobile Safari/537.36"
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be seen: the page's nodes in sight."""

    host: str
    address: str
    nodes: tuple[Mapping[str, object], ...]


class Engine:
    """One tab of one engine; `size` is the page's room in the phone's pixels. Raises EngineError throughout."""

    def __init__(self, program: Program, home: Path, way_out: int, size: tuple[int, int]) -> None:
        self._size = size
        self._profile = home / "app_chrome"
        self._profile.mkdir(parents=True, exist_ok=True)
        (self._profile / PORT_FILE).unlink(missing_ok=True)
        command = (
            *(program.chromium, *FLAGS[:-1], f"--user-data-dir={self._profile}", f"--user-agent={program.agent}"),
            *(f"--proxy-server=socks5://127.0.0.1:{way_out}", "--lang=en-GB", FLAGS[-1]),
        )
        kept = {name: os.environ[name] for name in FLAGS_NEEDED_ELSEWHERE if name in os.environ}
        cache = home / "cache"
        cache.mkdir(exist_ok=True)
        # relative, as the path of the socket that the engine makes there must be short, however deep the phone lies
        environment = {**kept, "HOME": str(home), "TMPDIR": os.path.relpath(cache)}
        self.pipe = Pipe(command, environment, cache / "chromium.log")
        self._agent = program
        self._session = ""
        self._world: int | None = None

    def open_tab(self) -> None:
        """Take the first tab over, in the shape of a phone's."""
        targets = self.pipe.call("Target.getTargets")["targetInfos"]
        tab = next(each["targetId"] for each in targets if each["type"] == "page")
        self._session = self.pipe.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        width, height = self._size
        across = round(width / DENSITY)
        scale = width / across  # so that a picture is exactly as wide as the screen
        metrics = {"width": across, "height": round(height / scale), "deviceScaleFactor": scale, "mobile": False}
        self._do("Emulation.setDeviceMetricsOverride", **metrics)
        self._do("Emulation.setUserAgentOverride", userAgent=self._agent.agent, userAgentMetadata=self._client_hints())
        for domain in ("Page", "Runtime"):
            self._do(f"{domain}.enable")
        self._do("Runtime.addBinding", name=LEAVING, executionContextName=WORLD)
        self._do("Page.addScriptToEvaluateOnNewDocument", source=WATCH, worldName=WORLD)
        answers = {"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"}
        self._do("Fetch.enable", patterns=[answers])
        self._do("Page.startScreencast", format="jpeg", quality=1, maxWidth=64, maxHeight=64)

    def _client_hints(self) -> Mapping[str, object]:
        major = self._agent.version.partition(".")[0]
        brands = [{"brand": "Chromium", "version": major}]
        return {
            "brands": brands,
            "platform": "Android",
            "platformVersion": "",
            "architecture": "",
            "model": "",
            "mobile": True,
        }

    @property
    def devtools_port(self) -> int:
        """Of the engine's own DevTools server, which a debugger reaches through the phone's abstract socket."""
        return int((self._profile / PORT_FILE).read_text().split()[0])

    def go(self, address: str) -> None:
        self.pipe.tell("Page.navigate", self._session, url=address)

    def pass_on(self, request: str) -> None:
        """A page's answer goes its way."""
        self.pipe.tell("Fetch.continueRequest", self._session, requestId=request)

    def stay(self, request: str) -> None:
        """The answer led elsewhere: the page that was there stays."""
        self.pipe.tell("Fetch.fulfillRequest", self._session, requestId=request, responseCode=204)

    def drawn(self, number: int) -> None:
        """The engine sends its next drawing only after this."""
        self._do("Page.screencastFrameAck", sessionId=number)

    def forget_world(self) -> None:
        """Another document has come."""
        self._world = None

    def page(self) -> Page | None:
        """What is seen now, still without a picture; None while a document gives way to the next."""
        found = self._evaluate(READ)
        if found is None:
            return None
        return Page(found["host"], found["address"], tuple(found["nodes"]))

    def picture(self) -> str:
        """PNG, base64, in the phone's own pixels; what the engine says it has drawn is only its signal here."""
        return str(self._do("Page.captureScreenshot", format="png", optimizeForSpeed=True)["data"])

    def tap(self, key: str) -> None:
        place = self._evaluate(f"{PLACE}({json.dumps(key)})")
        if place is None:
            return  # it went while the finger was on its way
        for kind in ("mousePressed", "mouseReleased"):
            self._do("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def write(self, key: str, text: str) -> None:
        """Replace what a field holds, by way of its keyboard."""
        if not self._evaluate(f"{FOCUS}({json.dumps(key)})"):
            return
        if text:
            self._do("Input.insertText", text=text)
        else:
            self._key("Backspace", 8)

    def enter(self) -> None:
        self._key("Enter", 13, "\r")

    def _key(self, name: str, code: int, text: str = "") -> None:
        more = {"text": text} if text else {}
        for kind in ("keyDown", "keyUp"):
            self._do("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **more)

    def back(self) -> bool:
        """False where there is nothing to go back to."""
        history = self._do("Page.getNavigationHistory")
        index, entries = history["currentIndex"], history["entries"]
        if index < 1 or entries[index - 1]["url"] == "about:blank":
            return False
        self.pipe.tell("Page.navigateToHistoryEntry", self._session, entryId=entries[index - 1]["id"])
        return True

    def _evaluate(self, script: str) -> Any:  # noqa: ANN401 -- whatever the script gives
        """In the reader's own world of the document that is there."""
        try:
            if self._world is None:
                tree = self._do("Page.getFrameTree")["frameTree"]
                world = self._do("Page.createIsolatedWorld", frameId=tree["frame"]["id"], worldName=WORLD)
                self._world = world["executionContextId"]
            answer = self._do("Runtime.evaluate", expression=script, contextId=self._world, returnByValue=True)
        except EngineError:
            self._world = None
            return None
        return value_of(answer)

    def _do(self, method: str, **parameters: object) -> Message:
        return self.pipe.call(method, self._session, **parameters)
