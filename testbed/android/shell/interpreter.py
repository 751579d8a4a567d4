"""Runs a parsed line against a command table."""

import asyncio
import fnmatch
import posixpath
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

from testbed.android.shell import expansion
from testbed.android.shell.call import Call, State, Tool
from testbed.android.shell.io import FileSink, FileSource, Memory, Nothing, Pipe, Sink, Source
from testbed.android.shell.syntax import (
    Case,
    Command,
    For,
    Group,
    If,
    Pipeline,
    Redirect,
    Script,
    Simple,
    While,
    parse,
)
from testbed.android.shell.words import ShellSyntaxError

NOT_FOUND = 127
BROKEN_PIPE = 141
TURNS = 10_000
"""A loop that goes on for longer is taken for one that never ends."""


async def run_line(call: Call, line: str, tools: Mapping[str, Tool]) -> int:
    """Runs `line` with the streams, user and state of `call`; returns the last exit code."""
    shell = _Shell(tools)
    try:
        return await shell.script(call, parse(line))
    except ShellSyntaxError as error:
        return await call.with_words(line).unmodelled(f"/system/bin/sh: {error}", 1)
    finally:
        await shell.wait()


async def run_words(call: Call, tools: Mapping[str, Tool]) -> int:
    """Looks the command up and runs it; what the table does not know is not found and noted."""
    folder, name = posixpath.split(call.name)
    known = not folder or folder in ("/system/bin", "/bin", "/system/xbin")
    tool = tools.get(name) if known and not call.phone.image.lacks(name) else None
    if tool is not None:
        return await tool(call)
    message = f"/system/bin/sh: {call.name}: inaccessible or not found"
    if name in tools:
        return await call.fail(message, NOT_FOUND)
    return await call.unmodelled(message, NOT_FOUND)


class _Shell:
    """One shell: its command table and what it has started in the background."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._tools = dict(tools) | {"wait": self._wait_for_all}
        self._jobs: set[asyncio.Task[int]] = set()

    async def wait(self) -> None:
        if self._jobs:
            await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _wait_for_all(self, _: Call) -> int:
        await self.wait()
        return 0

    async def script(self, call: Call, script: Script) -> int:
        for pipeline in script:
            if call.state.exited:
                break
            last = call.state.last
            if (pipeline.condition == "&&" and last != 0) or (pipeline.condition == "||" and last == 0):
                continue
            if pipeline.background:
                apart = replace(call, state=_copy(call.state))
                task = asyncio.ensure_future(self._pipeline(apart, pipeline))
                self._jobs.add(task)
                task.add_done_callback(self._jobs.discard)
                call.state.last = 0
            else:
                call.state.last = await self._pipeline(call, pipeline)
        return call.state.last

    async def _pipeline(self, call: Call, pipeline: Pipeline) -> int:
        """All commands at once, joined by pipes; the last one's exit code counts."""
        if len(pipeline.commands) == 1:
            code = await self._command(call, pipeline.commands[0])
            return int(code == 0) if pipeline.negated else code
        pipes = [Pipe() for _ in pipeline.commands[1:]]
        sources: list[Source] = [call.source, *pipes]
        sinks: list[Sink] = [*pipes, call.out]
        stages = [
            self._stage(replace(call, source=source, out=sink, state=_copy(call.state)), command)
            for command, source, sink in zip(pipeline.commands, sources, sinks, strict=True)
        ]
        code = (await asyncio.gather(*stages))[-1]
        return int(code == 0) if pipeline.negated else code

    async def _stage(self, call: Call, command: Command) -> int:
        try:
            return await self._command(call, command)
        except BrokenPipeError:
            return BROKEN_PIPE
        finally:
            if isinstance(call.out, Pipe):
                await call.out.end_of_writing()
            if isinstance(call.source, Pipe):
                call.source.end_of_reading()

    async def _command(self, call: Call, command: Command) -> int:
        async with AsyncExitStack() as open_files:
            try:
                call = await self._redirected(call, command.redirects, open_files)
            except OSError as error:
                path = str(error.filename).removeprefix(str(call.phone.files.root))
                return await call.fail(f"/system/bin/sh: can't open {path}: {error.strerror}")
            try:
                return await self._run(call, command.what)
            except OSError as error:
                # a full disk meets whatever writes: through a redirection it is the tool's own write that fails
                if not isinstance(error, ConnectionError) and error.errno is not None:
                    return await call.fail(f"{call.words[0] if call.words else 'sh'}: write: {error.strerror}")
                raise

    async def _run(self, call: Call, what: Simple | Group | If | For | While | Case) -> int:
        match what:
            case Simple():
                return await self._simple(call, what)
            case Group(body, apart):
                return await self.script(replace(call, state=_copy(call.state)) if apart else call, body)
            case If(branches, otherwise):
                return await self._if(call, branches, otherwise)
            case For(name, given, body):
                words = [text for word in given for text in await expansion.fields(call, word, self._output)]
                for text in words:
                    call.state.env[name] = text
                    await self.script(call, body)
                return call.state.last
            case While():
                return await self._while(call, what)
            case Case():
                return await self._case(call, what)

    async def _simple(self, call: Call, simple: Simple) -> int:
        words: list[str] = []
        for word in simple.words:
            plain = "".join(part.text if not part.quoted else "'" for part in word)
            name, has_value, _ = plain.partition("=")
            if not words and has_value and name.isidentifier() and "'" not in name:
                call.state.env[name] = (await expansion.text(call, word, self._output)).partition("=")[2]
                continue
            words += await expansion.fields(call, word, self._output)
        return await run_words(call.with_words(*words), self._tools) if words else 0

    async def _if(self, call: Call, branches: tuple[tuple[Script, Script], ...], otherwise: Script) -> int:
        for condition, body in branches:
            if await self.script(call, condition) == 0:
                call.state.last = 0
                return await self.script(call, body)
        call.state.last = 0
        return await self.script(call, otherwise)

    async def _while(self, call: Call, loop: While) -> int:
        last = 0
        for _ in range(TURNS):
            goes_on = (await self.script(call, loop.condition) == 0) != loop.until
            if not goes_on or call.state.exited:
                call.state.last = last
                return last
            last = await self.script(call, loop.body)
        raise ShellSyntaxError(f"a loop of more than {TURNS} turns is not modelled")

    async def _case(self, call: Call, case: Case) -> int:
        wanted = await expansion.text(call, case.word, self._output)
        for patterns, body in case.branches:
            for pattern in patterns:
                if fnmatch.fnmatchcase(wanted, await expansion.text(call, pattern, self._output)):
                    call.state.last = 0
                    return await self.script(call, body)
        return 0

    async def _output(self, call: Call, line: str) -> str:
        """What a command substitution stands for."""
        memory = Memory()
        inside = replace(call, out=memory, state=_copy(call.state))
        call.state.last = await self.script(inside, parse(line))
        return memory.data.decode("utf-8", "surrogateescape")

    async def _redirected(self, call: Call, redirects: list[Redirect], open_files: AsyncExitStack) -> Call:
        for redirect in redirects:
            if isinstance(redirect.target, int):
                copied = call.out if redirect.target == 1 else call.err
                call = replace(call, err=copied) if redirect.descriptor == 2 else replace(call, out=copied)  # noqa: PLR2004 -- stderr
                continue
            path = call.path(await expansion.text(call, redirect.target, self._output))
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


def _copy(state: State) -> State:
    return State(state.cwd, dict(state.env), state.last, parameters=state.parameters)
