"""`logcat` and `log` (AOSP system/logging/logcat)."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from testbed.android.faults import Fault
from testbed.android.logcat import BUFFERS, FORMATS, PRIORITIES, Filter, Record
from testbed.android.shell.call import Call

DEFAULT_BUFFERS = frozenset({"main", "system", "crash"})
MODIFIERS = frozenset({"printable", "UTC", "descriptive"})
"""Modifiers that leave these lines as they are: the zone is UTC, nothing needs escapes, no record is an event."""
VALUED = {"-v": "format", "-b": "buffer", "-t": "tail", "-T": "since", "-e": "regex", "-m": "most", "-f": "file"}


class LogcatError(ValueError):
    """An option or a format that this logcat does not have."""


@dataclass(slots=True)
class Query:
    form: str = "threadtime"
    buffers: frozenset[str] = DEFAULT_BUFFERS
    chosen: bool = False
    """Whether `-b` named them."""
    year: bool = False
    usec: bool = False
    dividers: bool = False
    """`-D` also says where the records of another buffer go on."""
    dump: bool = False
    sizes: str | None = None
    """`-g` is empty, `-G` what is wanted."""
    most: int | None = None
    clear: bool = False
    tail: int | None = None
    since: float | None = None
    pid: int | None = None
    pattern: re.Pattern[str] | None = None
    levels: dict[str, str] = field(default_factory=dict)

    def wants(self, record: Record) -> bool:
        return (
            record.buffer in self.buffers
            and (self.since is None or record.at >= self.since)
            and (self.pid is None or record.pid == self.pid)
            and (self.pattern is None or self.pattern.search(record.message) is not None)
            and Filter(self.levels).passes(record)
        )


async def logcat(call: Call) -> int:
    try:
        query = _query(call)
    except (LogcatError, re.error) as error:
        return await call.unmodelled(f"logcat: {error}")
    if query.sizes is not None:
        return await _sizes(call, query)
    if query.clear:
        call.phone.log.clear(query.buffers)
        return 0
    printer = _Printer(call, query)
    records = [record for record in call.phone.log.records() if query.wants(record)]
    records = records[-query.tail :] if query.tail else records
    await printer.show(records[: query.most])
    if query.most is not None and len(records) >= query.most:
        return 0
    last = max((record.number for record in call.phone.log.records()), default=-1)
    while not query.dump:
        grown = call.phone.log.grown()
        new = call.phone.log.records(after=last)
        if not new:
            await grown
            continue
        grown.close()
        last = new[-1].number
        await printer.show([record for record in new if query.wants(record)])
    return 0


class _Printer:
    def __init__(self, call: Call, query: Query) -> None:
        self._call = call
        self._form = _turned(query)
        self._begun: set[str] = set()
        self._last = ""
        self._dividers = query.dividers

    async def show(self, records: list[Record]) -> None:
        lines = []
        silent = Fault.LOGCAT_SILENT in self._call.phone.faults
        for record in records:
            if record.buffer not in self._begun:
                self._begun.add(record.buffer)
                lines.append(f"--------- beginning of {record.buffer}\n")
            elif self._dividers and record.buffer != self._last:
                lines.append(f"--------- switch to {record.buffer}\n")
            self._last = record.buffer
            if not silent:
                lines.append(self._form(record) + "\n")
        if lines:
            await self._call.say("".join(lines))


def _turned(query: Query) -> Callable[[Record], str]:
    """The format with its modifiers: `year` before the date, microseconds after the point."""
    form = FORMATS[query.form]

    def shown(record: Record) -> str:
        line = form(record)
        if query.usec:
            line = re.sub(r"(\d\.\d{3})", lambda found: found[1] + f"{int(record.at * 1e6) % 1000:03}", line, count=1)
        return f"{time.gmtime(record.at).tm_year}-{line}" if query.year and line[:1].isdigit() else line

    return shown


async def _sizes(call: Call, query: Query) -> int:
    """`-g` tells, `-G` sets."""
    log = call.phone.log
    if query.sizes:
        found = re.fullmatch(r"(\d+)([KMG]?)", query.sizes.upper())
        if found is None:
            return await call.fail(f"logcat: Invalid argument to -G: {query.sizes}")
        size = int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[found[2]]
        for name in query.buffers:
            log.sizes[name] = size
        return 0
    lines = []
    for name in sorted(query.buffers, key=BUFFERS.index):
        used = log.size(name)
        ring = f"ring buffer is {log.sizes[name] >> 10} KiB ({used >> 10} KiB consumed, {used >> 10} KiB readable)"
        lines.append(f"{name}: {ring}, max entry is 5120 B, max payload is 4068 B\n")
    return await call.say("".join(lines))


def _query(call: Call) -> Query:
    query = Query()
    left = list(call.arguments)
    specs = []
    now = call.phone.clock.now()
    while left:
        word = left.pop(0)
        if word[:2] in VALUED and not word.startswith("--"):
            _set(query, VALUED[word[:2]], word[2:] or (left.pop(0) if left else ""), now)
        elif word in SWITCHES:
            SWITCHES[word](query)
        elif word in ("-G", "--pid"):
            _set(query, LONG[word], left.pop(0) if left else "", now)
        elif word.partition("=")[0] in LONG and "=" in word:
            name, _, value = word.partition("=")
            _set(query, LONG[name], value, now)
        elif word.startswith("-"):
            raise LogcatError(f"Unknown option '{word}'")
        else:
            specs.append(word)
    specs = [word for spec in specs for word in spec.replace(",", " ").split()]  # logprint.cpp splits each word again
    specs = specs or call.state.env.get("ANDROID_LOG_TAGS", "").split()
    query.levels |= dict(map(_spec, specs))
    return query


def _switch(name: str, value: object) -> Callable[[Query], None]:
    return lambda query: setattr(query, name, value)


SWITCHES: dict[str, Callable[[Query], None]] = {
    "-d": _switch("dump", value=True),
    "-D": _switch("dividers", value=True),
    "--dividers": _switch("dividers", value=True),
    "-c": _switch("clear", value=True),
    "--clear": _switch("clear", value=True),
    "-g": _switch("sizes", ""),
    "-s": lambda query: query.levels.update({"*": "S"}),
}
LONG = {
    "-G": "sizes",
    "--buffer": "buffer",
    "--format": "format",
    "--max-count": "most",
    "--pid": "pid",
    "--regex": "regex",
}


def _set(query: Query, name: str, value: str, now: float) -> None:
    if name == "format":
        _format(query, value)
    elif name == "buffer":
        _buffers(query, value)
    elif name in ("most", "pid") and value.isdigit():
        setattr(query, name, int(value))
    elif name == "sizes":
        query.sizes = value or "?"
    elif name in ("tail", "since"):
        query.dump = query.dump or name == "tail"
        if value.isdigit():
            query.tail = int(value)
        else:
            query.since = _instant(value, now)
    elif name == "regex":
        query.pattern = re.compile(value)
    else:
        raise LogcatError(f"Invalid parameter '{value}' to {name}")


def _format(query: Query, value: str) -> None:
    for word in value.split(","):
        if word in FORMATS:
            query.form = word
        elif word in ("year", "usec"):
            setattr(query, word, True)
        elif word not in MODIFIERS:
            raise LogcatError(f'Invalid parameter "{value}" to -v')


def _buffers(query: Query, value: str) -> None:
    """Several `-b` add up; `all` and `default` are sets."""
    sets = {"all": frozenset(BUFFERS), "default": DEFAULT_BUFFERS}
    names = [sets.get(word, frozenset({word})) for word in value.split(",")]
    wanted = frozenset().union(*names)
    if not wanted <= frozenset(BUFFERS):
        raise LogcatError(f'Unknown -b buffer "{min(wanted - frozenset(BUFFERS))}"')
    query.buffers = wanted if not query.chosen else query.buffers | wanted
    query.chosen = True


def _instant(value: str, now: float) -> float:
    """`MM-DD hh:mm:ss.mmm`, `YYYY-MM-DD hh:mm:ss.mmm` or `SECONDS.mmm`."""
    if re.fullmatch(r"\d+\.\d+", value):
        return float(value)
    head, _, fraction = value.partition(".")
    text = head if head[:4].isdigit() else f"{time.gmtime(now).tm_year}-{head}"
    try:
        at = time.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError as error:
        raise LogcatError(f'-T "{value}" not in time format') from error
    return time.mktime(at) - time.timezone + float(f"0.{fraction or 0}")


def _spec(word: str) -> tuple[str, str]:
    tag, _, level = word.partition(":")
    level = (level or "V").upper()
    if level not in PRIORITIES + "S*":
        raise LogcatError(f"Invalid filter expression '{word}'")
    return tag, "V" if level == "*" else level


async def log(call: Call) -> int:
    """`log [-p PRIORITY] [-t TAG] MESSAGE`."""
    left = list(call.arguments)
    priority, tag = "I", "log"
    while left and left[0] in ("-p", "-t"):
        option = left.pop(0)
        value = left.pop(0) if left else ""
        priority, tag = (value.upper()[:1], tag) if option == "-p" else (priority, value)
    call.phone.log.write(priority or "I", tag, " ".join(left))
    return 0
