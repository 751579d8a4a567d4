"""The log: records in a ring, read with logcat's own formats and filters (AOSP liblog logprint.cpp)."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from testbed.handset.clock import Clock

PRIORITIES = "VDIWEF"
BUFFERS = ("main", "system", "crash", "events", "radio", "kernel")
DEFAULT_SIZE = 256 << 10
"""Bytes of a buffer (logd, LOG_BUFFER_SIZE)."""
RING = 20_000


@dataclass(frozen=True, slots=True)
class Record:
    number: int
    at: float
    pid: int
    priority: str
    tag: str
    message: str
    buffer: str

    def threadtime(self) -> str:
        return f"{_calendar(self.at)} {self.pid:5} {self.pid:5} {self.priority} {self.tag:8}: {self.message}"

    def long(self) -> str:
        return f"[ {_calendar(self.at)} {self.pid:5}:{self.pid:5} {self.priority}/{self.tag:8} ]\n{self.message}\n"

    def process(self) -> str:
        return f"{self.priority}({self.pid:5}) {self.message}  ({self.tag})"

    def thread(self) -> str:
        return f"{self.priority}({self.pid:5}:{self.pid:5}) {self.message}"

    def epoch(self) -> str:
        return f"{self.at:19.3f} {self.pid:5} {self.pid:5} {self.priority} {self.tag:8}: {self.message}"

    def time(self) -> str:
        return f"{_calendar(self.at)} {self.priority}/{self.tag:8}({self.pid:5}): {self.message}"

    def brief(self) -> str:
        return f"{self.priority}/{self.tag:8}({self.pid:5}): {self.message}"

    def tagged(self) -> str:
        return f"{self.priority}/{self.tag:8}: {self.message}"

    def raw(self) -> str:
        return self.message


FORMATS: dict[str, Callable[[Record], str]] = {
    "threadtime": Record.threadtime,
    "epoch": Record.epoch,
    "time": Record.time,
    "brief": Record.brief,
    "tag": Record.tagged,
    "raw": Record.raw,
    "long": Record.long,
    "process": Record.process,
    "thread": Record.thread,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter specs `tag:priority`; a tag of its own beats `*`; the last spec for a tag wins."""

    levels: dict[str, str]

    def passes(self, record: Record) -> bool:
        level = self.levels.get(record.tag, self.levels.get("*", "V"))
        return level != "S" and PRIORITIES.index(record.priority) >= PRIORITIES.index(level)


class Logcat:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ring: deque[Record] = deque(maxlen=RING)
        self._next = 0
        self.sizes = dict.fromkeys(BUFFERS, DEFAULT_SIZE)
        self._grown = asyncio.Event()

    def write(  # noqa: PLR0913 -- the fields of a record
        self,
        priority: str,
        tag: str,
        message: str,
        *,
        pid: int | None = None,
        buffer: str = "main",
        at: float | None = None,
    ) -> None:
        """One record a line, as liblog splits them; `at` is the writer's clock, the phone's where nobody says."""
        level = priority if priority in PRIORITIES else "I"
        stamp = self._clock.now() if at is None else at
        for line in message.splitlines() or [""]:
            self._ring.append(Record(self._next, stamp, pid or os.getpid(), level, tag, line, buffer))
            self._next += 1
        self._grown.set()
        self._grown = asyncio.Event()

    def records(self, after: int = -1) -> list[Record]:
        return [record for record in self._ring if record.number > after]

    def size(self, buffer: str) -> int:
        """Bytes that the records of a buffer take."""
        return sum(len(record.message) + len(record.tag) + 20 for record in self._ring if record.buffer == buffer)

    def clear(self, buffers: frozenset[str]) -> None:
        self._ring = deque((r for r in self._ring if r.buffer not in buffers), maxlen=RING)

    async def grown(self) -> None:
        """Waits until a record is written."""
        await self._grown.wait()


def _calendar(at: float) -> str:
    return time.strftime("%m-%d %H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03}"
