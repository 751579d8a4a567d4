"""How app processes come into being: forked from one that has the system's libraries loaded, as on a real phone."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import testbed

SOURCES = Path(testbed.__file__).parent.parent
OUTPUTS = 2  # standard output and standard error


@dataclass(frozen=True, slots=True)
class Birth:
    """`words` are those of `python -m testbed.runtime`; `system` is the module of an app that is part of the system."""

    name: str
    words: tuple[str, ...]
    home: Path
    system: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {**environment(), "HOME": str(self.home), "TMPDIR": str(self.home / "cache")}


class Child(Protocol):
    """A process that leads a session of its own."""

    @property
    def pid(self) -> int: ...
    @property
    def stdout(self) -> asyncio.StreamReader | None: ...
    @property
    def stderr(self) -> asyncio.StreamReader | None: ...
    async def wait(self) -> int: ...


class Nursery(Protocol):
    async def bear(self, birth: Birth) -> Child: ...
    async def close(self) -> None:
        """To be called once all its children have ended."""


class Spawning:
    """Where a process cannot simply be forked, each loads everything itself."""

    async def bear(self, birth: Birth) -> Child:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "testbed.runtime", *birth.words),
            env=birth.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def close(self) -> None:
        return


@dataclass(slots=True)
class Forked:
    pid: int
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    code: asyncio.Future[int]

    async def wait(self) -> int:
        return await asyncio.shield(self.code)


@dataclass(frozen=True, slots=True)
class Expected:
    """A child whose pid the zygote has not told yet."""

    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    child: asyncio.Future[Forked]


class Zygote:
    """The phone's side of testbed.runtime.zygote, which starts with the first app; one that died is started anew."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._line: socket.socket | None = None
        self._listener: asyncio.Task[None] | None = None
        self._expected: Expected | None = None
        self._children: dict[int, Forked] = {}
        self._one_at_a_time = asyncio.Lock()

    async def bear(self, birth: Birth) -> Child:
        """Raises OSError where the zygote ended instead."""
        async with self._one_at_a_time:
            line = self._line or await self._start()
            self._prefer()
            readings, writings = zip(*(os.pipe() for _ in range(OUTPUTS)), strict=True)
            stdout, stderr = [await _reader(reading) for reading in readings]
            expected = self._expected = Expected(stdout, stderr, asyncio.get_running_loop().create_future())
            try:
                socket.send_fds(line, [_request(birth)], writings)
            finally:
                for writing in writings:
                    os.close(writing)
            return await expected.child

    async def close(self) -> None:
        async with self._one_at_a_time:
            if self._line is None or self._process is None or self._listener is None:
                return
            self._line.shutdown(socket.SHUT_RDWR)
            await self._listener
            await self._process.wait()

    async def _start(self) -> socket.socket:
        ours, its = socket.socketpair()
        with its:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "testbed.runtime.zygote", str(its.fileno())),
                env=environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=(its.fileno(),),
            )
        self._line = ours
        reader, writer = await asyncio.open_connection(sock=ours.dup())
        self._listener = asyncio.ensure_future(self._listen(reader, writer))
        return ours

    def _prefer(self) -> None:
        """What the phone starts has the phone's own precedence on this machine, as if it were forked from the phone."""
        if self._process is not None and sys.platform == "linux":
            with suppress(ProcessLookupError):
                os.sched_setscheduler(self._process.pid, os.sched_getscheduler(0), os.sched_getparam(0))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the zygote ends; its children end with it, as on a real phone, for nobody could say how they fare."""
        with suppress(ConnectionError):
            while told := await reader.readline():
                self._hear(json.loads(told))
        writer.close()
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._expected is not None and not self._expected.child.done():
            self._expected.child.set_exception(OSError("the zygote ended while it started an app"))
        for pid in list(self._children):
            kill_session(pid)
            self._ended(pid, -signal.SIGKILL)

    def _hear(self, told: Mapping[str, int]) -> None:
        if "started" not in told:
            self._ended(told["ended"], told["code"])
        elif self._expected is not None:
            code = asyncio.get_running_loop().create_future()
            child = Forked(told["started"], self._expected.stdout, self._expected.stderr, code)
            self._children[child.pid] = child
            if not self._expected.child.done():
                self._expected.child.set_result(child)

    def _ended(self, pid: int, code: int) -> None:
        child = self._children.pop(pid, None)
        if child is not None and not child.code.done():
            child.code.set_result(code)


def nursery() -> Nursery:
    """Of this machine: macOS forbids much after a fork that Linux allows."""
    return Zygote() if sys.platform == "linux" else Spawning()


def environment() -> dict[str, str]:
    """Nothing of the host's environment reaches an app but where Python finds itself."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, "PYTHONPATH": str(SOURCES), "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}


def kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _request(birth: Birth) -> bytes:
    said = {"name": birth.name, "words": birth.words, "system": birth.system, "environment": birth.environment}
    return json.dumps(said).encode() + b"\n"


async def _reader(number: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(number, "rb", buffering=0)
    )
    return reader
