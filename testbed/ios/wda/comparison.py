"""The comparison operators of NSPredicate (NSComparisonPredicate), for texts, numbers, truth values and nil."""

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testbed.handset.refusal import Fault, Refusal


@dataclass(frozen=True, slots=True)
class Options:
    """`[c]` takes no notice of case, `[d]` none of diacritics."""

    case: bool = False
    diacritic: bool = False

    def folded(self, text: str) -> str:
        if self.diacritic:
            text = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
        return text.casefold() if self.case else text


type Compare = Callable[[object, object, Options], bool]


def options_of(letters: str) -> Options | None:
    """Reads what stands in the brackets; None for letters that mean nothing."""
    if not letters or set(letters.lower()) - set("cdnw"):
        return None
    return Options("c" in letters.lower(), "d" in letters.lower())


def equal(left: object, right: object, options: Options) -> bool:
    """isEqual: a text never equals a number; YES is the number 1."""
    if isinstance(left, str) and isinstance(right, str):
        return options.folded(left) == options.folded(right)
    if isinstance(left, str) or isinstance(right, str):
        return False
    return left == right


def _ordered(test: Callable[[int], bool]) -> Compare:
    def compare(left: object, right: object, options: Options) -> bool:
        if left is None or right is None:
            return False
        if isinstance(left, str) and isinstance(right, str):
            a, b = options.folded(left), options.folded(right)
            return test((a > b) - (a < b))
        if isinstance(left, int | float) and isinstance(right, int | float):
            return test((left > right) - (left < right))
        raise Refusal(Fault.UNKNOWN_ERROR, f"Can't do ordering of {left!r} and {right!r}")

    return compare


def _textual(test: Callable[[str, str], bool], word: str) -> Compare:
    def compare(left: object, right: object, options: Options) -> bool:
        if left is None:
            return False
        if not isinstance(left, str) or not isinstance(right, str):
            message = (
                f"Can't use in/contains operator with collection {left!r}"
                if word == "contains"
                else (f"Can't do {word} with a left-hand side of {left!r} and a right-hand side of {right!r}")
            )
            raise Refusal(Fault.UNKNOWN_ERROR, message)
        return test(options.folded(left), options.folded(right))

    return compare


def _like(text: str, pattern: str) -> bool:
    """`*` and `?` alone are special; fnmatch's brackets are taken literally."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _matches(left: object, right: object, options: Options) -> bool:
    if left is None:
        return False
    if not isinstance(left, str) or not isinstance(right, str):
        raise Refusal(Fault.UNKNOWN_ERROR, f"Can't use MATCHES with {left!r} and {right!r}")
    try:
        return re.fullmatch(right, left, re.IGNORECASE if options.case else 0) is not None
    except re.error as error:
        message = f"Can't do regex matching, reason: Can't open pattern {error} (string {left}, pattern {right})"
        raise Refusal(Fault.UNKNOWN_ERROR, message) from error


def _is_in(left: object, right: object, options: Options) -> bool:
    if isinstance(right, list):
        return any(equal(left, one, options) for one in right)
    return _textual(lambda part, whole: part in whole, "contains")(left, right, options)


def _between(left: object, right: object, options: Options) -> bool:
    if not isinstance(right, list) or len(right) != 2:  # noqa: PLR2004 -- a lower and an upper bound
        raise Refusal(Fault.UNKNOWN_ERROR, f"Can't do between with {right!r}")
    return COMPARISONS[">="](left, right[0], options) and COMPARISONS["<="](left, right[1], options)


def _not_equal(left: object, right: object, options: Options) -> bool:
    return not equal(left, right, options)


COMPARISONS: Mapping[str, Compare] = {
    "=": equal,
    "==": equal,
    "!=": _not_equal,
    "<>": _not_equal,
    "<": _ordered(lambda order: order < 0),
    "<=": _ordered(lambda order: order <= 0),
    "=<": _ordered(lambda order: order <= 0),
    ">": _ordered(lambda order: order > 0),
    ">=": _ordered(lambda order: order >= 0),
    "=>": _ordered(lambda order: order >= 0),
    "BEGINSWITH": _textual(str.startswith, "begins with"),
    "ENDSWITH": _textual(str.endswith, "ends with"),
    "CONTAINS": _textual(lambda whole, part: part in whole, "contains"),
    "LIKE": _textual(_like, "like"),
    "MATCHES": _matches,
    "IN": _is_in,
    "BETWEEN": _between,
}
