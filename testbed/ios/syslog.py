"""The system log, as syslog_relay sends it."""

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from testbed.handset.clock import Clock

RING: Final = 20_000


class Level(Enum):
    """The words between angle brackets."""

    DEBUG = "Debug"
    INFO = "Info"
    NOTICE = "Notice"
    ERROR = "Error"
    FAULT = "Fault"


@dataclass(frozen=True, slots=True)
class Record:
    number: int
    at: float
    process: str
    pid: int
    level: Level
    message: str

    def line(self, device: str) -> str:
        """As syslog_relay shows it, in the phone's zone, UTC: `Nov  3 16:09:32 Virtual-iPhone Pocket[5] <Notice>: Hi`.

        A message of several lines keeps them; only the first has the head.
        """
        moment = time.gmtime(self.at)
        stamp = f"{time.strftime('%b', moment)} {moment.tm_mday:2} {time.strftime('%H:%M:%S', moment)}"
        return f"{stamp} {device.replace(' ', '-')} {self.process}[{self.pid}] <{self.level.value}>: {self.message}"


class Syslog:
    """Keeps the last records and wakes who waits for more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ring: deque[Record] = deque(maxlen=RING)
        self._next = 0
        self._grown = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the youngest record, -1 while there is none."""
        return self._next - 1

    def write(self, process: str, message: str, level: Level = Level.NOTICE, *, pid: int | None = None) -> None:
        """Add one record; a message of several lines stays one, its later lines without a head, as on a phone."""
        number = os.getpid() if pid is None else pid
        self._ring.append(Record(self._next, self._clock.now(), process, number, level, message))
        self._next += 1
        self._grown.set()
        self._grown = asyncio.Event()

    def records(self, after: int = -1) -> list[Record]:
        """Return the records younger than a number, oldest first."""
        fresh = min(max(self.last - after, 0), len(self._ring))
        return [self._ring[index] for index in range(len(self._ring) - fresh, len(self._ring))]

    async def follow(self, after: int, until: "asyncio.Task[None]") -> AsyncIterator[list[Record]]:
        """Yield what is written after a number, as it comes, until something else is done."""
        while not until.done():
            grown = self._grown
            fresh = self.records(after)
            if fresh:
                after = fresh[-1].number
                yield fresh
                continue
            waiting = asyncio.create_task(_until(grown))
            await asyncio.wait({waiting, until}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()


async def _until(event: asyncio.Event) -> None:
    await event.wait()
