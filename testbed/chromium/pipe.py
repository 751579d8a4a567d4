"""The engine's DevTools protocol over two pipes (chromium content/browser/devtools/devtools_pipe_handler.cc)."""

import fcntl
import itertools
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

type Message = Mapping[str, Any]

SECONDS: Final = 20.0
"""Until an answer is given up."""
_FREE: Final = 10
"""Pipe ends are moved to here, so that none of them is in the way of 3 and 4."""


class EngineError(OSError):
    """The engine refused a command, did not answer it, or is gone."""


class Pipe:
    """Starts a program that reads commands on its descriptor 3 and writes answers and events to 4."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.heard: Callable[[Message], None] = lambda _: None
        """Told of events, on the pipe's own thread."""
        self.ended: Callable[[], None] = lambda: None
        """Told on that thread when the engine is gone."""
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        self._waiting: dict[int, SimpleQueue[Message]] = {}
        self._gone = False
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        with log.open("wb") as errors:
            os.posix_spawn(
                command[0],
                list(command),
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                    (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                    (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
                ],
            )
        os.close(theirs_in)
        os.close(theirs_out)

    def start(self) -> None:
        """Begin to listen, once `heard` and `ended` are set."""
        threading.Thread(target=self._listen, name="devtools", daemon=True).start()

    def call(self, method: str, session: str = "", **parameters: object) -> Message:
        """The command's result; raises EngineError."""
        answers = self._sent(method, session, parameters)
        try:
            answer = answers.get(timeout=SECONDS)
        except Empty:
            raise EngineError(f"{method}: no answer in {SECONDS:.0f} s") from None
        if "error" in answer:
            raise EngineError(f"{method}: {answer['error'].get('message')}")
        result: Message = answer.get("result", {})
        return result

    def tell(self, method: str, session: str = "", **parameters: object) -> None:
        """A command whose answer may need what its sender has yet to do."""
        self._sent(method, session, parameters)

    def _sent(self, method: str, session: str, parameters: Mapping[str, object]) -> SimpleQueue[Message]:
        number = next(self._numbers)
        answers: SimpleQueue[Message] = SimpleQueue()
        self._waiting[number] = answers
        order = {"id": number, "method": method, "params": parameters}
        if self._gone:
            raise EngineError(f"{method}: the engine is gone")
        with self._sending, open(self._out, "wb", closefd=False) as out:
            out.write(json.dumps(order | ({"sessionId": session} if session else {})).encode() + b"\0")
        return answers

    def _listen(self) -> None:
        left = b""
        while data := os.read(self._in, 1 << 20):
            *messages, left = (left + data).split(b"\0")
            for each in messages:
                self._take(json.loads(each))
        self._gone = True
        for answers in list(self._waiting.values()):
            answers.put({"error": {"message": "the engine is gone"}})
        self.ended()

    def _take(self, message: Message) -> None:
        if "id" in message:
            self._waiting.pop(message["id"]).put(message)
        else:
            self.heard(message)


def _pipe() -> tuple[int, int]:
    """Both ends on high numbers, closed in children."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FREE) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
