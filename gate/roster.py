"""The processes of one run, written down so that the next start can end what a killed run left behind."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from faults import SetupError

MARK = "POCKETGATE_SUPERVISED"  # environment variable that every process of a run inherits
SAME_MOMENT = 2.0  # seconds; the kernel counts in ticks from a boot time that a clock correction can move
REAP_LIMIT = 5.0  # seconds that a killed process may take to be gone


@dataclass(frozen=True, slots=True)
class Entry:
    """One process: a pid means nothing without the moment it began and what it runs."""

    name: str
    pid: int
    created: float
    command: tuple[str, ...]

    @classmethod
    def of(cls, name: str, pid: int) -> Self:
        process = psutil.Process(pid)
        return cls(name, pid, process.create_time(), tuple(process.cmdline()))

    def process(self) -> psutil.Process | None:
        """The living process that this entry means, None where it is gone or the pid is another's now."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < SAME_MOMENT
        except psutil.Error:
            return None
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None


@dataclass(frozen=True, slots=True)
class Roster:
    """A run's scratch folder (short, for sockets have short names) with the list of its processes."""

    run: str
    folder: Path

    @classmethod
    def open(cls, run: str, root: Path | None = None) -> Self:
        """Make the folder and write down this process as its owner; the folder appears whole or not at all."""
        root = root or scratch_root()
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
        (draft / "owner.json").write_text(_line(Entry.of("owner", os.getpid())), encoding="utf-8")
        (draft / "processes.jsonl").touch()
        return cls(run, draft.rename(root / run))

    def add(self, name: str, pid: int) -> None:
        try:
            entry = Entry.of(name, pid)
        except psutil.Error:  # it has ended already, and whoever watches it will say so
            return
        with (self.folder / "processes.jsonl").open("a", encoding="utf-8") as file:
            file.write(_line(entry))

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def scratch_root() -> Path:
    """The folder of this user's runs; raises SetupError where somebody else holds the name."""
    root = Path(tempfile.gettempdir()) / f"pocketgate-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    if root.is_symlink() or root.stat().st_uid != os.getuid():
        msg = f"{root} belongs to somebody else; remove it or set TMPDIR to a folder of your own"
        raise SetupError(msg)
    return root


def reap(root: Path | None = None) -> tuple[str, ...]:
    """End what runs left whose owner is gone, and remove their folders; names what was ended."""
    ended: list[str] = []
    for folder in (root or scratch_root()).iterdir():
        owner = folder / "owner.json"
        if folder.name.startswith(".new-") or not owner.exists():
            continue
        if _entry(owner.read_text(encoding="utf-8")).process() is None:
            ended += _end_all(folder)
            shutil.rmtree(folder, ignore_errors=True)
    return tuple(ended)


def _end_all(folder: Path) -> list[str]:
    lines = (folder / "processes.jsonl").read_text(encoding="utf-8").splitlines()
    whole = [line for line in lines if line.endswith("}")]  # the owner may have been killed while it wrote
    entries = {entry.pid: entry for entry in map(_entry, whole)}
    mine = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
    left = [one for one in psutil.process_iter() if one.pid not in mine and _is_of(one, folder.name, entries)]
    names = [f"{entries[one.pid].name if one.pid in entries else 'a child'} (pid {one.pid})" for one in left]
    _kill(left)
    return names


def _is_of(process: psutil.Process, run: str, entries: dict[int, Entry]) -> bool:
    """A listed process that began when it should have and runs the same, or one that carries the run's mark."""
    try:
        if process.environ().get(MARK) == run:
            return True
    except psutil.Error:  # another user's, or gone
        return False
    entry = entries.get(process.pid)
    return entry is not None and entry.process() is not None and tuple(process.cmdline()) == entry.command


def _kill(processes: Iterable[psutil.Process]) -> None:
    doomed = list(processes)
    for process in doomed:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(doomed, timeout=REAP_LIMIT)


def _line(entry: Entry) -> str:
    row = {"name": entry.name, "pid": entry.pid, "created": entry.created, "command": entry.command}
    return json.dumps(row) + "\n"


def _entry(line: str) -> Entry:
    row = json.loads(line)
    return Entry(row["name"], row["pid"], row["created"], tuple(row["command"]))
