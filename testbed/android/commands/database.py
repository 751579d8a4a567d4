"""`sqlite3` on the phone: the shell's everyday part, on real SQLite (sqlite.org/cli.html)."""

import asyncio
import contextlib
import csv
import io
import sqlite3
import time
from pathlib import Path

from testbed.android.shell.call import Call

TIMER = {".timer on": True, ".timer off": False}
MODES = {"-csv": ",", "-list": "|", "-tabs": "\t", "-line": "\n"}


async def database(call: Call) -> int:
    """`sqlite3 [-readonly] [-cmd ".timer on"] [-header] [-csv|-list|-tabs] FILE [SQL…]`, SQL from stdin too.

    Of the dot commands `.tables` and `.schema`.
    """
    separator, header, readonly, words, first = "|", False, False, [], []
    left = list(call.arguments)
    while left:
        word = left.pop(0)
        if word == "-cmd" and left:
            first.append(left.pop(0))
        elif word in MODES:
            separator = MODES[word]
        elif word in ("-header", "-headers", "-readonly", "-batch", "-noheader"):
            header, readonly = header or word in ("-header", "-headers"), readonly or word == "-readonly"
        elif word == "-version":
            return await call.say(f"{sqlite3.sqlite_version} 2022-11-16 12:10:08 (32-bit)\n")
        elif word.startswith("-"):
            return await call.unmodelled(f"sqlite3: Error: unknown option: {word}")
        else:
            words.append(word)
    if not words:
        return await call.unmodelled("sqlite3: only a file of the phone is modelled")
    try:
        host = _file(call, words[0], readonly=readonly)
    except OSError:
        return await call.fail(f'Error: unable to open database "{words[0]}": unable to open database file')
    statements = [*first, *(words[1:] or (await call.input()).decode().splitlines())]
    try:
        shown = await asyncio.to_thread(_run, host, statements, separator, header=header, readonly=readonly)
    except sqlite3.Error as error:
        return await call.fail(
            f"Error: in prepare, {error}" if isinstance(error, sqlite3.OperationalError) else f"Error: {error}"
        )
    return await call.say(shown)


def _file(call: Call, name: str, *, readonly: bool) -> Path:
    path = call.path(name)
    try:
        found = call.phone.files.readable(path, call.user)
    except FileNotFoundError:
        if readonly:
            raise
        return call.phone.files.writable(path, call.user)
    return found


def _run(host: Path, statements: list[str], separator: str, *, header: bool, readonly: bool) -> str:
    out = io.StringIO()
    uri = f"file:{host}?mode={'ro' if readonly else 'rwc'}"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as database_:
        timer = False
        for statement in statements:
            if statement in TIMER:
                timer = TIMER[statement]
            else:
                _one(database_, statement.strip(), separator, out, header=header, timer=timer)
    return out.getvalue()


def _one(  # noqa: PLR0913 -- what the shell's switches say
    database_: sqlite3.Connection, statement: str, separator: str, out: io.StringIO, *, header: bool, timer: bool
) -> None:
    if statement == ".tables":
        names = [row[0] for row in database_.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1")]
        out.write("  ".join(names) + "\n" if names else "")
        return
    if statement.startswith(".schema"):
        rows = database_.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")
        out.write("".join(f"{row[0]};\n" for row in rows))
        return
    if statement.startswith("."):
        raise sqlite3.ProgrammingError(
            f'unknown command or invalid arguments:  "{statement[1:]}". Enter ".help" for help'
        )
    for part in _split(statement):
        began, spent = time.perf_counter(), time.thread_time()
        cursor = database_.execute(part)
        if header and cursor.description:
            _row(out, [column[0] for column in cursor.description], separator)
        for row in cursor:
            _row(out, ["" if value is None else _text(value) for value in row], separator)
        if timer:
            real, user = time.perf_counter() - began, time.thread_time() - spent
            out.write(f"Run Time: real {real:.3f} user {user:f} sys {0:f}\n")


def _split(text: str) -> list[str]:
    """Statements, which semicolons outside strings part."""
    parts, start = [], 0
    for at, letter in enumerate(text):
        if letter == ";" and sqlite3.complete_statement(text[start : at + 1]):
            parts.append(text[start : at + 1])
            start = at + 1
    return [*parts, *([text[start:]] if text[start:].strip() else [])]


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _row(out: io.StringIO, cells: list[str], separator: str) -> None:
    if separator == ",":
        csv.writer(out, lineterminator="\n").writerow(cells)
    else:
        out.write(separator.join(cells) + "\n")
