"""A flow file judged in parts by two processes: reading and searching scale, memory does not grow with the file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

from traffic.captures.damage import Damage, Items
from traffic.captures.mitm import Record, exchanges_of, records
from traffic.events import Exchange
from traffic.judging import Tally, judged
from traffic.learning import MARKS, Learnt, learnt_from
from traffic.policy import Policy
from traffic.secrets import Secret, Secrets
from traffic.sharing import can_share, shared, together

_PART = 4 * 1024 * 1024  # bytes given to a process at once
_WORTH_SHARING = 8 * _PART  # a smaller file is judged before a second process has started


class FileBytes:
    """A file as if it were bytes, read where it is asked for: mapped pages would count as memory used."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getitem__(self, at: slice) -> bytes:
        return os.pread(self._file.fileno(), at.stop - at.start, at.start)

    def __len__(self) -> int:
        return self._size

    def find(self, what: bytes, start: int, end: int) -> int:
        found = os.pread(self._file.fileno(), end - start, start).find(what)
        return found if found < 0 else start + found


@dataclass(frozen=True, slots=True)
class Part:
    """Whole flows that stand next to each other; `trouble` is what follows them and is none."""

    flows: tuple[Record, ...]
    trouble: Damage | None = None


def learnt_in_flows(path: Path, policy: Policy) -> Iterator[Learnt]:
    """Reads only the flows that have a word of a sign-in in them."""
    with FileBytes(path) as data:
        for record in records(data):
            if isinstance(record, Record):
                flow = data[record.start : record.end]
                if any(mark in flow for mark in MARKS):
                    seen = exchanges_of(flow, Record(record.n, 0, len(flow)))
                    yield from (one for item in seen if isinstance(item, Exchange) for one in learnt_from(item, policy))


def judged_in_parts(path: Path, secrets: Secrets) -> Tally:
    """As `judged` over the whole file."""
    with FileBytes(path) as data:
        parts = _parts(data)
        first = next(parts)
        parts = chain((first,), parts)
        if len(data) < _WORTH_SHARING or first.trouble or not can_share():
            return together(judged(_items(data, part), secrets, path.name) for part in parts)
        return shared(parts, _judge_part, _begin, (path, tuple(secrets)))


def _parts(data: FileBytes) -> Iterator[Part]:
    flows: list[Record] = []
    size = 0
    for record in records(data):
        if isinstance(record, Damage):
            yield Part(tuple(flows), record)
            return
        flows.append(record)
        size += record.end - record.start
        if size >= _PART:
            yield Part(tuple(flows))
            flows, size = [], 0
    yield Part(tuple(flows))


def _items(data: FileBytes, part: Part) -> Items:
    for record in part.flows:
        flow = data[record.start : record.end]
        for item in exchanges_of(flow, Record(record.n, 0, len(flow))):
            yield Damage(record.start + (item.offset or 0), item.what) if isinstance(item, Damage) else item
    if part.trouble:
        yield part.trouble


class _Process:
    """What a second process was given when it began."""

    path: Path
    secrets: Secrets


def _begin(path: Path, secrets: tuple[Secret, ...]) -> None:
    _Process.path, _Process.secrets = path, Secrets.searchable(secrets)


def _judge_part(part: Part) -> Tally:
    with FileBytes(_Process.path) as data:
        return judged(_items(data, part), _Process.secrets, _Process.path.name)
