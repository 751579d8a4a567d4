"""App processes: real ones that run an installed file's code, and played ones that have a pid and nothing more."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from testbed.handset.binder import Binder, Message
from testbed.handset.births import SOURCES, Birth, Child, Nursery, kill_session, nursery
from testbed.handset.compiled import compiled

KERNEL_LIMIT = 1 << 22
"""Linux's highest pid on 64 bits; a played process gets a higher one, which no host process can have."""


class NoCode(Exception):  # noqa: N818 -- a state of the file, reported as the app's crash
    """The package carries nothing that this phone can run."""


class Runnable(Protocol):
    """An installed app, as far as running it is concerned."""

    @property
    def name(self) -> str: ...

    @property
    def code(self) -> Path | None:
        """Where the app's modules are: a folder, or a folder inside a zip; None for the system's own apps."""

    @property
    def entry(self) -> str | None:
        """MODULE:FUNCTION; None where there is nothing to run."""


class Diary[App: Runnable](Protocol):
    """What the phone's log is told of its processes, in the words of its system."""

    def started(self, process: "AppProcess[App]") -> None: ...
    def ended(self, process: "AppProcess[App]") -> None: ...
    def said(self, process: "AppProcess[App]", line: str, *, error: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Host[App: Runnable]:
    """What every app process is told about its phone."""

    platform: str
    uplink: int
    clock: Path
    sockets: Path
    data: Callable[[str], Path]
    trust: Callable[[App], tuple[Path, ...]]
    compiled: Path
    """Folder of what apps run as, made from what is installed."""
    disk: Path | None = None
    """A file of one byte: not 0 while the disk is full."""


@dataclass(slots=True)
class AppProcess[App: Runnable]:
    package: App
    pid: int
    binder: Binder | None = None
    child: Child | None = None
    killed: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        return self.package.name

    def send(self, message: Message) -> None:
        if self.binder is not None:
            self.binder.send(message)


class Processes[App: Runnable]:
    def __init__(self, host: Host[App], diary: Diary[App], born: Nursery | None = None) -> None:
        """`born` is where its processes come from; this machine's own way unless one is given."""
        self._host = host
        self._diary = diary
        self._nursery = born or nursery()
        self._running: dict[str, AppProcess[App]] = {}
        self._numbers = itertools.count(1)
        self._played = itertools.count(KERNEL_LIMIT + 1)
        self._watchers: set[asyncio.Task[None]] = set()
        self.on_message: Callable[[AppProcess[App], Message], Awaitable[None]] | None = None
        self.on_death: Callable[[AppProcess[App]], None] | None = None

    def get(self, name: str) -> AppProcess[App] | None:
        return self._running.get(name)

    def all(self) -> list[AppProcess[App]]:
        return list(self._running.values())

    def play(self, package: App) -> AppProcess[App]:
        """A process of an app whose part the phone plays itself."""
        process = self._running.get(package.name)
        if process is None:
            process = self._running[package.name] = AppProcess(package, next(self._played))
            self._diary.started(process)
        return process

    def end_played(self, name: str) -> None:
        process = self._running.get(name)
        if process is not None and process.child is None:
            self._gone(process)

    async def start(self, package: App) -> AppProcess[App]:
        """A new process of its own session that runs the package's code; raises NoCode."""
        code, entry = self._code_of(package)
        known = asyncio.Event()

        async def hear(message: Message) -> None:
            await known.wait()  # a quick app says hello before we are told its pid
            await self._heard(process, message)

        binder = Binder(self._host.sockets / f"{next(self._numbers)}", hear)
        await binder.listen()
        words = tuple(self._words(package, binder, code, entry))
        system = None if package.code else entry.partition(":")[0]
        child = await self._nursery.bear(Birth(package.name, words, self._host.data(package.name), system))
        process = AppProcess(package, child.pid, binder, child)
        self._running[package.name] = process
        self._diary.started(process)
        known.set()
        self._watch(self._until_end(process))
        self._watch(self._pump(process, child.stdout, error=False))
        self._watch(self._pump(process, child.stderr, error=True))
        return process

    async def kill(self, name: str) -> bool:
        """SIGKILL to the whole session; returns once the process is gone, False if none ran."""
        process = self._running.get(name)
        if process is None:
            return False
        process.killed = True
        if process.child is None:
            self.end_played(name)
        else:
            kill_session(process.pid)
            await process.ended.wait()
        return True

    async def kill_all(self) -> None:
        """Every app, and what they come from."""
        for name in list(self._running):
            await self.kill(name)
        await self._nursery.close()

    async def _heard(self, process: AppProcess[App], message: Message) -> None:
        if self.on_message is not None and not process.ended.is_set():
            await self.on_message(process, message)

    def _code_of(self, package: App) -> tuple[Path, str]:
        if package.entry is None:
            raise NoCode(package.name)
        return compiled(package.code, self._host.compiled) if package.code else SOURCES, package.entry

    def _words(self, package: App, binder: Binder, code: Path, entry: str) -> list[str]:
        trust = ":".join(str(folder) for folder in self._host.trust(package))
        return [
            *("--code", str(code), "--entry", entry),
            *("--platform", self._host.platform, "--package", package.name),
            *("--binder", str(binder.path), "--uplink", str(self._host.uplink)),
            *("--clock", str(self._host.clock), "--data", str(self._host.data(package.name)), "--ca", trust),
            *("--asked-at", f"{time.monotonic():.6f}"),
            *(("--disk", str(self._host.disk)) if self._host.disk else ()),
        ]

    def _watch(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)

    async def _until_end(self, process: AppProcess[App]) -> None:
        if process.child is not None:
            await process.child.wait()
            kill_session(process.pid)  # whatever the app may have started goes with it
        self._gone(process)

    async def _pump(self, process: AppProcess[App], stream: asyncio.StreamReader | None, *, error: bool) -> None:
        while stream is not None and (line := await stream.readline()):
            self._diary.said(process, line.decode("utf-8", "replace").rstrip("\n"), error=error)

    def _gone(self, process: AppProcess[App]) -> None:
        if self._running.get(process.name) is process:
            del self._running[process.name]
        if process.binder is not None:
            process.binder.close()
        self._diary.ended(process)
        process.ended.set()
        if self.on_death is not None:
            self.on_death(process)
