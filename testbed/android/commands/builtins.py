"""What the shell does itself."""

import asyncio

from testbed.android.shell.call import Call


async def true(_: Call) -> int:
    return 0


async def false(_: Call) -> int:
    return 1


async def export(call: Call) -> int:
    for word in call.arguments:
        name, has_value, value = word.partition("=")
        if has_value:
            call.state.env[name] = value
    return 0


async def environment(call: Call) -> int:
    """`env` and `printenv` without or with names; running a command in another environment is not modelled."""
    env = call.state.env
    if any("=" in word or word.startswith("-") for word in call.arguments) or (call.name == "env" and call.arguments):
        return await call.unmodelled(f"{call.name}: only showing is modelled")
    rows = [env[name] for name in call.arguments if name in env] or [f"{name}={env[name]}" for name in env]
    return await call.say("".join(f"{row}\n" for row in rows))


async def unset(call: Call) -> int:
    for name in call.arguments:
        call.state.env.pop(name, None)
    return 0


async def cd(call: Call) -> int:
    target = call.path(call.arguments[0] if call.arguments else call.state.env.get("HOME", "/"))
    try:
        host = call.phone.files.readable(target, call.user)
    except OSError as error:
        return await call.fail(f"/system/bin/sh: cd: {target}: {error.strerror}", 2)
    if not host.is_dir():
        return await call.fail(f"/system/bin/sh: cd: {target}: Not a directory", 2)
    call.state.cwd = target
    return 0


async def pwd(call: Call) -> int:
    return await call.say(call.state.cwd + "\n")


async def options(call: Call) -> int:
    """`set -e`, `-x` and `-- WORDS`: of the options none changes what this shell does, except that `-e` is noted."""
    if call.arguments[:1] == ("--",):
        call.state.parameters = call.arguments[1:]
        return 0
    if any(word not in ("-u", "+x", "+e") for word in call.arguments):
        return await call.unmodelled(f"/system/bin/sh: set: {' '.join(call.arguments)}: is not modelled")
    return 0


async def leave(call: Call) -> int:
    call.state.exited = True
    given = call.arguments[0] if call.arguments else ""
    return int(given) & 0xFF if given.isdigit() else call.state.last


async def sleep(call: Call) -> int:
    try:
        await asyncio.sleep(float(call.arguments[0]))
    except (IndexError, ValueError):
        return await call.fail("sleep: Needs 1 argument")
    return 0


async def test(call: Call) -> int:
    """`[ … ]` and `test …` with one or two operands, and `!`."""
    words = list(call.arguments)
    if call.name == "[" and (not words or words.pop() != "]"):
        return await call.fail("/system/bin/sh: [: missing ]", 2)
    if words and words[0] == "!":
        words.pop(0)
        return 1 - await _verdict(call, words)
    return await _verdict(call, words)


async def _verdict(call: Call, words: list[str]) -> int:
    match words:
        case []:
            holds = False
        case [text]:
            holds = bool(text)
        case ["-n", text]:
            holds = bool(text)
        case ["-z", text]:
            holds = not text
        case ["-e" | "-f" | "-d" | "-r" | "-s" as question, name]:
            holds = _file_is(call, question, name)
        case [left, "=" | "==", right]:
            holds = left == right
        case [left, "!=", right]:
            holds = left != right
        case [left, "-eq" | "-ne" | "-lt" | "-gt" | "-le" | "-ge" as question, right] if _numbers(left, right):
            holds = _compares(int(left), question, int(right))
        case _:
            return await call.unmodelled("/system/bin/sh: [: unexpected operator/operand", 2)
    return 0 if holds else 1


def _numbers(*words: str) -> bool:
    return all(word.removeprefix("-").isdigit() for word in words)


def _compares(left: int, question: str, right: int) -> bool:
    order = (left > right) - (left < right)
    return order in {"-eq": (0,), "-ne": (-1, 1), "-lt": (-1,), "-gt": (1,), "-le": (-1, 0), "-ge": (0, 1)}[question]


def _file_is(call: Call, question: str, name: str) -> bool:
    try:
        path = call.phone.files.readable(call.path(name), call.user)
    except OSError:
        return False
    return {"-f": path.is_file(), "-d": path.is_dir(), "-s": path.exists() and path.stat().st_size > 0}.get(
        question, path.exists()
    )
