"""toybox grep: lines by pattern, of files, of folders below, or of stdin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from testbed.android.commands import options
from testbed.android.commands.files import complain
from testbed.android.shell.call import Call

NONE, TROUBLE = 1, 2


@dataclass(frozen=True, slots=True)
class _Wanted:
    pattern: re.Pattern[str]
    flags: frozenset[str]
    before: int
    after: int
    most: int | None

    def hits(self, lines: list[str]) -> list[int]:
        """The numbers of the lines that are wanted, from 0."""
        found = [at for at, line in enumerate(lines) if bool(self.pattern.search(line)) != ("v" in self.flags)]
        return found[: self.most]


async def grep(call: Call) -> int:
    found = options.read(call, "EFHRchilnoqrsvwx", "eABCm")
    words, values = list(found.operands), found.values
    pattern = values["e"] if "e" in values else words.pop(0) if words else ""
    deep = bool(found.flags & {"r", "R"})
    around = int(values.get("C", "0"))
    wanted = _Wanted(
        _compiled(pattern, found.flags),
        found.flags,
        int(values.get("B", around)),
        int(values.get("A", around)),
        int(values["m"]) if "m" in values else None,
    )
    status, any_hit = NONE, False
    named = "h" not in found.flags and ("H" in found.flags or deep or len(words) > 1)
    for name in words or (["."] if deep else ["-"]):
        try:
            for file, text in await _texts(call, name, deep=deep):
                lines = text.decode("utf-8", "replace").splitlines()
                any_hit = bool(hits := wanted.hits(lines)) or any_hit
                if "q" not in found.flags:
                    await call.say("".join(_shown(wanted, file, lines, hits, named=named)))
        except OSError as error:
            status = TROUBLE
            if "s" not in found.flags:
                await complain(call, name, error)
    return 0 if any_hit and status == NONE else status


def _compiled(pattern: str, flags: frozenset[str]) -> re.Pattern[str]:
    body = re.escape(pattern) if "F" in flags else pattern
    body = rf"\b(?:{body})\b" if "w" in flags else body
    return re.compile(rf"^(?:{body})$" if "x" in flags else body, re.IGNORECASE if "i" in flags else 0)


async def _texts(call: Call, name: str, *, deep: bool) -> list[tuple[str, bytes]]:
    """Each file by the name that is shown; raises OSError."""
    if name == "-":
        return [("(standard input)", await call.input())]
    top = call.phone.files.readable(call.path(name), call.user)
    if not (deep and top.is_dir()):
        return [(name, top.read_bytes())]
    files = sorted(path for path in top.rglob("*") if path.is_file())
    return [(f"{name.rstrip('/')}/{path.relative_to(top)}", path.read_bytes()) for path in files]


def _shown(wanted: _Wanted, file: str, lines: list[str], hits: list[int], *, named: bool) -> Iterator[str]:
    flags, prefix = wanted.flags, f"{file}:" if named else ""
    if "l" in flags:
        yield from [f"{file}\n"] if hits else []
    elif "c" in flags:
        yield f"{prefix}{len(hits)}\n"
    elif "o" in flags:
        yield from (f"{prefix}{one[0]}\n" for at in hits for one in wanted.pattern.finditer(lines[at]))
    else:
        yield from _with_context(wanted, file, lines, hits, named=named)


def _with_context(wanted: _Wanted, file: str, lines: list[str], hits: list[int], *, named: bool) -> Iterator[str]:
    """Lines around a hit are marked by `-`, groups that do not touch are parted by `--`."""
    last = -1
    shown = sorted({near for at in hits for near in range(at - wanted.before, at + wanted.after + 1)})
    for at in (near for near in shown if 0 <= near < len(lines)):
        mark = ":" if at in hits else "-"
        if last not in (-1, at - 1) and (wanted.before or wanted.after):
            yield "--\n"
        number = f"{at + 1}{mark}" if "n" in wanted.flags else ""
        yield f"{file + mark if named else ''}{number}{lines[at]}\n"
        last = at
