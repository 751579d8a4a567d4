"""Judging shared by two processes: what takes long is the search, and memory must not grow with the capture."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice

from traffic.captures.damage import Damage, Items
from traffic.events import Exchange
from traffic.judging import Tally, judged
from traffic.secrets import Secret, Secrets

PROCESSES = 2
_AHEAD = 2 * PROCESSES  # tasks that wait for a process
_BATCH = 1024 * 1024  # bytes given to a process at once
_WORTH_SHARING = 8  # batches: fewer are judged before a second process has started

type Batch = tuple[Exchange | Damage, ...]


def can_share() -> bool:
    return (os.cpu_count() or 1) >= PROCESSES


def together(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def shared[T, *Given](
    tasks: Iterator[T], judge: Callable[[T], Tally], begin: Callable[[*Given], None], given: tuple[*Given]
) -> Tally:
    """`begin` is called once in each process, then `judge` for each task; both are functions of a module.

    Tasks are made as they are needed.
    """
    context = multiprocessing.get_context("spawn")  # nothing of this process is shared but what is named here
    with ProcessPoolExecutor(PROCESSES, context, begin, given) as pool:
        return together(_in_order(pool, tasks, judge))


def _in_order[T](pool: ProcessPoolExecutor, tasks: Iterator[T], judge: Callable[[T], Tally]) -> Iterator[Tally]:
    waiting: deque[Future[Tally]] = deque()
    for task in tasks:
        waiting.append(pool.submit(judge, task))
        if len(waiting) > _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def judged_items(items: Items, secrets: Secrets, name: str) -> Tally:
    """As `judged` over all of them."""
    batches = _batches(items)
    first = tuple(islice(batches, _WORTH_SHARING))
    if len(first) < _WORTH_SHARING or not can_share():
        return together(judged(batch, secrets, name) for batch in chain(first, batches))
    return shared(chain(first, batches), _judge_batch, _begin, (tuple(secrets), name))


def _batches(items: Items) -> Iterator[Batch]:
    """What belongs to one exchange stays in one batch, for it counts once."""
    batch: list[Exchange | Damage] = []
    size, last = 0, -1
    for item in items:
        if size >= _BATCH and isinstance(item, Exchange) and item.n != last:
            yield tuple(batch)
            batch, size = [], 0
        if isinstance(item, Exchange):
            size, last = size + _size_of(item), item.n
        batch.append(item)
    yield tuple(batch)


def _size_of(seen: Exchange) -> int:
    headers = sum(len(name) + len(value) for name, value in (*seen.request_headers, *seen.response_headers))
    return len(seen.url) + headers + len(seen.request_body) + len(seen.response_body)


class _Process:
    """What a second process was given when it began."""

    secrets: Secrets
    name: str


def _begin(secrets: tuple[Secret, ...], name: str) -> None:
    _Process.secrets, _Process.name = Secrets.searchable(secrets), name


def _judge_batch(batch: Batch) -> Tally:
    return judged(batch, _Process.secrets, _Process.name)
