"""A slow network: so many bits a second each way, so much later; as an emulator's console sets it."""

import asyncio
import random
from dataclasses import dataclass, field
from enum import Enum

QUIET_SECONDS = 0.05
"""After so long, what comes next on a stream is a new message, and travels the whole way again."""
BURST_SECONDS = 0.05
"""So much may pass at once; a longer burst would let small answers through unshaped."""
SMALLEST_BURST = 1500
"""Bytes: one packet always passes whole."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Bits a second; 0 is without limit."""

    up: float = 0
    down: float = 0


@dataclass(frozen=True, slots=True)
class Delay:
    """Milliseconds that each way takes, anything between the two."""

    low: float = 0
    high: float = 0


SPEEDS = {
    "gsm": Speed(14_400, 14_400),
    "hscsd": Speed(14_400, 57_600),
    "gprs": Speed(28_800, 57_600),
    "edge": Speed(473_600, 473_600),
    "umts": Speed(384_000, 384_000),
    "hsdpa": Speed(5_760_000, 13_980_000),
    "lte": Speed(58_000_000, 173_000_000),
    "evdo": Speed(75_000_000, 280_000_000),
    "full": Speed(),
}
DELAYS = {
    "gsm": Delay(150, 550),
    "hscsd": Delay(80, 400),
    "gprs": Delay(35, 200),
    "edge": Delay(80, 400),
    "umts": Delay(35, 200),
    "hsdpa": Delay(),
    "lte": Delay(),
    "evdo": Delay(),
    "none": Delay(),
}
"""The emulator's own tables (AOSP external/qemu, android_netspeeds and android_netdelays)."""


class Way(Enum):
    UP = "up"
    DOWN = "down"


@dataclass(slots=True)
class _Bucket:
    """Tokens are bytes; what is asked for is waited for in the order of asking."""

    rate: float = 0
    _free_at: float = 0

    async def take(self, size: int) -> None:
        if not self.rate:
            return
        now = asyncio.get_running_loop().time()
        burst = max(BURST_SECONDS, SMALLEST_BURST / self.rate)
        self._free_at = max(self._free_at, now - burst) + size / self.rate
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)


@dataclass(slots=True)
class Shaper:
    """All streams of a phone share its one link."""

    speed: Speed = field(default_factory=Speed)
    delay: Delay = field(default_factory=Delay)
    _up: _Bucket = field(default_factory=_Bucket)
    _down: _Bucket = field(default_factory=_Bucket)

    def set_speed(self, speed: Speed) -> None:
        self.speed = speed
        self._up, self._down = _Bucket(speed.up / 8), _Bucket(speed.down / 8)

    def set_delay(self, delay: Delay) -> None:
        self.delay = delay

    async def latency(self, since: float = 0.0) -> None:
        """One way's delay, unless the stream has just carried something (`since`, the loop's time)."""
        if self.delay.high and asyncio.get_running_loop().time() - since > QUIET_SECONDS:
            await asyncio.sleep(random.uniform(self.delay.low, self.delay.high) / 1000)  # noqa: S311 -- no secret

    async def carry(self, size: int, way: Way) -> None:
        """Waits as long as so many bytes need."""
        await (self._up if way is Way.UP else self._down).take(size)
