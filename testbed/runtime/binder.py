"""The line between an app process and its phone: JSON lines over a unix socket, named after Android's binder."""

import itertools
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue

from testbed.runtime.event import Event, event_from_wire

type Step = Event | Callable[[], None]


class PhoneRefused(OSError):  # noqa: N818 -- what the phone did; an OSError, so that an app can catch it without knowing us
    """The phone answered a call with an error; the message is the phone's."""


class Binder:
    """Sends frames and calls to the phone, and queues what the phone reports for the app's main thread.

    The app has no life without its phone: when the line closes, the process ends at once, whatever it is doing.
    """

    def __init__(self, path: Path) -> None:
        self.inbox: SimpleQueue[Step] = SimpleQueue()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._sending = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, SimpleQueue[Mapping[str, object]]] = {}

    def start(self) -> None:
        """Begin to listen; calls get answers only from now on."""
        threading.Thread(target=self._listen, name="binder", daemon=True).start()

    def send(self, message: Mapping[str, object]) -> None:
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        try:
            with self._sending:
                self._socket.sendall(line)
        except OSError:
            _end_with_the_phone()

    def call(self, name: str, **arguments: object) -> object:
        """Ask the phone and wait for its answer; raises PhoneRefused."""
        number = next(self._numbers)
        answers: SimpleQueue[Mapping[str, object]] = SimpleQueue()
        self._waiting[number] = answers
        self.send({"call": name, "n": number, "args": arguments})
        answer = answers.get()
        if "error" in answer:
            raise PhoneRefused(f"{name}: {answer['error']}")
        return answer.get("value")

    def _listen(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    self._take(line)
        except OSError as error:
            print(f"binder: {error}", file=sys.stderr)  # noqa: T201 -- stderr is this process's log
        _end_with_the_phone()

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            if "answer" in message:
                self._waiting.pop(message["answer"]).put(message)
            else:
                self.inbox.put(event_from_wire(message))
        except (ValueError, KeyError, TypeError) as error:
            shown = line[:200].decode(errors="replace").strip()
            print(f"binder: not understood ({error!r}): {shown}", file=sys.stderr)  # noqa: T201 -- as above


def _end_with_the_phone() -> None:
    os._exit(0)
