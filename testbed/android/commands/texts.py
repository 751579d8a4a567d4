"""toybox's text, digest and archive tools."""

import base64 as b64
import hashlib
import io
import re
import tarfile
from collections.abc import Callable

from testbed.android.commands import options
from testbed.android.commands.files import complain
from testbed.android.shell.call import Call, Tool


async def echo(call: Call) -> int:
    words = list(call.arguments)
    newline = "\n"
    if words and words[0] == "-n":
        words.pop(0)
        newline = ""
    return await call.say(" ".join(words) + newline)


async def head(call: Call) -> int:
    return await _slice(call, lambda lines, count: lines[:count])


async def tail(call: Call) -> int:
    return await _slice(call, lambda lines, count: lines[-count:])


async def _slice(call: Call, cut: Callable[[list[bytes], int], list[bytes]]) -> int:
    if call.arguments and call.arguments[0][1:].isdigit() and call.arguments[0][0] == "-":
        call = call.with_words(call.name, "-n", call.arguments[0][1:], *call.arguments[1:])
    found = options.read(call, "q", "nc")
    count = int(found.values.get("n", "10"))
    texts = await _contents(call, found.operands)
    if texts is None:
        return 1
    for _, text in texts:
        await call.out.write(b"".join(cut(text.splitlines(keepends=True), count)))
    return 0


async def wc(call: Call) -> int:
    found = options.read(call, "lwc")
    texts = await _contents(call, found.operands)
    if texts is None:
        return 1
    for name, text in texts:
        counts = {"l": text.count(b"\n"), "w": len(text.split()), "c": len(text)}
        shown = [str(counts[letter]) for letter in "lwc" if letter in (found.flags or "lwc")]
        await call.say(" ".join([*shown, name]).strip() + "\n")
    return 0


async def _contents(call: Call, names: tuple[str, ...]) -> list[tuple[str, bytes]] | None:
    """Named files or stdin; None after a complaint."""
    if not names:
        return [("", await call.input())]
    found = []
    for name in names:
        try:
            found.append((name, call.phone.files.readable(call.path(name), call.user).read_bytes()))
        except OSError as error:
            await complain(call, name, error)
            return None
    return found


def digest(algorithm: str) -> Tool:
    """md5sum, sha1sum, sha256sum."""

    async def tool(call: Call) -> int:
        texts = await _contents(call, options.read(call, "b").operands)
        for name, text in texts or ():
            await call.say(f"{hashlib.new(algorithm, text).hexdigest()}  {name or '-'}\n")
        return 1 if texts is None else 0

    return tool


async def base64(call: Call) -> int:
    found = options.read(call, "d", "w")
    texts = await _contents(call, found.operands)
    if texts is None:
        return 1
    text = texts[0][1]
    if "d" in found.flags:
        await call.out.write(b64.b64decode(text))
        return 0
    width = int(found.values.get("w", "76"))
    encoded = b64.b64encode(text)
    lines = [encoded[at : at + width] for at in range(0, len(encoded), width)] if width else [encoded]
    await call.out.write(b"\n".join(lines) + (b"\n" if width else b""))
    return 0


async def tar(call: Call) -> int:
    """tar -c to stdout or a file; unpacking is not modelled."""
    if call.arguments and not call.arguments[0].startswith("-"):
        call = call.with_words("tar", "-" + call.arguments[0], *call.arguments[1:])
    found = options.read(call, "czvhp", "fC")
    if "c" not in found.flags:
        return await call.unmodelled('tar: Needs -txc (see "tar --help")')
    buffer = io.BytesIO()
    folder = call.path(found.values.get("C", "."))
    status = 0
    with tarfile.open(fileobj=buffer, mode="w:gz" if "z" in found.flags else "w") as archive:
        for name in found.operands:
            try:
                host = call.phone.files.readable(call.phone.files.absolute(name, folder), call.user)
                archive.add(host, arcname=name.lstrip("/") or ".", filter=_regular)
            except OSError as error:
                status = await complain(call, name, error)
    target = found.values.get("f", "-")
    if target == "-":
        await call.out.write(buffer.getvalue())
    else:
        call.phone.files.writable(call.path(target), call.user).write_bytes(buffer.getvalue())
    return status


def _regular(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Sockets and devices stay out, as toybox leaves them."""
    return member if member.isfile() or member.isdir() or member.issym() else None


async def strings(call: Call) -> int:
    """Runs of printable characters, four or more unless `-n` says else (toybox strings.c)."""
    found = options.read(call, "af", "n")
    texts = await _contents(call, found.operands)
    least = int(found.values.get("n", "4"))
    for _, text in texts or ():
        runs = re.findall(rb"[\x20-\x7e\t]{%d,}" % least, text)
        await call.out.write(b"".join(run + b"\n" for run in runs))
    return 1 if texts is None else 0
