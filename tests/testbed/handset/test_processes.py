import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed.handset.binder import Message
from testbed.handset.processes import AppProcess, Host, Processes


@dataclass
class Quick:
    name: str
    code: Path
    entry: str = "quick:main"


class Nobody:
    def started(self, process: AppProcess[Quick]) -> None: ...
    def ended(self, process: AppProcess[Quick]) -> None: ...
    def said(self, process: AppProcess[Quick], line: str, *, error: bool) -> None: ...


def late(connected: asyncio.Event) -> Callable[..., Awaitable[asyncio.subprocess.Process]]:
    """A machine on which the phone hears of a new process only after that process has spoken."""
    start = asyncio.create_subprocess_exec

    async def started(*words: str, **options: object) -> asyncio.subprocess.Process:
        process: asyncio.subprocess.Process = await start(*words, **options)  # type: ignore[arg-type]
        await connected.wait()
        return process

    return started


def test_what_an_app_says_before_its_pid_is_known_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quick.py").write_text("def main(phone):\n    pass\n")
    (tmp_path / "clock").write_text("0")

    async def heard_first() -> tuple[str, Message]:
        heard: asyncio.Queue[tuple[str, Message]] = asyncio.Queue()
        connected = asyncio.Event()
        host: Host[Quick] = Host(
            "android", 1, tmp_path / "clock", tmp_path, lambda _: tmp_path, lambda _: (), tmp_path / "compiled"
        )
        processes = Processes(host, Nobody())

        async def hear(process: AppProcess[Quick], message: Message) -> None:
            await heard.put((process.name, message))

        processes.on_message = hear
        listen = asyncio.StreamReader.readline

        async def readline(reader: asyncio.StreamReader) -> bytes:
            line = await listen(reader)
            connected.set()
            return line

        monkeypatch.setattr(asyncio.StreamReader, "readline", readline)
        monkeypatch.setattr(asyncio, "create_subprocess_exec", late(connected))
        await processes.start(Quick("quick", tmp_path))
        try:
            return await asyncio.wait_for(heard.get(), 20)
        finally:
            await processes.kill_all()

    name, message = asyncio.run(heard_first())

    assert (name, message["hello"]["package"]) == ("quick", "quick")
