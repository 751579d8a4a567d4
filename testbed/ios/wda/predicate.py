"""Predicate strings: a grammar (Apple's Predicate Format String Syntax), and what each node of it means.

    or          = and { ("OR" | "||") and }
    and         = not { ("AND" | "&&") not }
    not         = { "NOT" | "!" } primary
    primary     = "(" or ")" | "TRUEPREDICATE" | "FALSEPREDICATE" | comparison
    comparison  = sum operator [ "[" options "]" ] sum
    sum         = product { ("+" | "-") product }
    product     = unit { ("*" | "/") unit }
    unit        = text | number | constant | "{" [ sum { "," sum } ] "}" | path | "(" sum ")" | "-" unit

A key path is an attribute, and a part of it behind a dot (`rect.x`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.attributes import Reader
from testbed.ios.wda.comparison import COMPARISONS, Options, options_of
from testbed.ios.wda.refusal import Unmodelled
from testbed.ios.wda.snapshot import Snapshot
from testbed.ios.wda.words import PredicateError, Sort, Word, words

type Predicate = Callable[[Reader, Snapshot], bool]
type Expression = Callable[[Reader, Snapshot], object]

_CONSTANTS = {"TRUE": True, "YES": True, "FALSE": False, "NO": False, "NIL": None, "NULL": None}
_AGGREGATES = frozenset({"ANY", "SOME", "ALL", "NONE"})


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An operator with its options."""

    name: str
    options: Options


def parse(text: str) -> Predicate:
    """Read a predicate.

    :raises Refusal: unknown error, as an NSInvalidArgumentException of NSPredicate comes out of WebDriverAgent.
    """
    try:
        reader = _Parser(text)
        found = reader.disjunction()
        reader.expect_end()
    except PredicateError as error:
        raise Refusal(Fault.UNKNOWN_ERROR, str(error)) from error
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._words = words(text)
        self._next = 0

    # --- the grammar, rule by rule

    def disjunction(self) -> Predicate:
        parts = [self._conjunction()]
        while self._takes("OR", "||"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else lambda reader, one: any(part(reader, one) for part in parts)

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._takes("AND", "&&"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else lambda reader, one: all(part(reader, one) for part in parts)

    def _negation(self) -> Predicate:
        if self._takes("NOT", "!"):
            inner = self._negation()
            return lambda reader, one: not inner(reader, one)
        return self._primary()

    def _primary(self) -> Predicate:
        if self._takes("TRUEPREDICATE"):
            return lambda _, __: True
        if self._takes("FALSEPREDICATE"):
            return lambda _, __: False
        start = self._next
        if self._takes("("):
            try:
                inner = self.disjunction()
                self._expect(")")
            except PredicateError:
                self._next = start  # a bracket around an expression, not around a predicate
            else:
                return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        if self._word.sort is Sort.NAME and self._word.text.upper() in _AGGREGATES:
            raise Unmodelled("predicate", f"{self._word.text} in {self._text!r}")
        left = self._sum()
        chosen = self._operator()
        right = self._sum()
        compare = COMPARISONS[chosen.name]
        return lambda reader, one: compare(left(reader, one), right(reader, one), chosen.options)

    def _operator(self) -> _Chosen:
        word = self._take()
        name = word.text.upper() if word.sort is Sort.NAME else word.text
        if word.sort not in (Sort.NAME, Sort.SIGN) or name not in COMPARISONS:
            raise PredicateError(self._text)
        if not self._takes("["):
            return _Chosen(name, Options())
        given = self._take()
        self._expect("]")
        options = options_of(given.text) if given.sort is Sort.NAME else None
        if options is None:
            raise PredicateError(self._text)
        return _Chosen(name, options)

    def _sum(self) -> Expression:
        found = self._product()
        while sign := self._takes("+", "-"):
            found = self._arithmetic(sign, found, self._product())
        return found

    def _product(self) -> Expression:
        found = self._unit()
        while sign := self._takes("*", "/"):
            found = self._arithmetic(sign, found, self._unit())
        return found

    def _unit(self) -> Expression:
        word = self._take()
        match word.sort:
            case Sort.TEXT:
                return _constant(word.text)
            case Sort.NUMBER:
                return _constant(int(word.text, 0) if word.text.isdigit() or "x" in word.text else float(word.text))
            case Sort.NAME:
                return self._named(word)
        if word.text == "{":
            return self._list()
        if word.text == "(":
            inner = self._sum()
            self._expect(")")
            return inner
        if word.text == "-":
            return self._arithmetic("-", _constant(0), self._unit())
        raise PredicateError(self._text)

    def _named(self, word: Word) -> Expression:
        if word.text.upper() in _CONSTANTS:
            return _constant(_CONSTANTS[word.text.upper()])
        if self._word.text == "(" and self._word.sort is Sort.SIGN:
            raise Unmodelled("predicate", f"{word.text}() in {self._text!r}")
        if word.text.startswith(("$", "@")) or word.text.upper() in {"SELF", "CAST", "FUNCTION"}:
            raise Unmodelled("predicate", f"{word.text} in {self._text!r}")
        path = [word.text.removeprefix("#")]
        while self._takes("."):
            path.append(self._take().text)
        return lambda reader, one: _along(path, reader, one)

    def _list(self) -> Expression:
        parts: list[Expression] = []
        if not self._takes("}"):
            parts.append(self._sum())
            while self._takes(","):
                parts.append(self._sum())
            self._expect("}")
        return lambda reader, one: [part(reader, one) for part in parts]

    def _arithmetic(self, sign: str, left: Expression, right: Expression) -> Expression:
        def computed(reader: Reader, one: Snapshot) -> object:
            pair = left(reader, one), right(reader, one)
            if not all(isinstance(side, int | float) for side in pair):
                raise Refusal(Fault.UNKNOWN_ERROR, f"Unable to compute {pair[0]} {sign} {pair[1]}")
            return _ARITHMETIC[sign](float(str(pair[0])), float(str(pair[1])))

        return computed

    # --- the words

    @property
    def _word(self) -> Word:
        return self._words[self._next]

    def _take(self) -> Word:
        word = self._word
        if word.sort is Sort.END:
            raise PredicateError(self._text)
        self._next += 1
        return word

    def _takes(self, *wanted: str) -> str | None:
        """The next word, if it is one of these signs or key words."""
        word = self._word
        said = word.text.upper() if word.sort is Sort.NAME else word.text
        if word.sort in (Sort.NAME, Sort.SIGN) and said in wanted:
            self._next += 1
            return said
        return None

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise PredicateError(self._text)

    def expect_end(self) -> None:
        if self._word.sort is not Sort.END:
            raise PredicateError(self._text)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else float("nan"),
}


def _constant(value: object) -> Expression:
    return lambda _, __: value


def _along(path: list[str], reader: Reader, one: Snapshot) -> object:
    found: object = reader.read(path[0], one)
    for part in path[1:]:
        if not isinstance(found, dict) or part not in found:
            message = f"valueForUndefinedKey: this class is not key value coding-compliant for the key {part}."
            raise Refusal(Fault.UNKNOWN_ERROR, message)
        found = found[part]
    return found
