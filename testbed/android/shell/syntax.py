"""A command line as a tree (POSIX.1-2024, XCU 2.9 and 2.10; what mksh adds is not there)."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from testbed.android.shell import words
from testbed.android.shell.words import Piece, ShellSyntaxError, Word

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATOR = re.compile(r"&&|\|\||;;|;|\n|\||\d?(?:>>|>|<)(?:&\d)?|&|\(|\)")
REDIRECT = re.compile(r"(?P<descriptor>\d?)(?P<mode>>>|>|<)(?P<copy>&\d)?")
RESERVED = frozenset({"if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case", "esac"})
RESERVED |= {"{", "}", "!"}
UNSPOKEN = frozenset({"function", "select", "[[", "time"})
"""What mksh knows and this shell does not."""


@dataclass(frozen=True, slots=True)
class Redirect:
    descriptor: int
    mode: str
    """`<`, `>` or `>>`."""
    target: Word | int
    """A file, or the descriptor it becomes a copy of."""


@dataclass(slots=True)
class Simple:
    words: list[Word] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` in a shell of its own."""

    body: "Script"
    apart: bool


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple["Script", "Script"], ...]
    otherwise: "Script"


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...]
    body: "Script"


@dataclass(frozen=True, slots=True)
class While:
    condition: "Script"
    body: "Script"
    until: bool


@dataclass(frozen=True, slots=True)
class Case:
    word: Word
    branches: tuple[tuple[tuple[Word, ...], "Script"], ...]


@dataclass(slots=True)
class Command:
    what: Simple | Group | If | For | While | Case
    redirects: list[Redirect] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """Commands side by side; `condition` is what joins it to the one before: `;`, `&&` or `||`."""

    condition: str
    commands: list[Command]
    negated: bool = False
    background: bool = False


type Script = list[Pipeline]


def parse(line: str) -> Script:
    """Raises ShellSyntaxError."""
    parser = _Parser(_symbols(line))
    script = parser.script(frozenset())
    if parser.next is not None:
        raise ShellSyntaxError(f"syntax error: unexpected '{_shown(parser.next)}'")
    return script


type Symbol = Word | str


def _symbols(line: str) -> list[Symbol]:
    found: list[Symbol] = []
    at = 0
    while at < len(line):
        if line[at] in " \t" or line.startswith("\\\n", at):
            at += 1 if line[at] in " \t" else 2
        elif line[at] == "#":
            end = line.find("\n", at)
            at = len(line) if end < 0 else end
        elif (operator := OPERATOR.match(line, at)) is not None:
            found.append(operator.group())
            at = operator.end()
        else:
            word, at = words.read(line, at)
            found.append(word)
    return found


def plain(word: Symbol | None) -> str | None:
    """A word without quotes and expansions, which alone can be a reserved one."""
    if not isinstance(word, tuple) or any(part.quoted or part.kind is not Piece.TEXT for part in word):
        return None
    return "".join(part.text for part in word)


def _shown(symbol: Symbol | None) -> str:
    if symbol is None or symbol == "\n":
        return "newline"
    return symbol if isinstance(symbol, str) else "".join(part.text for part in symbol)


class _Parser:
    def __init__(self, symbols: list[Symbol]) -> None:
        self._symbols = symbols
        self._at = 0

    @property
    def next(self) -> Symbol | None:
        return self._symbols[self._at] if self._at < len(self._symbols) else None

    def script(self, ends: frozenset[str]) -> Script:
        """Pipelines up to a reserved word or operator of `ends`, which is left standing."""
        found: Script = []
        condition = ";"
        self._skip_lines()
        while self.next is not None and not self._is_end(ends):
            pipeline = self._pipeline(condition)
            found.append(pipeline)
            condition = self._joined(pipeline)
            if condition in ("&&", "||"):
                self._skip_lines()
                if self.next is None:
                    self._unexpected()
        return found

    def _is_end(self, ends: frozenset[str]) -> bool:
        symbol = self.next
        return (symbol if isinstance(symbol, str) else plain(symbol)) in ends

    def _joined(self, pipeline: Pipeline) -> str:
        """What stands behind a pipeline."""
        symbol = self.next
        if symbol in ("&&", "||", ";", "&", "\n"):
            self._at += 1
            pipeline.background = symbol == "&"
            if symbol not in ("&&", "||"):
                self._skip_lines()
                if self.next == ";":
                    self._unexpected()
        return symbol if symbol in ("&&", "||") and isinstance(symbol, str) else ";"

    def _pipeline(self, condition: str) -> Pipeline:
        negated = plain(self.next) == "!"
        if negated:
            self._at += 1
        commands = [self._command()]
        while self.next == "|":
            self._at += 1
            self._skip_lines()
            commands.append(self._command())
        return Pipeline(condition, commands, negated)

    def _command(self) -> Command:
        word = plain(self.next)
        compound: dict[str | None, Callable[[], If | For | While | Case]] = {
            "if": self._if,
            "for": self._for,
            "while": self._while,
            "until": self._while,
            "case": self._case,
        }
        if self.next == "(":
            self._at += 1
            command = Command(Group(self._until(")"), apart=True))
        elif word == "{":
            self._at += 1
            command = Command(Group(self._until("}"), apart=False))
        elif word in compound:
            command = Command(compound[word]())
        elif word in UNSPOKEN:
            raise ShellSyntaxError(f"'{word}' is not modelled")
        elif word in RESERVED:
            self._unexpected()
        else:
            return self._simple()
        while isinstance(self.next, str) and REDIRECT.fullmatch(self.next):
            command.redirects.append(self._redirect())
        return command

    def _simple(self) -> Command:
        simple = Simple()
        command = Command(simple)
        while (symbol := self.next) is not None:
            if isinstance(symbol, tuple):
                simple.words.append(symbol)
                self._at += 1
            elif REDIRECT.fullmatch(symbol):
                command.redirects.append(self._redirect())
            else:
                break
        if not simple.words and not command.redirects:
            self._unexpected()
        if self.next == "(":
            self._unexpected()
        return command

    def _redirect(self) -> Redirect:
        found = REDIRECT.fullmatch(str(self.next))
        self._at += 1
        if found is None:
            self._unexpected()
        descriptor = int(found["descriptor"]) if found["descriptor"] else (0 if found["mode"] == "<" else 1)
        if found["copy"]:
            return Redirect(descriptor, found["mode"], int(found["copy"][1:]))
        target = self.next
        if not isinstance(target, tuple):
            self._unexpected()
        self._at += 1
        return Redirect(descriptor, found["mode"], target)

    def _if(self) -> If:
        branches = []
        self._at += 1
        condition = self._until("then")
        while True:
            body = self.script(frozenset({"elif", "else", "fi"}))
            branches.append((condition, body))
            ended = self._take("elif", "else", "fi")
            if ended == "elif":
                condition = self._until("then")
                continue
            return If(tuple(branches), self._until("fi") if ended == "else" else [])

    def _for(self) -> For:
        self._at += 1
        name = plain(self.next)
        if name is None or not name.isidentifier():
            self._unexpected()
        self._at += 1
        self._skip_lines()
        given: list[Word] = []
        if plain(self.next) == "in":
            self._at += 1
            while isinstance(self.next, tuple):
                given.append(self.next)
                self._at += 1
        if self.next in (";", "\n"):
            self._at += 1
        self._skip_lines()
        self._take("do")
        return For(name, tuple(given), self._until("done"))

    def _while(self) -> While:
        until = plain(self.next) == "until"
        self._at += 1
        condition = self._until("do")
        return While(condition, self._until("done"), until)

    def _case(self) -> Case:
        self._at += 1
        word = self.next
        if not isinstance(word, tuple):
            self._unexpected()
        self._at += 1
        self._skip_lines()
        self._take("in")
        self._skip_lines()
        branches = []
        while plain(self.next) != "esac":
            patterns = self._patterns()
            branches.append((patterns, self.script(frozenset({";;", "esac"}))))
            if self.next == ";;":
                self._at += 1
            self._skip_lines()
        self._at += 1
        return Case(word, tuple(branches))

    def _patterns(self) -> tuple[Word, ...]:
        if self.next == "(":
            self._at += 1
        found: list[Word] = []
        while self.next != ")":
            if isinstance(self.next, tuple):
                found.append(self.next)
            elif self.next != "|":
                self._unexpected()
            self._at += 1
        self._at += 1
        return tuple(found)

    def _until(self, end: str) -> Script:
        found = self.script(frozenset({end}))
        self._take(end)
        return found

    def _take(self, *wanted: str) -> str:
        symbol = self.next
        word = symbol if isinstance(symbol, str) else plain(symbol)
        if word not in wanted:
            self._unexpected()
        self._at += 1
        return word

    def _skip_lines(self) -> None:
        while self.next == "\n":
            self._at += 1

    def _unexpected(self) -> NoReturn:
        raise ShellSyntaxError(f"syntax error: unexpected '{_shown(self.next)}'")
