"""The smallest phone that runs our apps: the other side of binder, uplink and clock, strict about what it is sent."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from testbed.screen.view import View

# seconds: for all that must come, on a machine that has much else to do; and between two looks
LIMIT, GLANCE = 60.0, 0.05


class Handheld:
    """Owns what all apps of a phone share: network, clock, keystore, camera, and who opens which link."""

    def __init__(self, home: Path, resolve: dict[str, int], ca: list[Path]) -> None:
        self.home = home
        self.resolve = resolve
        self.online = True
        self.proxy: dict[str, object] | None = None
        self.picture = b""
        self.denied: set[str] = set()
        self.finger = True
        self.notifications: list[str] = []
        self.keys: dict[str, Fernet] = {}
        self.asked: list[dict[str, object]] = []
        self.opened: list[str] = []
        self.apps: dict[str, App] = {}
        self.takes: dict[str, str] = {}
        self.clock = home / "clock"
        self.disk = home / "disk"
        self.disk.parent.mkdir(parents=True, exist_ok=True)
        self.disk.write_bytes(b"\0")
        self.ca = home / "cacerts"
        self.ca.mkdir(parents=True)
        for number, file in enumerate(ca):
            shutil.copy(file, self.ca / f"{number:08x}.0")
        self.advance(0)
        self._uplink = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve_uplink, daemon=True).start()

    def advance(self, seconds: float) -> None:
        """Set how far the phone's clock is ahead of the host's; in place, since apps have the file mapped."""
        with self.clock.open("r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("<d", seconds))

    def fill_disk(self, *, full: bool = True) -> None:
        """In place, since apps have the file mapped."""
        with self.disk.open("r+b") as file:
            file.write(bytes([full]))

    def app(self, package: str, code: str, entry: str) -> "App":
        self.apps[package] = App(self, package, code, entry)
        return self.apps[package]

    @property
    def uplink_port(self) -> int:
        return int(self._uplink.getsockname()[1])

    def close(self) -> None:
        for app in self.apps.values():
            app.kill()
        self._uplink.close()

    def _serve_uplink(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._uplink.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        asked = json.loads(near.makefile("rb").readline())
        self.asked.append(asked)
        port = asked["port"] if asked["host"] == "10.0.2.2" else self.resolve.get(asked["host"])
        if not self.online or port is None:
            near.sendall(b'{"errno":"%s"}\n' % (b"EAI_NONAME" if self.online else b"ENETUNREACH"))
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", port))
        except OSError:
            near.sendall(b'{"errno":"ECONNREFUSED"}\n')
            near.close()
            return
        near.sendall(b'{"ok":true}\n')
        threading.Thread(target=_copy, args=(near, far), daemon=True).start()
        _copy(far, near)


class App:
    """One installed app and, while it runs, its process."""

    def __init__(self, phone: Handheld, package: str, code: str, entry: str) -> None:
        self.phone, self.package, self.code, self.entry = phone, package, code, entry
        self.data = phone.home / "data" / package
        self.frames: list[dict[str, object]] = []
        self.logs: list[dict[str, str]] = []
        self.drawn = 0
        self.finished = 0
        self.paused = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.first_frame = 0.0
        self._changed = threading.Condition()
        self._line: socket.socket | None = None

    def start(self, link: str | None = None) -> "App":
        """Start the process and launch; returns with the first frame."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.frames, self.drawn, self.finished = [], 0, 0
        self.process, self._line = self.spawn()
        threading.Thread(target=self._listen, args=(self._line,), daemon=True).start()
        began = time.perf_counter()
        self.send({"event": "launch", "intent": {"action": "android.intent.action.MAIN", "data": link}})
        self.until(lambda: bool(self.frames))
        self.first_frame = time.perf_counter() - began
        return self

    def spawn(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        folder = Path(tempfile.mkdtemp(prefix="hh"))  # a unix socket's path is short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "b"))
            listener.listen()
            options = {"code": self.code, "entry": self.entry, "package": self.package, "binder": folder / "b"}
            options |= {"uplink": self.phone.uplink_port, "clock": self.phone.clock, "data": self.data}
            options |= {"ca": self.phone.ca, "disk": self.phone.disk}
            words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
            errors = (self.phone.home / f"{self.package}.err").open("ab")
            process = subprocess.Popen([sys.executable, "-m", "testbed.runtime", *words], stderr=errors)
            errors.close()
            listener.settimeout(LIMIT)
            line, _ = listener.accept()
        shutil.rmtree(folder)
        return process, line

    @property
    def errors(self) -> str:
        return (self.phone.home / f"{self.package}.err").read_text()

    def send(self, message: object) -> None:
        assert self._line
        self._line.sendall(json.dumps(message).encode() + b"\n")

    def view(self, link: str) -> None:
        """Deliver a link as the phone does, to a running app or by starting it."""
        if self.process is None or self.process.poll() is not None:
            self.start(link)
        else:
            self.send({"event": "intent", "intent": {"action": "android.intent.action.VIEW", "data": link}})

    def click(self, name: str) -> None:
        self.send({"event": "click", "key": self.shown(name)["key"]})

    def enter(self, name: str, text: str) -> None:
        self.send({"event": "text", "key": self.shown(name)["key"], "text": text})
        self.until(lambda: True)

    def back(self) -> None:
        self.send({"event": "back"})

    def pause(self) -> None:
        count = self.paused
        self.send({"event": "pause"})
        self.until(lambda: self.paused > count)

    def resume(self) -> None:
        count = len(self.frames)
        self.send({"event": "resume"})
        self.until(lambda: len(self.frames) > count)

    def screen(self) -> str:
        return str(self.frames[-1]["screen"])

    def find(self, name: str) -> dict[str, object] | None:
        return next((node for node in _walk(self.frames[-1]["root"]) if node["id"] == name), None)

    def shown(self, name: str) -> dict[str, object]:
        """The control of this id, as soon as it is on the screen."""
        self.until(lambda: self.find(name) is not None, name)
        found = self.find(name)
        assert found
        return found

    def text(self, name: str) -> str:
        return str(self.shown(name)["text"])

    def texts(self) -> str:
        return "\n".join(str(node["text"]) for node in _walk(self.frames[-1]["root"]))

    def until_screen(self, name: str) -> None:
        self.until(lambda: self.screen() == name, name)

    def until(self, true: Callable[[], bool], what: str = "") -> None:
        """Looked at whenever the phone says something, and all the time for what does not happen on it."""
        last = time.monotonic() + LIMIT
        with self._changed:
            while not true():
                if time.monotonic() > last:
                    shown = self.texts() if self.frames else "no frame"
                    raise AssertionError(f"{self.package}: waited in vain for {what}; shown: {shown}\n{self.errors}")
                self._changed.wait(GLANCE)

    def kill(self) -> None:
        """What force-stop does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self._line is not None:
            self._line.close()

    def _listen(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError), line.makefile("rb") as lines:
            for text in lines:
                message = json.loads(text)
                if "call" in message:
                    threading.Thread(target=self._answer, args=(message,), daemon=True).start()
                else:
                    self._take(message)

    def _take(self, message: dict[str, object]) -> None:
        with self._changed:
            match message:
                case {"frame": dict(frame)}:
                    View.parse(frame["root"])
                    self.frames.append(frame)
                case {"log": dict(log)}:
                    self.logs.append(log)
                case {"fully_drawn": True}:
                    self.drawn += 1
                case {"paused": True}:
                    self.paused += 1
                case {"finish": True}:
                    self.finished += 1
                case {"hello": {"pid": int(pid), "package": self.package}}:
                    assert self.process is None or pid != os.getpid()
                case _:
                    raise AssertionError(f"not in the contract: {message}")
            self._changed.notify_all()

    def _answer(self, message: dict[str, object]) -> None:
        try:
            answer: dict[str, object] = {"answer": message["n"], "value": self._call(message["call"], message["args"])}
        except LookupError as error:
            answer = {"answer": message["n"], "error": str(error)}
        with suppress(OSError):
            self.send(answer)

    def _call(self, name: object, args: object) -> object:  # noqa: C901, PLR0911 -- one for each call of the contract
        assert isinstance(args, dict)
        match name:
            case "keystore.encrypt":
                key = self.phone.keys.setdefault(args["alias"], Fernet(Fernet.generate_key()))
                return base64.b64encode(key.encrypt(base64.b64decode(args["data"]))).decode()
            case "keystore.decrypt":
                try:
                    clear = self.phone.keys[args["alias"]].decrypt(base64.b64decode(args["data"]))
                except InvalidToken:
                    raise LookupError("altered") from None
                return base64.b64encode(clear).decode()
            case "keystore.delete":
                self.phone.keys.pop(args["alias"], None)
                return None
            case "camera.capture":
                return base64.b64encode(self.phone.picture).decode()
            case "permission.request":
                return args["permission"] not in self.phone.denied
            case "biometric.authenticate":
                return self.phone.finger
            case "notification.post":
                self.phone.notifications.append(f"{args['title']}: {args['text']}")
                return True
            case "proxy":
                return self.phone.proxy
            case "browser.open":
                self._open(args["url"])
                return None
            case "activity.view":
                self.phone.apps[self.phone.takes[args["url"].partition(":")[0]]].view(args["url"])
                return None
        raise LookupError(f"unknown call {name}")

    def _open(self, url: str) -> None:
        self.phone.opened.append(url)
        with self._changed:
            self._changed.notify_all()
        if "com.android.browser" in self.phone.apps:
            self.phone.apps["com.android.browser"].view(url)


def _walk(node: object) -> list[dict[str, object]]:
    assert isinstance(node, dict)
    here = {"id": "", "text": "", **node}
    children = node.get("children") or []
    assert isinstance(children, list)
    return [here, *(below for child in children for below in _walk(child))]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
