"""TCP put together again from its segments, as far as judging needs: what is encrypted is soon let go."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dpkt import tcp

KEPT = 8 * 1024 * 1024
"""Bytes of each direction of a stream in clear."""
KEPT_ENCRYPTED = 64 * 1024
"""Bytes of each direction once it is encrypted: the hellos lie within."""
MOST_OPEN = 4096
"""Streams that are put together at a time; of more, the one longest silent is judged as it is."""
_WAITING = 1024  # segments that came too early, for each direction
_RING = 1 << 32


@dataclass(slots=True)
class Direction:
    """What one side sent, in order; `gaps` says that some of it was not captured.

    `twofold` says that bytes came again and were others: who listened in the middle cannot know which ones were taken.
    """

    data: bytearray = field(default_factory=bytearray)
    size: int = 0
    gaps: bool = False
    twofold: bool = False
    limit: int = KEPT
    _next: int | None = None
    _last: int | None = None
    _early: dict[int, bytes] = field(default_factory=dict)

    def begin(self, number: int) -> None:
        self._next = (number + 1) % _RING

    def end(self, number: int) -> None:
        """The number that follows the last byte, as a FIN tells it."""
        self._last = number % _RING

    def add(self, number: int, data: bytes) -> None:
        """A segment; again, early or overlapping ones are put where they belong (RFC 9293 §3.10.7.4)."""
        if not data:
            return
        if self._next is None:
            self._next, self.gaps = number, True  # its beginning was not captured
        ahead = (number - self._next) % _RING
        if ahead and ahead < _RING // 2:
            self._keep_early((self._next + ahead) % _RING, data)
            return
        self._take(data, (_RING - ahead) % _RING)
        while self._early and (due := self._due()) is not None:
            self._take(self._early.pop(due), (self._next - due) % _RING)

    def finish(self) -> None:
        """No more will come: what is still missing stays missing."""
        self.gaps |= bool(self._early) or (None not in {self._last, self._next} and self._last != self._next)
        self._early.clear()

    def _due(self) -> int | None:
        """An early segment that no byte is missing before any more."""
        return next((start for start in self._early if ((self._next or 0) - start) % _RING < _RING // 2), None)

    def _take(self, data: bytes, known: int) -> None:
        """The first `known` bytes came before."""
        if known and not _is_probe(data, known):
            before = bytes(self.data[max(0, self.size - known) :][: len(data)]) if known <= self.size else b""
            self.twofold |= bool(before) and not data.startswith(before[: len(data)])
        data = data[known:]
        self.size += len(data)
        self._next = ((self._next or 0) + len(data)) % _RING
        self.data += data[: max(0, self.limit - len(self.data))]

    def _keep_early(self, number: int, data: bytes) -> None:
        if len(self._early) >= _WAITING and number not in self._early:
            self.gaps = True
            return
        earlier = self._early.get(number, b"")
        self.twofold |= not data.startswith(earlier) and not earlier.startswith(data)
        self._early[number] = max(earlier, data, key=len)


def _is_probe(data: bytes, known: int) -> bool:
    """A keep-alive: one byte of no meaning that was acknowledged long ago (RFC 9293 §3.8.4)."""
    return len(data) == known == 1


@dataclass(slots=True)
class Stream:
    """One connection: `client` and `server` are (address, port); who sent the first SYN is the client."""

    at: float
    client: tuple[str, int]
    server: tuple[str, int]
    sent: Direction = field(default_factory=Direction)
    received: Direction = field(default_factory=Direction)
    refused: bool = False

    @property
    def cut(self) -> bool:
        """Whether more was said than was kept."""
        return any(side.size > len(side.data) for side in (self.sent, self.received))


class Streams:
    """Feed it segments; a stream comes out once it has ended."""

    def __init__(self) -> None:
        self._open: OrderedDict[frozenset[tuple[str, int]], Stream] = OrderedDict()

    def add(self, at: float, source: tuple[str, int], target: tuple[str, int], segment: tcp.TCP) -> Iterator[Stream]:
        key, data = frozenset((source, target)), bytes(segment.data)
        opens = bool(segment.flags & tcp.TH_SYN) and not segment.flags & tcp.TH_ACK
        if opens and key in self._open and self._open[key].sent.size:
            yield self._ended(key)  # the same ports, used again
        stream = self._open.get(key)
        if stream is None:
            stream = self._open[key] = _stream(at, source, target, segment, opens=opens)
        self._open.move_to_end(key)
        side = stream.sent if source == stream.client else stream.received
        if segment.flags & tcp.TH_SYN:
            side.begin(segment.seq)
        first = (segment.seq + bool(segment.flags & tcp.TH_SYN)) % _RING
        side.add(first, data)
        if segment.flags & tcp.TH_FIN:
            side.end(first + len(data))
        if segment.flags & tcp.TH_RST:
            stream.refused = stream.received.size == 0 and stream.sent.size == 0
            yield self._ended(key)
        elif len(self._open) > MOST_OPEN:
            yield self._ended(next(iter(self._open)))

    @property
    def latest(self) -> Stream | None:
        """The stream that the last segment belonged to, while it is open."""
        return next(reversed(self._open.values()), None)

    def rest(self) -> Iterator[Stream]:
        """What was still open when the capture ended."""
        while self._open:
            yield self._ended(next(iter(self._open)))

    def _ended(self, key: frozenset[tuple[str, int]]) -> Stream:
        stream = self._open.pop(key)
        stream.sent.finish()
        stream.received.finish()
        return stream


def _stream(at: float, source: tuple[str, int], target: tuple[str, int], segment: tcp.TCP, *, opens: bool) -> Stream:
    """Where the beginning was not captured, the lower port is taken for the server's."""
    answers = bool(segment.flags & tcp.TH_SYN) and not opens
    if answers or (not opens and source[1] < target[1]):
        source, target = target, source
    return Stream(at, source, target)
