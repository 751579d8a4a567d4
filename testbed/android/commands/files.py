"""toybox's file tools, under the phone's own rule of who may read and write where."""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from testbed.android.commands import options
from testbed.android.shell.call import Call


async def cat(call: Call) -> int:
    found = options.read(call, "u")
    if not found.operands:
        while data := await call.source.read():
            await call.out.write(data)
        return 0

    async def show(name: str) -> None:
        await call.out.write(await _bytes(call, name))

    status = 0
    for name in found.operands:
        try:
            await show(name)
        except OSError as error:
            status = await complain(call, name, error)
    return status


async def _bytes(call: Call, name: str) -> bytes:
    path = call.path(name)
    if path == "/proc/net/unix":
        return b"Num       RefCount Protocol Flags    Type St Inode Path\n"
    return call.phone.files.readable(path, call.user).read_bytes()


async def complain(call: Call, name: str, error: OSError) -> int:
    return await call.fail(f"{call.name}: {name}: {error.strerror}")


async def _each(call: Call, names: tuple[str, ...], act: Callable[[str], None]) -> int:
    """Acts on each operand; one that fails is named and the rest still done."""
    status = 0
    if not names:
        return await call.fail(f'{call.name}: Needs 1 argument (see "{call.name} --help")')
    for name in names:
        try:
            act(name)
        except OSError as error:
            status = await complain(call, name, error)
    return status


async def ls(call: Call) -> int:
    found = options.read(call, "aAl1RdnZhtrS")
    status = 0
    for name in found.operands or (".",):
        try:
            shown = "".join(_listing(call, name, found.flags))
        except OSError as error:
            status = await complain(call, name, error)
        else:
            await call.say(shown)
    return status


def _listing(call: Call, name: str, flags: frozenset[str]) -> Iterator[str]:
    path = call.phone.files.readable(call.path(name), call.user)
    if not path.is_dir() or "d" in flags:
        yield _row(path, name, flags)
        return
    if "R" in flags:
        yield f"{name}:\n"
    entries = sorted(entry for entry in path.iterdir() if flags & {"a", "A"} or not entry.name.startswith("."))
    if "l" in flags:
        yield f"total {sum(entry.lstat().st_blocks for entry in entries) // 2}\n"
    for entry in entries:
        yield _row(entry, entry.name, flags)
    for entry in entries if "R" in flags else ():
        if entry.is_dir() and not entry.is_symlink():
            yield "\n"
            yield from _listing(call, f"{name.rstrip('/')}/{entry.name}", flags)


def _row(path: Path, name: str, flags: frozenset[str]) -> str:
    if "l" not in flags:
        return f"{name}\n"
    found = path.lstat()
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(found.st_mtime))
    return f"{stat.filemode(found.st_mode)} {found.st_nlink} root root {found.st_size:>8} {when} {name}\n"


async def mkdir(call: Call) -> int:
    found = options.read(call, "pv", "m")

    def make(name: str) -> None:
        host = call.phone.files.writable(call.path(name), call.user)
        host.mkdir(parents="p" in found.flags, exist_ok="p" in found.flags)

    return await _each(call, found.operands, make)


async def rm(call: Call) -> int:
    found = options.read(call, "rRfv")

    def remove(name: str) -> None:
        host = call.phone.files.writable(call.path(name), call.user)
        if host.is_dir() and not host.is_symlink():
            if not found.flags & {"r", "R"}:
                raise IsADirectoryError(21, os.strerror(21), name)
            shutil.rmtree(host)
        else:
            host.unlink(missing_ok="f" in found.flags)

    return await _each(call, found.operands, remove)


async def rmdir(call: Call) -> int:
    found = options.read(call, "p")
    return await _each(call, found.operands, lambda name: call.phone.files.writable(call.path(name), call.user).rmdir())


async def touch(call: Call) -> int:
    found = options.read(call, "acm", "dtr")
    return await _each(call, found.operands, lambda name: call.phone.files.writable(call.path(name), call.user).touch())


async def chmod(call: Call) -> int:
    found = options.read(call, "Rvf")
    mode, *names = found.operands or ("",)
    if not mode.isdigit():
        return await call.unmodelled(f"chmod: bad mode '{mode}'")

    def change(name: str) -> None:
        call.phone.files.readable(call.path(name), call.user)
        # the phone process itself must go on reading what an app has locked away
        call.phone.files.writable(call.path(name), call.user).chmod(int(mode, 8) | stat.S_IRUSR | stat.S_IWUSR)

    return await _each(call, tuple(names), change)


async def chown(call: Call) -> int:
    found = options.read(call, "Rvf")
    if not call.user.is_root:
        return await call.fail(f"{call.name}: '{found.operands[-1]}': Operation not permitted")
    return await _each(call, found.operands[1:], lambda name: _must_exist(call, name))


def _must_exist(call: Call, name: str) -> None:
    call.phone.files.readable(call.path(name), call.user)


async def cp(call: Call) -> int:
    found = options.read(call, "rRafpv")
    return await _transfer(call, found.operands, lambda source, target: _copy(source, target, found.flags))


async def mv(call: Call) -> int:
    found = options.read(call, "fv")

    def move(source: Path, target: Path) -> None:
        shutil.move(source, target)

    return await _transfer(call, found.operands, move, moving=True)


async def _transfer(
    call: Call, names: tuple[str, ...], act: Callable[[Path, Path], None], *, moving: bool = False
) -> int:
    if len(names) < 2:  # noqa: PLR2004 -- a source and a target
        return await call.fail(f'{call.name}: Needs 2 arguments (see "{call.name} --help")')
    *sources, target = names
    files = call.phone.files

    def one(name: str) -> None:
        check = files.writable if moving else files.readable
        source = check(call.path(name), call.user)
        source.lstat()
        host = files.writable(call.path(target), call.user)
        act(source, host / source.name if host.is_dir() else host)

    return await _each(call, tuple(sources), one)


def _copy(source: Path, target: Path, flags: frozenset[str]) -> None:
    if source.is_dir():
        if not flags & {"r", "R", "a"}:
            raise IsADirectoryError(21, "skipped dir (use -r)", str(source))
        shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)
    else:
        shutil.copyfile(source, target)


async def show_stat(call: Call) -> int:
    found = options.read(call, "L", "c")
    form = found.values.get("c", "%n %s %F")

    def row(name: str) -> str:
        facts = call.phone.files.readable(call.path(name), call.user).stat()
        kind = "directory" if stat.S_ISDIR(facts.st_mode) else "regular file"
        values = {"%n": name, "%s": facts.st_size, "%a": f"{stat.S_IMODE(facts.st_mode):o}", "%F": kind}
        values |= {"%Y": int(facts.st_mtime), "%A": stat.filemode(facts.st_mode)}
        for key, value in values.items():
            form_done[0] = form_done[0].replace(key, str(value))
        return form_done[0]

    status = 0
    for name in found.operands:
        form_done = [form]
        try:
            await call.say(row(name) + "\n")
        except OSError as error:
            status = await call.fail(f"stat: '{name}': {error.strerror}")
    return status


async def find(call: Call) -> int:
    """find PATH... with -type, -name, -maxdepth and -print; other tests are noted."""
    words = list(call.arguments)
    roots = []
    while words and not words[0].startswith("-"):
        roots.append(words.pop(0))
    tests = dict(zip(words[::2], words[1::2], strict=False))
    if unknown := set(tests) - {"-type", "-name", "-maxdepth"}:
        return await call.unmodelled(f"find: bad arg '{min(unknown)}'")
    status = 0
    for root in roots or ["."]:
        try:
            await call.say("".join(f"{name}\n" for name in _found(call, root, tests)))
        except OSError as error:
            status = await complain(call, root, error)
    return status


def _found(call: Call, root: str, tests: dict[str, str]) -> Iterator[str]:
    top = call.phone.files.readable(call.path(root), call.user)
    for path in [top, *sorted(top.rglob("*"))]:
        below = path.relative_to(top)
        name = root if path == top else f"{root.rstrip('/')}/{below}"
        is_kind = {"f": path.is_file(), "d": path.is_dir()}.get(tests.get("-type", ""), True)
        is_near = len(below.parts) <= int(tests.get("-maxdepth", "1000"))
        if is_kind and is_near and path.match(tests.get("-name", "*")):
            yield name


async def du(call: Call) -> int:
    found = options.read(call, "sk")

    def size(name: str) -> int:
        top = call.phone.files.readable(call.path(name), call.user)
        return sum(path.lstat().st_blocks for path in [top, *top.rglob("*")]) // 2

    status = 0
    for name in found.operands or (".",):
        try:
            await call.say(f"{size(name)}\t{name}\n")
        except OSError as error:
            status = await complain(call, name, error)
    return status
