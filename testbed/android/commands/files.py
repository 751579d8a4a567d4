"""toybox's file tools, under the phone's own rule of who may read and write where."""

import fnmatch
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from testbed.android import labels, reading
from testbed.android.commands import options, proc
from testbed.android.commands.options import OptionError
from testbed.android.shell.call import Call

SYMBOLIC = re.compile(r"([ugoa]*)([-+=])([rwx]*)(?:,[ugoa]*[-+=][rwx]*)*")


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
    made = proc.contents(call.phone, path, call.user)
    if made is not None:
        return made
    if proc.is_the_kernels(path):
        call.phone.unmodelled.note("shell", " ".join(call.words))
    return reading.read(call.phone, path, call.user)


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
    if "h" in found.flags:
        return await call.unmodelled("ls: sizes for people are not modelled")
    status, several = 0, len(found.operands) > 1 and not found.flags & {"d", "R"}
    for at, name in enumerate(found.operands or (".",)):
        try:
            head = f"{name}:\n" if several and call.phone.files.readable(call.path(name), call.user).is_dir() else ""
            shown = ("\n" if head and at else "") + head + "".join(_listing(call, name, found.flags))
        except OSError as error:
            status = await complain(call, name, error)
        else:
            await call.say(shown)
    return status


def _listing(call: Call, name: str, flags: frozenset[str]) -> Iterator[str]:
    path = call.phone.files.readable(call.path(name), call.user)
    if not path.is_dir() or "d" in flags:
        yield _row(call, path, call.path(name), name, flags)
        return
    if "R" in flags:
        yield f"{name}:\n"
    entries = _in_order(path, flags)
    if "l" in flags:
        yield f"total {sum(entry.lstat().st_blocks for entry in entries) // 2}\n"
    here = call.path(name).rstrip("/")
    if "a" in flags:
        yield _row(call, path, here or "/", ".", flags)
        yield _row(call, path.parent if here else path, here.rpartition("/")[0] or "/", "..", flags)
    for entry in entries:
        yield _row(call, entry, f"{here}/{entry.name}", entry.name, flags)
    for entry in entries if "R" in flags else ():
        if entry.is_dir() and not entry.is_symlink():
            yield "\n"
            yield from _listing(call, f"{name.rstrip('/')}/{entry.name}", flags)


def _in_order(folder: Path, flags: frozenset[str]) -> list[Path]:
    entries = sorted(entry for entry in folder.iterdir() if flags & {"a", "A"} or not entry.name.startswith("."))
    if "t" in flags:
        entries.sort(key=lambda entry: -entry.lstat().st_mtime)
    if "S" in flags:
        entries.sort(key=lambda entry: -entry.lstat().st_size)
    if "r" in flags:
        entries.reverse()
    return entries


def _row(call: Call, host: Path, path: str, name: str, flags: frozenset[str]) -> str:
    """toybox ls.c: the context stands before the size."""
    owner, uid = _owner(call, path)
    context = f"{labels.of_file(path, uid)} " if "Z" in flags else ""
    if "l" not in flags:
        return f"{context}{name}\n"
    found, who = host.lstat(), str(uid) if "n" in flags else owner
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(found.st_mtime))
    mode = stat.filemode(found.st_mode)
    return f"{mode} {found.st_nlink} {who} {who} {context}{found.st_size:>8} {when} {name}\n"


async def mkdir(call: Call) -> int:
    found = options.read(call, "pv", "m")

    def make(name: str) -> None:
        host = call.phone.files.writable(call.path(name), call.user)
        host.mkdir(parents="p" in found.flags, exist_ok="p" in found.flags)

    return await _each(call, found.operands, make)


async def rm(call: Call) -> int:
    found = options.read(call, "rRfv")

    def remove(name: str) -> None:
        host = call.phone.files.removable(call.path(name), call.user)
        if host.is_dir() and not host.is_symlink():
            if not found.flags & {"r", "R"}:
                raise IsADirectoryError(21, os.strerror(21), name)
            shutil.rmtree(host)
        else:
            host.unlink(missing_ok="f" in found.flags)

    return await _each(call, found.operands, remove)


async def rmdir(call: Call) -> int:
    found = options.read(call, "p")
    return await _each(
        call, found.operands, lambda name: call.phone.files.removable(call.path(name), call.user).rmdir()
    )


async def touch(call: Call) -> int:
    found = options.read(call, "acm", "dtr")
    return await _each(call, found.operands, lambda name: call.phone.files.writable(call.path(name), call.user).touch())


async def chmod(call: Call) -> int:
    found = options.read(call, "Rvf")
    mode, *names = found.operands or ("",)
    if not (mode.isdigit() or SYMBOLIC.fullmatch(mode)):
        return await call.unmodelled(f"chmod: bad mode '{mode}'")

    def change(name: str) -> None:
        call.phone.files.readable(call.path(name), call.user)
        host = call.phone.files.removable(call.path(name), call.user)
        for path in [host, *(host.rglob("*") if "R" in found.flags and host.is_dir() else ())]:
            wanted = int(mode, 8) if mode.isdigit() else _symbolic(mode, stat.S_IMODE(path.stat().st_mode))
            # the phone process itself must go on reading what an app has locked away
            path.chmod(wanted | stat.S_IRUSR | stat.S_IWUSR | (stat.S_IXUSR if path.is_dir() else 0))

    return await _each(call, tuple(names), change)


def _symbolic(mode: str, old: int) -> int:
    """`u+x`, `go-rwx`, `a=r` and lists of them."""
    for clause in mode.split(","):
        found = SYMBOLIC.fullmatch(clause)
        who, sign, what = (found[1] or "a", found[2], found[3]) if found else ("", "+", "")
        for shift in {"u": (6,), "g": (3,), "o": (0,), "a": (6, 3, 0)}.get(
            who, tuple({"u": 6, "g": 3, "o": 0}[one] for one in who)
        ):
            bits = sum({"r": 4, "w": 2, "x": 1}[one] for one in what) << shift
            old = old | bits if sign == "+" else old & ~bits if sign == "-" else (old & ~(7 << shift)) | bits
    return old


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


STAT_FORM = (
    "  File: '%n'\n  Size: %s\t Blocks: %b\t IO Blocks: %B\t%F\nDevice: 0h/0d\t Inode: %i\t Links: %h\n"
    "Access: (%a/%A)\tUid: (%u/%U)\tGid: (%g/%G)\nModify: %y"
)
"""toybox stat without -c."""


def _owner(call: Call, path: str) -> tuple[str, int]:
    """Name and number of who owns a file: its app, the shell, or root."""
    parts = path.split("/")
    if path.startswith("/data/data/") and parts[3] in call.phone.packages.packages:
        user = call.phone.packages.packages[parts[3]].user
        return user.name, user.uid
    if path.startswith("/sdcard"):
        return "u0_a1", 10001
    return ("shell", 2000) if path.startswith("/data/local/tmp") else ("root", 0)


async def show_stat(call: Call) -> int:
    found = options.read(call, "L", "c")
    form = found.values.get("c", STAT_FORM)

    def row(name: str) -> str:
        facts = call.phone.files.readable(call.path(name), call.user).stat()
        kind = "directory" if stat.S_ISDIR(facts.st_mode) else "regular file"
        values = {"%n": name, "%s": facts.st_size, "%a": f"{stat.S_IMODE(facts.st_mode):o}", "%F": kind}
        values |= {
            "%Y": int(facts.st_mtime),
            "%A": stat.filemode(facts.st_mode),
            "%h": facts.st_nlink,
            "%i": facts.st_ino,
        }
        owner = _owner(call, call.path(name))
        values |= {"%U": owner[0], "%G": owner[0], "%u": owner[1], "%g": owner[1], "%b": facts.st_blocks, "%B": 512}
        values |= {
            "%y": time.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000", time.gmtime(facts.st_mtime)),
            "%X": int(facts.st_atime),
        }
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
    """find PATH... with the tests of TESTS, -print, -exec CMD {} ; (or +) and -delete; others are noted."""
    words = list(call.arguments)
    roots = []
    while words and not words[0].startswith("-"):
        roots.append(words.pop(0))
    try:
        wanted = _tests(words)
    except OptionError as error:
        return await call.unmodelled(str(error))
    status = 0
    for root in roots or ["."]:
        try:
            status = await _act_on(call, list(_found(call, root, wanted)), wanted) or status
        except OSError as error:
            status = await complain(call, root, error)
    return status


TESTS = frozenset({"-type", "-name", "-iname", "-path", "-maxdepth", "-mindepth", "-size", "-newer", "-user"})
"""Each with a value."""


@dataclass(slots=True)
class _Wanted:
    tests: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    delete: bool = False
    end: str = "\n"


def _tests(words: list[str]) -> _Wanted:
    wanted = _Wanted()
    while words:
        word = words.pop(0)
        if word in TESTS and words:
            wanted.tests[word] = words.pop(0)
        elif word == "-exec" and (";" in words or "+" in words):
            end = next(at for at, each in enumerate(words) if each in (";", "+"))
            wanted.command, words[: end + 1] = tuple(words[:end]), []
        elif word == "-delete":
            wanted.delete = True
        elif word == "-print0":
            wanted.end = "\0"
        elif word != "-print":
            raise OptionError(f"find: bad arg '{word}'")
    return wanted


async def _act_on(call: Call, names: list[str], wanted: _Wanted) -> int:
    from testbed.android.shell.interpreter import run_words  # noqa: PLC0415 -- the interpreter runs this tool
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- as above

    if wanted.command:
        for name in names:
            words = [word.replace("{}", name) for word in wanted.command]
            await run_words(call.with_words(*words), TOOLS)
        return 0
    if wanted.delete:
        return await rm(call.with_words("rm", "-rf", *names)) if names else 0
    return await call.say("".join(f"{name}{wanted.end}" for name in names))


def _found(call: Call, root: str, wanted: _Wanted) -> Iterator[str]:
    top = call.phone.files.readable(call.path(root), call.user)
    newer, user = wanted.tests.get("-newer"), wanted.tests.get("-user")
    since = call.phone.files.readable(call.path(newer), call.user).lstat().st_mtime_ns if newer else 0
    for path in [top, *sorted(top.rglob("*"))]:
        below = path.relative_to(top)
        name = root if path == top else f"{root.rstrip('/')}/{below}"
        is_theirs = user is None or user in map(str, _owner(call, call.path(name)))
        if is_theirs and path.lstat().st_mtime_ns > since and _passes(path, name, len(below.parts), wanted.tests):
            yield name


def _passes(path: Path, name: str, depth: int, tests: dict[str, str]) -> bool:
    kinds = {"f": path.is_file(), "d": path.is_dir(), "l": path.is_symlink(), "s": path.is_socket()}
    base = name.rpartition("/")[2]
    return (
        kinds.get(tests.get("-type", ""), "-type" not in tests)
        and int(tests.get("-mindepth", "0")) <= depth <= int(tests.get("-maxdepth", "1000"))
        and fnmatch.fnmatchcase(base, tests.get("-name", "*"))
        and fnmatch.fnmatchcase(base.lower(), tests.get("-iname", "*").lower())
        and fnmatch.fnmatchcase(name, tests.get("-path", "*"))
        and _has_size(path, tests.get("-size", ""))
    )


def _has_size(path: Path, given: str) -> bool:
    """`+10k`, `-5M`, `12c`: more, less, or as many blocks of 512 bytes or of the named unit."""
    found = re.fullmatch(r"([-+]?)(\d+)([ckMG]?)", given)
    if found is None:
        return True
    unit = {"": 512, "c": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}[found[3]]
    blocks, number = -(-path.lstat().st_size // unit), int(found[2])
    return blocks > number if found[1] == "+" else blocks < number if found[1] == "-" else blocks == number


async def du(call: Call) -> int:
    """Kilobytes; of the folders below as well, unless `-s`."""
    found = options.read(call, "skh")
    show = people if "h" in found.flags else str

    def rows(name: str) -> Iterator[str]:
        top = call.phone.files.readable(call.path(name), call.user)
        below = () if "s" in found.flags else sorted(path for path in top.rglob("*") if path.is_dir())
        for folder in (*below, top):
            size = sum(path.lstat().st_blocks for path in [folder, *folder.rglob("*")]) // 2
            shown = name if folder == top else f"{name.rstrip('/')}/{folder.relative_to(top)}"
            yield f"{show(size)}\t{shown}\n"

    status = 0
    for name in found.operands or (".",):
        try:
            await call.say("".join(rows(name)))
        except OSError as error:
            status = await complain(call, name, error)
    return status


def people(kilobytes: int) -> str:
    """Of `-h`: three digits and a unit (toybox lib/lib.c, human_readable)."""
    size, unit = float(kilobytes), "K"
    for unit in "KMGT":  # noqa: B007 -- the last one is the answer
        if size < 1000:  # noqa: PLR2004 -- a fourth digit
            break
        size /= 1024
    return f"{size:.1f}{unit}" if size < 10 and unit != "K" else f"{size:.0f}{unit}"  # noqa: PLR2004 -- one digit
