"""Runs a parsed line against a command table."""

import asyncio
import fnmatch
import posixpath
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

from testbed.android.shell.call import Call, State, Tool
from testbed.android.shell.io import FileSink, FileSource, Nothing, Pipe, Sink, Source
from testbed.android.shell.syntax import KEYWORDS, Command, Pipeline, Redirect, ShellSyntaxError, Word, parse

NOT_FOUND = 127
BROKEN_PIPE = 141
GLOB = frozenset("*?[")


async def run_line(call: Call, line: str, tools: Mapping[str, Tool]) -> int:
    """Runs `line` with the streams, user and state of `call`; returns the last exit code."""
    try:
        pipelines = parse(line)
    except ShellSyntaxError as error:
        return await call.with_words(line).unmodelled(f"/system/bin/sh: {error}", 1)
    for pipeline in pipelines:
        if call.state.exited:
            break
        last = call.state.last
        if (pipeline.condition == "&&" and last != 0) or (pipeline.condition == "||" and last == 0):
            continue
        call.state.last = await _run_pipeline(call, pipeline, tools)
    return call.state.last


async def _run_pipeline(call: Call, pipeline: Pipeline, tools: Mapping[str, Tool]) -> int:
    """All commands at once, joined by pipes; the last one's exit code counts."""
    if len(pipeline.commands) == 1:
        return await _run_command(call, pipeline.commands[0], tools)
    pipes = [Pipe() for _ in pipeline.commands[1:]]
    sources: list[Source] = [call.source, *pipes]
    sinks: list[Sink] = [*pipes, call.out]
    stages = [
        _stage(replace(call, source=source, out=sink, state=_copy(call.state)), command, tools)
        for command, source, sink in zip(pipeline.commands, sources, sinks, strict=True)
    ]
    return (await asyncio.gather(*stages))[-1]


async def _stage(call: Call, command: Command, tools: Mapping[str, Tool]) -> int:
    try:
        return await _run_command(call, command, tools)
    except BrokenPipeError:
        return BROKEN_PIPE
    finally:
        if isinstance(call.out, Pipe):
            await call.out.end_of_writing()
        if isinstance(call.source, Pipe):
            call.source.end_of_reading()


async def _run_command(call: Call, command: Command, tools: Mapping[str, Tool]) -> int:
    words = [text for word in command.words for text in _expand(call, word)]
    async with AsyncExitStack() as open_files:
        try:
            call = _redirected(call, command.redirects, open_files)
        except OSError as error:
            path = str(error.filename).removeprefix(str(call.phone.files.root))
            return await call.fail(f"/system/bin/sh: can't open {path}: {error.strerror}")
        while words and _assigns(command, words[0]):
            name, _, value = words.pop(0).partition("=")
            call.state.env[name] = value
        return await run_words(call.with_words(*words), tools) if words else 0


def _assigns(command: Command, word: str) -> bool:
    name = word.partition("=")[0]
    return bool(command.words) and "=" in word and name.isidentifier()


async def run_words(call: Call, tools: Mapping[str, Tool]) -> int:
    """Looks the command up and runs it; what the table does not know is not found and noted."""
    name = posixpath.basename(call.name) if call.name.startswith("/system/bin/") else call.name
    tool = tools.get(name)
    if tool is None or name in KEYWORDS:
        return await call.unmodelled(f"/system/bin/sh: {call.name}: inaccessible or not found", NOT_FOUND)
    return await tool(call)


def _redirected(call: Call, redirects: list[Redirect], open_files: AsyncExitStack) -> Call:
    for redirect in redirects:
        if isinstance(redirect.target, int):
            copied = call.out if redirect.target == 1 else call.err
            call = replace(call, err=copied) if redirect.descriptor == 2 else replace(call, out=copied)  # noqa: PLR2004 -- stderr
            continue
        path = call.path("".join(_expand(call, redirect.target)))
        if redirect.mode == "<":
            source = Nothing() if path == "/dev/null" else FileSource(call.phone.files.readable(path, call.user))
            call = replace(call, source=source)
            continue
        sink = _file_sink(call, path, append=redirect.mode == ">>", open_files=open_files)
        call = replace(call, err=sink) if redirect.descriptor == 2 else replace(call, out=sink)  # noqa: PLR2004 -- stderr
    return call


def _file_sink(call: Call, path: str, *, append: bool, open_files: AsyncExitStack) -> Sink:
    if path == "/dev/null":
        return Nothing()
    file = FileSink(call.phone.files.writable(path, call.user), append=append)
    open_files.callback(file.close)
    return file


def _expand(call: Call, word: Word) -> list[str]:
    """Variables, then file name patterns; an unquoted word that is empty vanishes."""
    text = "".join(_value(call, piece.text) if piece.variable else piece.text for piece in word)
    if not text and not any(piece.quoted for piece in word):
        return []
    has_pattern = any(not piece.quoted and not piece.variable and piece.text in GLOB for piece in word)
    return (_matches(call, text) or [text]) if has_pattern else [text]


def _value(call: Call, name: str) -> str:
    return str(call.state.last) if name == "?" else call.state.env.get(name, "")


def _matches(call: Call, pattern: str) -> list[str]:
    """Patterns in the last part of a path only, which is what the tools in use send."""
    folder, last = posixpath.split(pattern)
    try:
        names = sorted(entry.name for entry in call.phone.files.readable(call.path(folder or "."), call.user).iterdir())
    except OSError:
        return []
    found = [name for name in names if fnmatch.fnmatchcase(name, last) and not (name[0] == "." and last[0] != ".")]
    return [posixpath.join(folder, name) for name in found]


def _copy(state: State) -> State:
    return State(state.cwd, dict(state.env), state.last)
