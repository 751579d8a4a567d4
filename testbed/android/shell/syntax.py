"""A command line as a tree: lists of pipelines of commands with redirections (POSIX.1-2024, XCU 2)."""

import re
from dataclasses import dataclass, field

OPERATORS = re.compile(r"&&|\|\||;|\n|\||(?P<redirect>\d?(?:>>|>|<)(?:&\d)?)|&|\(|\)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\?")
KEYWORDS = frozenset({"if", "for", "while", "until", "case", "function", "{", "!", "select"})


class ShellSyntaxError(ValueError):
    """The line is wrong, or is more shell than this phone speaks."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a word: literal text or a variable's name, quoted or not."""

    text: str
    quoted: bool
    variable: bool = False


type Word = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    descriptor: int
    mode: str
    """`<`, `>` or `>>`."""
    target: Word | int
    """A file, or the descriptor it becomes a copy of."""


@dataclass(slots=True)
class Command:
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """Commands side by side; `condition` is what joins it to the one before: `;`, `&&` or `||`."""

    condition: str
    commands: list[Command]


def parse(line: str) -> list[Pipeline]:
    """Raises ShellSyntaxError."""
    pipelines = [Pipeline(";", [Command()])]
    symbols = _Symbols(line)
    for symbol in symbols:
        command = pipelines[-1].commands[-1]
        if isinstance(symbol, tuple):
            command.words.append(symbol)
        elif symbol in (";", "\n", "&&", "||"):
            _close(pipelines, symbol)
        elif symbol == "|":
            _check(command, symbol)
            pipelines[-1].commands.append(Command())
        elif symbol in ("&", "(", ")"):
            raise ShellSyntaxError(f"syntax error: unexpected '{symbol}'")
        else:
            command.redirects.append(_redirect(symbol, symbols))
    last = pipelines[-1]
    if last.condition in ("&&", "||") or len(last.commands) > 1:
        _check(last.commands[-1], "newline")
    return [one for one in pipelines if one.commands[-1].words or one.commands[-1].redirects]


def _close(pipelines: list[Pipeline], symbol: str) -> None:
    empty = not pipelines[-1].commands[-1].words and not pipelines[-1].commands[-1].redirects
    if empty and symbol != "\n" and not (symbol == ";" and len(pipelines) == 1):
        raise ShellSyntaxError(f"syntax error: unexpected '{symbol}'")
    pipelines.append(Pipeline(";" if symbol == "\n" else symbol, [Command()]))


def _check(command: Command, symbol: str) -> None:
    if not command.words and not command.redirects:
        raise ShellSyntaxError(f"syntax error: unexpected '{symbol}'")


def _redirect(symbol: str, symbols: "_Symbols") -> Redirect:
    mode = ">>" if ">>" in symbol else symbol.strip("0123456789&")
    digits = symbol.partition(mode)
    descriptor = int(digits[0]) if digits[0] else (0 if mode == "<" else 1)
    if digits[2]:
        return Redirect(descriptor, mode, int(digits[2][1:]))
    target = next(symbols, None)
    if not isinstance(target, tuple):
        raise ShellSyntaxError("syntax error: unexpected 'newline'")
    return Redirect(descriptor, mode, target)


type Symbol = Word | str


class _Symbols:
    """Cuts a line into words and operators."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0

    def __iter__(self) -> "_Symbols":
        return self

    def __next__(self) -> Symbol:
        self._skip_blanks()
        if self._at >= len(self._line):
            raise StopIteration
        operator = OPERATORS.match(self._line, self._at)
        if operator:
            self._at = operator.end()
            return operator.group()
        return self._word()

    def _skip_blanks(self) -> None:
        while self._at < len(self._line) and self._line[self._at] in " \t":
            self._at += 1
        if self._line.startswith("#", self._at):
            end = self._line.find("\n", self._at)
            self._at = len(self._line) if end < 0 else end

    def _word(self) -> Word:
        pieces: list[Piece] = []
        while self._at < len(self._line):
            char = self._line[self._at]
            if char in " \t\n;|&<>()":
                break
            if char == "'":
                pieces.append(Piece(self._until("'"), quoted=True))
            elif char == '"':
                pieces += self._double_quoted()
            elif char == "\\":
                self._at += 2
                pieces.append(Piece(self._line[self._at - 1 : self._at], quoted=True))
            elif char == "$":
                pieces.append(self._variable(quoted=False))
            elif char == "`":
                raise ShellSyntaxError("command substitution is not modelled")
            else:
                self._at += 1
                pieces.append(Piece(char, quoted=False))
        return tuple(pieces)

    def _until(self, end: str) -> str:
        stop = self._line.find(end, self._at + 1)
        if stop < 0:
            raise ShellSyntaxError("no closing quote")
        text = self._line[self._at + 1 : stop]
        self._at = stop + 1
        return text

    def _double_quoted(self) -> list[Piece]:
        pieces = [Piece("", quoted=True)]
        self._at += 1
        while self._at < len(self._line):
            char = self._line[self._at]
            if char == '"':
                self._at += 1
                return pieces
            if char == "`":
                raise ShellSyntaxError("command substitution is not modelled")
            if char == "$":
                pieces.append(self._variable(quoted=True))
                continue
            if char == "\\" and self._line[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`"):
                self._at += 1
            pieces.append(Piece(self._line[self._at], quoted=True))
            self._at += 1
        raise ShellSyntaxError("no closing quote")

    def _variable(self, *, quoted: bool) -> Piece:
        braced = self._line.startswith("${", self._at)
        if self._line.startswith("$(", self._at):
            raise ShellSyntaxError("command substitution is not modelled")
        name = NAME.match(self._line, self._at + (2 if braced else 1))
        if name is None:
            self._at += 1
            return Piece("$", quoted=True)
        self._at = name.end() + (1 if braced else 0)
        if braced and self._line[name.end() : name.end() + 1] != "}":
            raise ShellSyntaxError("parameter expansion is not modelled")
        return Piece(name.group(), quoted=quoted, variable=True)
