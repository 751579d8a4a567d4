"""Splits a predicate into words, as NSPredicate's format parser reads it (Predicate Format String Syntax)."""

import re
from dataclasses import dataclass
from enum import Enum


class Sort(Enum):
    TEXT = "text"
    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    sort: Sort
    text: str
    at: int


class PredicateError(ValueError):
    """The text is no predicate."""

    def __init__(self, text: str) -> None:
        super().__init__(f'Unable to parse the format string "{text}"')


_WORDS = re.compile(
    r"""\s*(?:
    (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<number>0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[#$@]?[A-Za-z_]\w*)
    |(?P<sign>\|\||&&|==|!=|<>|<=|=<|>=|=>|\*\*|[-+*/=<>!(){},.\[\]])
    )""",
    re.VERBOSE,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def words(text: str) -> list[Word]:
    """The words of a predicate, ended by one of sort END; raises PredicateError."""
    found: list[Word] = []
    at = 0
    whole = text.rstrip()
    while at < len(whole):
        match = _WORDS.match(whole, at)
        if match is None:
            raise PredicateError(text)
        sort = Sort(match.lastgroup)
        said = match[sort.value]
        found.append(Word(sort, _unquoted(said) if sort is Sort.TEXT else said, at))
        at = match.end()
    return [*found, Word(Sort.END, "", at)]


def _unquoted(quoted: str) -> str:
    def plain(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) > 1:
            return chr(int(escape[1:], 16))
        return _ESCAPED.get(escape, escape)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, quoted[1:-1], flags=re.DOTALL)
