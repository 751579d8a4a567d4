"""Requests at a steady rate over kept TLS connections, timed from when each was due, so that no wait goes uncounted."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.bars.cloud_stand import Stand

CONNECTIONS, CONTACTS, PATIENCE = 8, 200, 10.0


@dataclass(frozen=True, slots=True)
class Paced:
    """Answers, answers a second, milliseconds of half of them and of the slowest hundredth, and how many were wrong."""

    answers: int
    rate: float
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass(slots=True)
class _Seen:
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0


def paced(stand: Stand, rate: float, seconds: float) -> Paced:
    """`rate` 0: as fast as the connections allow."""
    return asyncio.run(_paced(stand, rate, seconds))


async def _paced(stand: Stand, rate: float, seconds: float) -> Paced:
    seen, started = _Seen(), time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(CONNECTIONS):
            tasks.create_task(_client(stand, number, rate / CONNECTIONS, started + seconds, seen))
    lasted = time.monotonic() - started
    cut = quantiles(seen.milliseconds, n=100)
    answers = len(seen.milliseconds)
    return Paced(answers, round(answers / lasted, 1), round(cut[49], 2), round(cut[98], 2), seen.errors)


async def _client(stand: Stand, number: int, rate: float, until: float, seen: _Seen) -> None:
    """One connection; each request has its time, and what is late starts at once."""
    trust = ssl.create_default_context(cafile=stand.ready["ca"])
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", stand.ready["port"], ssl=trust, server_hostname=stand.host
    )
    due, turn = time.monotonic() + number * 0.001, 0
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        turn += 1
        begun = due if rate else time.monotonic()
        async with asyncio.timeout(PATIENCE):
            seen.errors += not await _asked(reader, writer, _request(stand, number + turn * CONNECTIONS))
        now = time.monotonic()
        seen.milliseconds.append(1000 * (now - begun))
        due = due + 1 / rate if rate else now
    writer.close()


def _request(stand: Stand, turn: int) -> bytes:
    path = f"/{stand.address.split('/', 3)[3]}/v1/Contact/{1 + turn % CONTACTS}"
    head = "".join(f"{name}: {value}\r\n" for name, value in stand.headers.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    """Whether the answer was a record, or that there is none for this user."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return lines[0].split(b" ")[1] in {b"200", b"404"}
