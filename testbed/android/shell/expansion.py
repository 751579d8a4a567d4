"""Words become arguments: variables, output of commands, arithmetic, fields, file names (XCU 2.6)."""

import ast
import fnmatch
import operator
import posixpath
import re
from collections.abc import Awaitable, Callable

from testbed.android.shell.call import Call
from testbed.android.shell.words import Part, Piece, ShellSyntaxError, Word

GLOB = frozenset("*?[")
PARAMETER = re.compile(r"(?P<length>#?)(?P<name>\w+|[?$#@*!])(?P<turn>:?[-+=?]|%%?|##?)?(?P<word>.*)", re.DOTALL)
SUMS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
}

type Run = Callable[[Call, str], Awaitable[str]]
"""Runs a line and gives its output."""


async def fields(call: Call, word: Word, run: Run) -> list[str]:
    """The arguments that a word stands for: none, one, or several."""
    found: list[str] = []
    text, pattern, has_any = "", False, False
    for part in word:
        value = await _value(call, part, run)
        if part.kind is Piece.TEXT or part.quoted:
            text += value
            has_any = has_any or part.quoted or bool(value)
            pattern = pattern or (not part.quoted and bool(GLOB & set(value)))
            continue
        pieces = value.split()
        if not pieces:
            continue
        if value[0].isspace() and text:
            found += _named(call, text, pattern=pattern)
            text, pattern = "", False
        *whole, last = pieces
        for piece in whole:
            found += _named(call, text + piece, pattern=pattern or bool(GLOB & set(piece)))
            text, pattern = "", False
        text, has_any = text + last, True
        pattern = pattern or bool(GLOB & set(last))
    return found + (_named(call, text, pattern=pattern) if has_any else [])


async def text(call: Call, word: Word, run: Run) -> str:
    """A word as one text: a redirection's target, an assignment's value."""
    return "".join([await _value(call, part, run) for part in word])


async def _value(call: Call, part: Part, run: Run) -> str:
    match part.kind:
        case Piece.TEXT:
            return part.text
        case Piece.COMMAND:
            return (await run(call, part.text)).rstrip("\n")
        case Piece.NUMBER:
            return str(_sum(call, part.text))
        case Piece.VARIABLE:
            return _parameter(call, part.text)


def _parameter(call: Call, given: str) -> str:
    found = PARAMETER.fullmatch(given)
    if found is None:
        raise ShellSyntaxError(f"{given}: bad substitution")
    value = variable(call, found["name"])
    if found["length"]:
        return str(len(value))
    turn, word = found["turn"] or "", found["word"]
    if word.startswith("$"):
        word = variable(call, word.strip("${}"))
    if turn in (":-", "-"):
        return value or word
    if turn in (":+", "+"):
        return word if value else ""
    if turn in (":=", "="):
        call.state.env.setdefault(found["name"], word)
        return value or word
    return _trimmed(value, turn, word) if turn else value


def _trimmed(value: str, turn: str, pattern: str) -> str:
    """`${x%…}` and its kin: the shortest or longest match is cut off one end."""
    ends = range(len(value) + 1)
    if turn[0] == "%":
        cuts = [
            value[:at] for at in (reversed(ends) if turn == "%" else ends) if fnmatch.fnmatchcase(value[at:], pattern)
        ]
    else:
        cuts = [
            value[at:] for at in (ends if turn == "#" else reversed(ends)) if fnmatch.fnmatchcase(value[:at], pattern)
        ]
    return cuts[0] if cuts else value


def variable(call: Call, name: str) -> str:
    state = call.state
    special = {"?": str(state.last), "$": "4242", "#": str(len(state.parameters)), "0": "sh"}
    if name in special:
        return special[name]
    if name in ("@", "*"):
        return " ".join(state.parameters)
    if name.isdigit():
        return state.parameters[int(name) - 1] if int(name) <= len(state.parameters) else ""
    return state.env.get(name, "")


def _sum(call: Call, given: str) -> int:
    """Whole numbers, the four sums, comparisons left out."""
    named = re.sub(r"\$?\{?([A-Za-z_]\w*)\}?", lambda found: variable(call, found[1]) or "0", given)
    try:
        return _worth(ast.parse(named.strip() or "0", mode="eval").body)
    except (SyntaxError, ZeroDivisionError) as error:
        raise ShellSyntaxError(f"{given}: unexpected end of expression") from error


def _worth(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_worth(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in SUMS:
        return int(SUMS[type(node.op)](_worth(node.left), _worth(node.right)))
    raise ShellSyntaxError("arithmetic is not modelled beyond the four sums")


def _named(call: Call, given: str, *, pattern: bool) -> list[str]:
    """File names where there are any that match, else the word itself."""
    return (_matches(call, given) or [given]) if pattern else [given]


def _matches(call: Call, pattern: str) -> list[str]:
    """Each part of a path may hold a pattern."""
    head, _, last = pattern.rpartition("/")
    folders = _matches(call, head) if GLOB & set(head) else [head] if "/" in pattern else [""]
    found = []
    for folder in folders:
        place = call.path(folder or ("/" if pattern.startswith("/") else "."))
        try:
            names = sorted(entry.name for entry in call.phone.files.readable(place, call.user).iterdir())
        except OSError:
            continue
        hits = [name for name in names if fnmatch.fnmatchcase(name, last) and not (name[0] == "." and last[0] != ".")]
        found += [posixpath.join(folder or ("/" if pattern.startswith("/") else ""), name) for name in hits]
    return found
