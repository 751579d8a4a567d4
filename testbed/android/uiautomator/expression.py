"""Reads UiSelector and UiScrollable expressions as the server's UiAutomatorParser does, and refuses all else alike."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from testbed.android.uiautomator.selector import Selector
from testbed.handset.refusal import Fault, Refusal

type Argument = str | bool | int | re.Pattern[str] | Selector


@dataclass(frozen=True, slots=True)
class Call:
    """One method called on a UiScrollable."""

    method: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Scrollable:
    """`new UiScrollable(container)` and what is called on it, in order."""

    container: Selector
    calls: tuple[Call, ...]


def parse(text: str) -> list[Selector | Scrollable]:
    """The statements of an expression, which semicolons part.

    :raises Refusal: invalid selector, for anything that is no such expression.
    """
    if not text:
        raise _wrong(
            text,
            "Tried to parse an empty string. Expected to see a string consisting of text to be "
            "interpreted as UiAutomator java code.",
        )
    statements = [part.strip() for part in _split(text.strip().removesuffix(";"), ";")]
    return [_scrollable(each) if _is_scrollable(each) else _selector(each) for each in statements]


def _is_scrollable(statement: str) -> bool:
    return statement.startswith(("new UiScrollable", "UiScrollable"))


def _selector(text: str) -> Selector:
    if not text.startswith(("new UiSelector", "UiSelector")):
        text = f"new UiSelector(){text if text.startswith('.') else '.' + text}"
    arguments, calls = _chain(text, "UiSelector")
    if arguments:
        raise _wrong(text, f"UiSelector has no suitable constructor with arguments [{', '.join(arguments)}]")
    selector = Selector()
    for method, given in calls:
        selector = _applied(selector, method, given, text)
    return selector


def _applied(selector: Selector, method: str, given: list[str], text: str) -> Selector:
    value = _coerced("UiSelector", method, given, _SELECTOR_METHODS, text)
    if method == "childSelector" and isinstance(value, Selector):
        return selector.then_child(value)
    if method == "fromParent" and isinstance(value, Selector):
        return selector.then_parent(value)
    if value is None or isinstance(value, Selector):
        raise _wrong(text, f"`UiSelector` doesn't have suitable method `{method}`")
    return selector.having(method, value)


def _scrollable(text: str) -> Scrollable:
    arguments, calls = _chain(text, "UiScrollable")
    if len(arguments) != 1:
        raise _wrong(text, f"UiScrollable has no suitable constructor with arguments [{', '.join(arguments)}]")
    read = []
    for method, given in calls:
        value = _coerced("UiScrollable", method, given, _SCROLLABLE_METHODS, text)
        read.append(Call(method, () if value is None else (value,)))
    return Scrollable(_selector(arguments[0]), tuple(read))


def _coerced(
    target: str, method: str, given: list[str], methods: dict[str, "_Reader | None"], text: str
) -> Argument | None:
    if method not in methods:
        raise _wrong(text, f"{target} has no `{method}` method")
    read = methods[method]
    expected = 0 if read is None else 1
    if len(given) != expected:
        count = f"Invalid arguments count. Actual: {len(given)}. Expected: {expected}."
        raise _wrong(text, f"`{target}` doesn't have suitable method `{method}` with arguments {given}: {count}")
    return None if read is None else read(given[0], text)


def _chain(text: str, name: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The constructor's arguments, then each method with its arguments, all still as text."""
    rest = text.removeprefix("new ").lstrip()
    if not rest.startswith(name):
        raise _wrong(
            text,
            f"Was trying to parse as {name}, but didn't start with an acceptable prefix. "
            f"Acceptable prefixes are: `new {name}` or `{name}`",
        )
    arguments, rest = _arguments(rest.removeprefix(name).lstrip(), text)
    calls = []
    while rest := rest.strip():
        if not rest.startswith("."):
            raise _wrong(text, f'Expected "." at position {len(text) - len(rest)}')
        method, paren, _ = rest[1:].partition("(")
        if not paren:
            raise _wrong(text, f"No opening parenthesis after method name at position {len(text) - len(rest) + 1}")
        if not method.strip():
            raise _wrong(text, f"Missing method name at position {len(text) - len(rest) + 1}")
        given, rest = _arguments(rest[1 + len(method) :], text)
        calls.append((method.strip(), given))
    return arguments, calls


def _arguments(rest: str, text: str) -> tuple[list[str], str]:
    """The arguments between the parentheses that `rest` begins with, and what follows them."""
    depth = 0
    for at, letter in _outside_strings(rest):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            inner = rest[1:at].strip()
            given = [part.strip() for part in _split(inner, ",")] if inner else []
            if not all(given):
                raise _wrong(text, f"Missing argument at position {len(text) - len(rest)}")
            return given, rest[at + 1 :]
    raise _wrong(text, "Unclosed paren in expression")


def _split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand in no string and no parentheses."""
    parts, start, depth = [], 0, 0
    for at, letter in _outside_strings(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _outside_strings(text: str) -> list[tuple[int, str]]:
    letters, inside = [], False
    for at, letter in enumerate(text):
        if letter == '"' and not (inside and text[at - 1] == "\\"):
            inside = not inside
        elif not inside:
            letters.append((at, letter))
    return letters


def _string(argument: str, text: str) -> str:
    if re.fullmatch(r'"[\s\S]*"', argument) is None:
        raise _wrong(text, f"{argument} is not a string")
    return argument[1:-1].replace('\\"', '"')


def _boolean(argument: str, text: str) -> bool:
    if argument not in {"true", "false"}:
        raise _wrong(text, f"{argument} is not a boolean")
    return argument == "true"


def _integer(argument: str, text: str) -> int:
    if re.fullmatch(r"[+-]?\d+", argument) is None:
        raise _wrong(text, f"{argument} is not a integer")
    return int(argument)


def _pattern(argument: str, text: str) -> re.Pattern[str]:
    r"""A Java pattern; \Q..\E is the one difference to ours that people write."""
    java = _string(argument, text)
    quoted = re.sub(r"\\Q(.*?)(\\E|$)", lambda found: re.escape(found[1]), java)
    try:
        return re.compile(quoted, re.DOTALL)
    except re.error as error:
        raise Refusal(Fault.UNKNOWN_ERROR, f"java.util.regex.PatternSyntaxException: {error} near {java}") from error


def _inner(argument: str, _: str) -> Selector:
    return _selector(argument)


def _wrong(text: str, message: str) -> Refusal:
    return Refusal(Fault.INVALID_SELECTOR, f"Could not parse selector expression `{text}`: {message}")


type _Reader = Callable[[str, str], Argument]

_SELECTOR_METHODS: dict[str, "_Reader | None"] = (
    dict.fromkeys(
        (
            "text",
            "textContains",
            "textStartsWith",
            "className",
            "description",
            "descriptionContains",
            "descriptionStartsWith",
            "resourceId",
            "packageName",
        ),
        _string,
    )
    | dict.fromkeys(
        ("textMatches", "classNameMatches", "descriptionMatches", "resourceIdMatches", "packageNameMatches"), _pattern
    )
    | dict.fromkeys(
        (
            "enabled",
            "focused",
            "focusable",
            "scrollable",
            "selected",
            "checked",
            "checkable",
            "clickable",
            "longClickable",
        ),
        _boolean,
    )
    | dict.fromkeys(("index", "instance"), _integer)
    | dict.fromkeys(("childSelector", "fromParent"), _inner)
)

_SCROLLABLE_METHODS: dict[str, "_Reader | None"] = {
    "scrollIntoView": _inner,
    "scrollTextIntoView": _string,
    "scrollDescriptionIntoView": _string,
    "setMaxSearchSwipes": _integer,
    "scrollToBeginning": _integer,
    "scrollToEnd": _integer,
    "flingToBeginning": _integer,
    "flingToEnd": _integer,
    "setAsVerticalList": None,
    "setAsHorizontalList": None,
    "scrollForward": None,
    "scrollBackward": None,
    "flingForward": None,
    "flingBackward": None,
}
