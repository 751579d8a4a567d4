"""The system's own connection to its push service, on behalf of one app: it listens, and sends nothing.

On a real phone one process does that for all apps (apsd, Google Play services), past the proxy; here it runs beside the
app it serves, so that nothing arrives while the app does not run. The service's lines are those of docs/cloud.md.
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from testbed.runtime.event import Event

SERVICES: Final = {"android": "mtalk.google.test", "ios": "courier.push.apple.test"}
PORT: Final = 443
PATIENCE: Final = 20.0  # seconds for the handle
SILENCE: Final = 90.0  # seconds; the service says something each 30


class NoPushError(OSError):
    """The push service did not answer, or not with a handle."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Who listens: this phone, for one app; `after` is the last message it has seen."""

    host: str
    device: str
    app: str
    after: int = 0

    def request(self) -> bytes:
        path = f"/listen?device={self.device}&topic={self.app}&after={self.after}"
        return f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n\r\n".encode()


class Courier:
    """Opens the connection when an app first asks for its handle, and hands over what comes."""

    def __init__(self, topic: Topic, trust: Callable[[], ssl.SSLContext], deliver: Callable[[Event], None]) -> None:
        self._topic = topic
        self._trust = trust
        self._deliver = deliver
        self._handle = ""
        self._lock = threading.Lock()

    def handle(self) -> str:
        """Return the app's handle; raises NoPushError."""
        with self._lock:
            if not self._handle:
                lines = self._connect()
                found = next(lines, {}).get("handle")
                if not isinstance(found, str):
                    raise NoPushError("the push service gave no handle")
                self._handle = found
                threading.Thread(target=self._listen, args=(lines,), name="push", daemon=True).start()
            return self._handle

    def _listen(self, lines: Iterator[dict[str, object]]) -> None:
        try:
            for line in lines:
                self._deliver(Event("push", text=json.dumps(line.get("payload"))))
        except OSError:
            pass  # the connection is gone; the next who asks for the handle opens another
        finally:
            self._handle = ""

    def _connect(self) -> Iterator[dict[str, object]]:
        try:
            stream = socket.create_connection((self._topic.host, PORT), PATIENCE)
            line = self._trust().wrap_socket(stream, server_hostname=self._topic.host)
            line.sendall(self._topic.request())
            line.settimeout(SILENCE)
        except OSError as error:
            raise NoPushError(f"the push service cannot be reached: {error}") from error
        return _messages(line)


def _messages(line: ssl.SSLSocket) -> Iterator[dict[str, object]]:
    """The JSON lines of the body; the lines of HTTP's head and of chunks are none (RFC 9112 section 7.1)."""
    with line, line.makefile("rb") as said:
        if b" 200 " not in said.readline():
            return
        for text in said:
            if text.startswith(b"{"):
                yield json.loads(text)
