import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from testbed.handset.births import Birth, Child, Nursery, Spawning, Zygote, nursery
from testbed.handset.processes import AppProcess, Host, Processes

LIMIT = 20.0  # seconds
QUICK = "def main(phone):\n    pass\n"
STAYS = """
import os, sys, time

def main(phone):
    own = sorted(name for name in os.environ if name not in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV"))
    print(os.getsid(0) == os.getpid(), "other" in sys.modules, own, flush=True)
    print("aloud", file=sys.stderr, flush=True)
    for _ in phone.events():
        pass
"""


@dataclass
class App:
    name: str
    code: Path
    entry: str


@dataclass
class Diary:
    lines: asyncio.Queue[tuple[str, str, bool]] = field(default_factory=asyncio.Queue)

    def started(self, process: AppProcess[App]) -> None: ...
    def ended(self, process: AppProcess[App]) -> None: ...
    def said(self, process: AppProcess[App], line: str, *, error: bool) -> None:
        self.lines.put_nowait((process.name, line, error))


@dataclass
class Phone:
    processes: Processes[App]
    diary: Diary
    folder: Path

    def app(self, name: str, source: str) -> App:
        code = self.folder / name
        code.mkdir(exist_ok=True)
        (code / f"{name}.py").write_text(source)
        return App(name, code, f"{name}:main")


@asynccontextmanager
async def phone_in(folder: Path, born: Nursery | None = None) -> AsyncIterator[Phone]:
    (folder / "clock").write_bytes(bytes(8))
    diary = Diary()
    host: Host[App] = Host("android", 1, folder / "clock", folder, lambda _: folder, lambda _: (), folder / "compiled")
    processes = Processes(host, diary, born)
    try:
        yield Phone(processes, diary, folder)
    finally:
        await processes.kill_all()


class Late:
    """A machine on which the phone hears of a new process only after that process has spoken."""

    def __init__(self, connected: asyncio.Event) -> None:
        self._nursery = nursery()
        self._connected = connected

    async def bear(self, birth: Birth) -> Child:
        child = await self._nursery.bear(birth)
        await self._connected.wait()
        return child

    async def close(self) -> None:
        await self._nursery.close()


def test_what_an_app_says_before_its_pid_is_known_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def heard_first() -> tuple[str, Any]:
        heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        connected = asyncio.Event()
        listen = asyncio.StreamReader.readline

        async def readline(reader: asyncio.StreamReader) -> bytes:
            line = await listen(reader)
            if b"hello" in line:
                connected.set()
            return line

        async def hear(process: AppProcess[App], message: Any) -> None:  # noqa: ANN401 -- a message of the binder
            await heard.put((process.name, message))

        monkeypatch.setattr(asyncio.StreamReader, "readline", readline)
        async with phone_in(tmp_path, Late(connected)) as phone:
            phone.processes.on_message = hear
            await phone.processes.start(phone.app("quick", QUICK))
            return await asyncio.wait_for(heard.get(), LIMIT)

    name, message = asyncio.run(heard_first())

    assert (name, message["hello"]["package"]) == ("quick", "quick")


@pytest.mark.parametrize("born", [Zygote, Spawning])
def test_an_app_leads_its_own_session_and_sees_nothing_of_another(tmp_path: Path, born: type[Nursery]) -> None:
    async def said() -> set[tuple[str, bool]]:
        async with phone_in(tmp_path, born()) as phone:
            other = await phone.processes.start(phone.app("other", QUICK))
            await asyncio.wait_for(other.ended.wait(), LIMIT)
            await phone.processes.start(phone.app("stays", STAYS))
            return {(await asyncio.wait_for(phone.diary.lines.get(), LIMIT))[1:] for _ in range(2)}

    own = ["HOME", "LC_ALL", "PYTHONPATH", "PYTHONUNBUFFERED", "TMPDIR"]
    assert asyncio.run(said()) == {(f"True False {own}", False), ("aloud", True)}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each app is a process from the start")
def test_a_zygote_that_dies_takes_its_apps_along_and_the_next_app_finds_another(tmp_path: Path) -> None:
    async def outlived() -> tuple[bool, bool, list[str]]:
        me = psutil.Process()
        before = me.children(recursive=True)  # other tests' servers
        async with phone_in(tmp_path) as phone:
            first = await phone.processes.start(phone.app("stays", STAYS))
            zygote = psutil.Process(first.pid).parent()
            assert zygote is not None
            os.kill(zygote.pid, signal.SIGKILL)
            await asyncio.wait_for(first.ended.wait(), LIMIT)
            again = await phone.processes.start(phone.app("stays", STAYS))
            parent = psutil.Process(again.pid).parent()
            found = (first.pid != again.pid, parent is not None and parent.pid != zygote.pid)
        return (*found, [child.name() for child in me.children(recursive=True) if child not in before])

    assert asyncio.run(outlived()) == (True, True, [])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each app is a process from the start")
def test_an_apps_process_bears_its_name_and_its_exit_is_told(tmp_path: Path) -> None:
    async def found() -> tuple[str, bool]:
        async with phone_in(tmp_path) as phone:
            process = await phone.processes.start(phone.app("stays", STAYS))
            await asyncio.wait_for(phone.diary.lines.get(), LIMIT)
            name = psutil.Process(process.pid).name()
            killed = await asyncio.wait_for(phone.processes.kill("stays"), LIMIT)
            return name, killed

    assert asyncio.run(found()) == ("stays", True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is timed before others")
def test_an_app_has_the_precedence_that_its_phone_has_when_it_starts(tmp_path: Path) -> None:
    async def policies() -> list[int]:
        found = []
        async with phone_in(tmp_path) as phone:
            for policy in (os.SCHED_OTHER, os.SCHED_BATCH, os.SCHED_OTHER):
                os.sched_setscheduler(0, policy, os.sched_param(0))
                process = await phone.processes.start(phone.app("stays", STAYS))
                found.append(os.sched_getscheduler(process.pid))
                await phone.processes.kill("stays")
        return found

    try:
        assert asyncio.run(policies()) == [os.SCHED_OTHER, os.SCHED_BATCH, os.SCHED_OTHER]
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
