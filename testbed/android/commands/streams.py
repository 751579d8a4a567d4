"""toybox's filters: `sort`, `uniq`, `cut`, `tr`, `tee`, `sed`, `xargs`, and small makers of text."""

import posixpath
import re

from testbed.android.commands import options
from testbed.android.commands.files import complain
from testbed.android.shell.call import Call
from testbed.android.shell.interpreter import run_words

CELL = re.compile(r"%([-0-9.]*)([sdxc])")
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\r": "\r", "\\0": "\0"}


async def _lines(call: Call, names: tuple[str, ...]) -> list[str] | None:
    """Lines of the named files or of stdin; None after a complaint."""
    if not names or names == ("-",):
        return (await call.input()).decode("utf-8", "replace").splitlines()
    found: list[str] = []
    for name in names:
        try:
            found += call.phone.files.readable(call.path(name), call.user).read_text(errors="replace").splitlines()
        except OSError as error:
            await complain(call, name, error)
            return None
    return found


async def _print(call: Call, lines: list[str]) -> int:
    return await call.say("".join(f"{line}\n" for line in lines))


async def sort(call: Call) -> int:
    found = options.read(call, "nru", "k")
    lines = await _lines(call, found.operands)
    if lines is None:
        return 1
    field = int(found.values.get("k", "0").split(",")[0] or 0)

    def key(line: str) -> tuple[float, str]:
        text = " ".join(line.split()[field - 1 :]) if field else line
        number = re.match(r"\s*-?\d+(\.\d+)?", text) if "n" in found.flags else None
        return (float(number[0]) if number else 0.0, text)

    lines = sorted(lines, key=key, reverse="r" in found.flags)
    return await _print(call, list(dict.fromkeys(lines)) if "u" in found.flags else lines)


async def uniq(call: Call) -> int:
    found = options.read(call, "c")
    lines = await _lines(call, found.operands)
    runs: list[tuple[str, int]] = []
    for line in lines or ():
        if runs and runs[-1][0] == line:
            runs[-1] = (line, runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    return await _print(call, [f"{count:7} {line}" if "c" in found.flags else line for line, count in runs])


async def cut(call: Call) -> int:
    """`cut -d X -f LIST` and `-c LIST`."""
    found = options.read(call, "s", "dfc")
    lines = await _lines(call, found.operands)
    if lines is None:
        return 1
    picked = found.values.get("f") or found.values.get("c") or ""
    try:
        places = [place for part in picked.split(",") for place in _places(part)]
    except ValueError:
        return await call.fail(f"cut: bad -f '{picked}'")
    mark = found.values.get("d", "\t")
    shown = []
    for line in lines:
        cells = list(line) if "c" in found.values else line.split(mark)
        chosen = [cells[place - 1] for place in places if place <= len(cells)]
        shown.append(
            line if "f" in found.values and mark not in line else ("" if "c" in found.values else mark).join(chosen)
        )
    return await _print(call, shown)


def _places(part: str) -> range:
    first, dash, last = part.partition("-")
    if not dash:
        return range(int(first), int(first) + 1)
    return range(int(first or 1), int(last or 999) + 1)


async def tr(call: Call) -> int:
    found = options.read(call, "ds")
    sets = [_set(word) for word in found.operands]
    if not sets:
        return await call.fail('tr: Needs 1 argument (see "tr --help")')
    text = (await call.input()).decode("utf-8", "surrogateescape")
    if "d" in found.flags:
        text = "".join(letter for letter in text if letter not in sets[0])
    elif len(sets) > 1 and sets[1]:
        padded = sets[1] + sets[1][-1] * max(0, len(sets[0]) - len(sets[1]))
        text = text.translate({ord(old): new for old, new in zip(sets[0], padded, strict=False)})
    return await call.say(text)


def _set(word: str) -> str:
    for escape, letter in ESCAPES.items():
        word = word.replace(escape, letter)
    return re.sub(
        r"(.)-(.)", lambda found: "".join(chr(code) for code in range(ord(found[1]), ord(found[2]) + 1)), word
    )


async def tee(call: Call) -> int:
    found = options.read(call, "ai")
    data = await call.input()
    status = 0
    for name in found.operands:
        try:
            host = call.phone.files.writable(call.path(name), call.user)
            with host.open("ab" if "a" in found.flags else "wb") as file:
                file.write(data)
        except OSError as error:
            status = await complain(call, name, error)
    await call.out.write(data)
    return status


async def sed(call: Call) -> int:
    """`sed [-n] [-E] [-i] 's/…/…/[gp]'` and `'/…/d'`, `'/…/p'`, `Np`; other scripts are noted."""
    found = options.read(call, "nEri", "e")
    words = list(found.operands)
    script = found.values.get("e") or (words.pop(0) if words else "")
    extended = bool(found.flags & {"E", "r"})
    lines = await _lines(call, tuple(words))
    if lines is None:
        return 1
    shown = _edited(script, lines, quiet="n" in found.flags, extended=extended)
    if shown is None:
        return await call.unmodelled(f"sed: unknown command in '{script}'")
    if "i" not in found.flags:
        return await _print(call, shown)
    for name in words:
        call.phone.files.writable(call.path(name), call.user).write_text("".join(f"{line}\n" for line in shown))
    return 0


def _edited(script: str, lines: list[str], *, quiet: bool, extended: bool) -> list[str] | None:
    replaced = re.fullmatch(r"s(.)(?P<old>.*?)(?<!\\)\1(?P<new>.*?)(?<!\\)\1(?P<flags>[gpI]*)", script)
    if replaced:
        pattern = re.compile(_pattern(replaced["old"], extended=extended))
        new = re.sub(r"\\(\d)|&", lambda one: f"\\g<{one[1] or 0}>", replaced["new"])
        done = [pattern.subn(new, line, 0 if "g" in replaced["flags"] else 1) for line in lines]
        return [line for line, count in done if not quiet or (count and "p" in replaced["flags"])]
    picked = re.fullmatch(r"/(?P<what>.*)/(?P<deed>[dp])|(?P<number>\d+)(?P<act>[dpq])", script)
    if not picked:
        return None
    deed = picked["deed"] or picked["act"]
    if picked["number"]:
        hits = {int(picked["number"]) - 1}
    else:
        hits = {n for n, line in enumerate(lines) if re.search(_pattern(picked["what"], extended=extended), line)}
    if deed == "q":
        return lines[: max(hits) + 1]
    if deed == "d":
        return [line for n, line in enumerate(lines) if n not in hits]
    return [line for n, line in enumerate(lines) for _ in range((0 if quiet else 1) + (n in hits))]


def _pattern(text: str, *, extended: bool) -> str:
    """A basic regular expression as an extended one: bare and quoted brackets change places."""
    if extended:
        return text
    return re.sub(r"\\?[(){}+?|]", lambda one: one[0][1:] if one[0][0] == "\\" else f"\\{one[0]}", text)


async def xargs(call: Call) -> int:
    """`xargs [-n N] [-I X] [-0] [-r] CMD…`."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    words = list(call.arguments)
    count, mark, zero = 0, "", False
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word[:2] == "-n":
            count = int(word[2:] or words.pop(0))
        elif word[:2] == "-I":
            mark = word[2:] or words.pop(0)
        elif word in ("-0", "-r"):
            zero = zero or word == "-0"
        else:
            return await call.unmodelled(f"xargs: Unknown option '{word[1:]}'")
    given = (await call.input()).decode("utf-8", "surrogateescape")
    items = [item for item in given.split("\0") if item] if zero else given.splitlines() if mark else given.split()
    words = words or ["echo"]
    status = 0
    if mark:
        calls = [[word.replace(mark, item) for word in words] for item in items]
    else:
        size = count or max(1, len(items))
        calls = [[*words, *items[at : at + size]] for at in range(0, len(items), size)]
    for each in calls:
        status = 123 if await run_words(call.with_words(*each), TOOLS) else status
    return status


async def printf(call: Call) -> int:
    form, *values = call.arguments or ("",)
    for escape, letter in ESCAPES.items():
        form = form.replace(escape, letter)
    count = len(CELL.findall(form))
    chunks = [values[at : at + count] for at in range(0, len(values), count)] if count else []
    shown = "".join(_filled(form, chunk) for chunk in chunks or [[]])
    return await call.say(shown.replace("\0", "%"))


def _filled(form: str, values: list[str]) -> str:
    """The form once, with as many values as it takes; what is missing is empty."""
    left = iter(values)

    def cell(found: re.Match[str]) -> str:
        value = next(left, "")
        if found[2] in "dx":
            return f"%{found[1]}{found[2]}" % int(value or "0", 0)
        return f"%{found[1]}s" % value

    return CELL.sub(cell, form.replace("%%", "\0"))


async def seq(call: Call) -> int:
    try:
        numbers = [int(word) for word in call.arguments]
    except ValueError:
        return await call.fail(f"seq: bad number '{' '.join(call.arguments)}'")
    match numbers:
        case [last]:
            first, step = 1, 1
        case [first, last]:
            step = 1
        case [first, step, last] if step:
            pass
        case _:
            return await call.fail('seq: Needs 1 argument (see "seq --help")')
    return await _print(call, [str(number) for number in range(first, last + (1 if step > 0 else -1), step)])


async def basename(call: Call) -> int:
    name = posixpath.basename(call.arguments[0].rstrip("/")) if call.arguments else ""
    suffix = call.arguments[1] if len(call.arguments) > 1 else ""
    return await call.say(f"{name.removesuffix(suffix) if suffix else name}\n")


async def dirname(call: Call) -> int:
    return await call.say(f"{posixpath.dirname(call.arguments[0]) or '.'}\n" if call.arguments else "\n")


async def realpath(call: Call) -> int:
    status = 0
    for name in options.read(call, "fe").operands:
        path = call.path(name)
        try:
            call.phone.files.readable(path, call.user)
        except OSError as error:
            status = await complain(call, name, error)
        else:
            await call.say(f"{path}\n")
    return status


async def dd(call: Call) -> int:
    """`dd if=… of=… [bs=N] [count=N] [skip=N]`."""
    given = dict(word.partition("=")[::2] for word in call.arguments)
    size, count = (
        int(given.get("bs", "512").rstrip("k")) * (1024 if given.get("bs", "").endswith("k") else 1),
        given.get("count"),
    )
    try:
        source = given.get("if")
        if source == "/dev/zero" and count:
            data = bytes(size * int(count))
        else:
            data = (
                await call.input()
                if source is None
                else call.phone.files.readable(call.path(source), call.user).read_bytes()
            )
        data = data[int(given.get("skip", "0")) * size :]
        data = data[: size * int(count)] if count else data
        if "of" in given:
            call.phone.files.writable(call.path(given["of"]), call.user).write_bytes(data)
        else:
            await call.out.write(data)
    except OSError as error:
        return await complain(call, given.get("if") or given.get("of") or "", error)
    await call.err.write(
        f"{len(data) // size}+{int(bool(len(data) % size))} records in\n{len(data)} bytes copied\n".encode()
    )
    return 0
