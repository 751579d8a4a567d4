"""`logcat` and `log` (AOSP system/logging/logcat)."""

import re
import time
from dataclasses import dataclass, field

from testbed.android.logcat import FORMATS, PRIORITIES, Filter, Record
from testbed.android.shell.call import Call

DEFAULT_BUFFERS = frozenset({"main", "system", "crash"})
VALUED = {"-v": "format", "-b": "buffer", "-t": "tail", "-T": "since", "-e": "regex", "-m": "most", "-f": "file"}


class LogcatError(ValueError):
    """An option or a format that this logcat does not have."""


@dataclass(slots=True)
class Query:
    form: str = "threadtime"
    buffers: frozenset[str] = DEFAULT_BUFFERS
    dump: bool = False
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
    if query.clear:
        call.phone.log.clear(query.buffers)
        return 0
    printer = _Printer(call, query)
    records = [record for record in call.phone.log.records() if query.wants(record)]
    await printer.show(records[-query.tail :] if query.tail is not None else records)
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
        self._form = FORMATS[query.form]
        self._begun: set[str] = set()

    async def show(self, records: list[Record]) -> None:
        lines = []
        for record in records:
            if record.buffer not in self._begun:
                self._begun.add(record.buffer)
                lines.append(f"--------- beginning of {record.buffer}\n")
            lines.append(self._form(record) + "\n")
        if lines:
            await self._call.say("".join(lines))


def _query(call: Call) -> Query:
    query = Query()
    left = list(call.arguments)
    specs = []
    while left:
        word = left.pop(0)
        if word[:2] in VALUED and not word.startswith("--"):
            value = word[2:] or (left.pop(0) if left else "")
            _set(query, VALUED[word[:2]], value, call.phone.clock.now())
        elif word == "-d":
            query.dump = True
        elif word == "-c":
            query.clear = True
        elif word == "-s":
            query.levels["*"] = "S"
        elif word.startswith("--pid="):
            query.pid = int(word.removeprefix("--pid="))
        elif word.startswith("-"):
            raise LogcatError(f"Unknown option '{word}'")
        else:
            specs.append(word)
    specs = specs or call.state.env.get("ANDROID_LOG_TAGS", "").split()
    query.levels |= dict(map(_spec, specs))
    return query


def _set(query: Query, name: str, value: str, now: float) -> None:
    if name == "format" and value in FORMATS:
        query.form = value
    elif name == "buffer":
        query.buffers = DEFAULT_BUFFERS if value in ("all", "default") else frozenset(value.split(","))
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
