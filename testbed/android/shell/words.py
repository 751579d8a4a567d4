"""Words of a command line: quotes, variables, command substitution, arithmetic (POSIX.1-2024, XCU 2.2 to 2.6)."""

from dataclasses import dataclass
from enum import Enum


class ShellSyntaxError(ValueError):
    """The line is wrong, or is more shell than this phone speaks."""


class Piece(Enum):
    TEXT = "text"
    VARIABLE = "variable"
    COMMAND = "command"
    """`$(…)` or backquotes."""
    NUMBER = "number"
    """`$((…))`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a word; of a variable `text` is what stands between the braces."""

    text: str
    quoted: bool
    kind: Piece = Piece.TEXT


type Word = tuple[Part, ...]

ENDS = " \t\n;|&<>()"
NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
SPECIAL = "?$#@*!0123456789"


def read(line: str, at: int) -> tuple[Word, int]:
    """The word that begins here, and where it ends; raises ShellSyntaxError."""
    parts: list[Part] = []
    while at < len(line) and line[at] not in ENDS:
        char = line[at]
        if char == "'":
            end = _find(line, "'", at + 1)
            parts.append(Part(line[at + 1 : end], quoted=True))
            at = end + 1
        elif char == '"':
            inside, at = _double_quoted(line, at + 1)
            parts += inside
        elif char == "\\":
            if line[at + 1 : at + 2] != "\n":
                parts.append(Part(line[at + 1 : at + 2], quoted=True))
            at += 2
        elif char in "$`":
            part, at = _expansion(line, at, quoted=False)
            parts.append(part)
        else:
            parts.append(Part(char, quoted=False))
            at += 1
    return tuple(parts), at


def _double_quoted(line: str, at: int) -> tuple[list[Part], int]:
    parts = [Part("", quoted=True)]
    while at < len(line):
        char = line[at]
        if char == '"':
            return parts, at + 1
        if char in "$`":
            part, at = _expansion(line, at, quoted=True)
            parts.append(part)
            continue
        if char == "\\" and line[at + 1 : at + 2] in ('"', "\\", "$", "`"):
            at += 1
        parts.append(Part(line[at], quoted=True))
        at += 1
    raise ShellSyntaxError("no closing quote")


def _expansion(line: str, at: int, *, quoted: bool) -> tuple[Part, int]:  # noqa: PLR0911 -- one form of expansion each
    if line[at] == "`":
        end = _find(line, "`", at + 1)
        return Part(line[at + 1 : end].replace("\\`", "`"), quoted, Piece.COMMAND), end + 1
    if line.startswith("$((", at):
        end = _find(line, "))", at + 3)
        return Part(line[at + 3 : end], quoted, Piece.NUMBER), end + 2
    if line.startswith("$(", at):
        end = closing(line, at + 2)
        return Part(line[at + 2 : end], quoted, Piece.COMMAND), end + 1
    if line.startswith("${", at):
        end = _find(line, "}", at + 2)
        return Part(line[at + 2 : end], quoted, Piece.VARIABLE), end + 1
    end = at + 1
    if line[end : end + 1] and line[end] in SPECIAL:
        return Part(line[end], quoted, Piece.VARIABLE), end + 1
    while end < len(line) and line[end] in NAMES:
        end += 1
    if end == at + 1:
        return Part("$", quoted=True), end
    return Part(line[at + 1 : end], quoted, Piece.VARIABLE), end


def closing(line: str, at: int) -> int:
    """Where the parenthesis that was opened before `at` closes; raises ShellSyntaxError."""
    depth = 1
    while at < len(line):
        char = line[at]
        if char == "\\":
            at += 1
        elif char == "'":
            at = _find(line, "'", at + 1)
        elif char == '"':
            at = _double_quoted(line, at + 1)[1] - 1
        elif char == "#" and line[at - 1] in " \t\n":
            at = line.find("\n", at)
            if at < 0:
                break
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return at
        at += 1
    raise ShellSyntaxError("syntax error: unmatched '('")


def _find(line: str, end: str, at: int) -> int:
    found = line.find(end, at)
    if found < 0:
        raise ShellSyntaxError("no closing quote")
    return found
