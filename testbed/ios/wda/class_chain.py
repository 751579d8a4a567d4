"""Class chains, `**/XCUIElementTypeCell[$name == "a"$][2]` (FBClassChainQueryParser.m, XCUIElement+FBClassChain.m)."""

import re
from dataclasses import dataclass

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.attributes import Reader
from testbed.ios.wda.element_types import ANY, element_type
from testbed.ios.wda.predicate import Predicate, parse
from testbed.ios.wda.snapshot import Snapshot

DESCENDANTS = "**/"
_NAME = re.compile(r"[^\W\d_]+")
_POSITION = re.compile(r"[\d-]+")
_QUOTED = {"`": re.compile(r"`((?:[^`]|``)*)`"), "$": re.compile(r"\$((?:[^$]|\$\$)*)\$")}


@dataclass(frozen=True, slots=True)
class Condition:
    """`inside` asks for some descendant that holds, else the element itself must."""

    predicate: Predicate
    inside: bool

    def holds(self, reader: Reader, one: Snapshot) -> bool:
        if not self.inside:
            return self.predicate(reader, one)
        return any(self.predicate(reader, below) for below in one.walk() if below is not one)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain; `position` counts from 1, or from -1 backwards; None takes all."""

    type: str
    deep: bool
    conditions: tuple[Condition, ...]
    position: int | None

    def among(self, roots: list[Snapshot], reader: Reader) -> list[Snapshot]:
        seen: dict[int, Snapshot] = {}
        for root in roots:
            below = (one for one in root.walk() if one is not root) if self.deep else iter(root.children)
            seen.update((id(one), one) for one in below if self.type in (ANY, one.type))
        found = [one for one in seen.values() if all(each.holds(reader, one) for each in self.conditions)]
        if self.position is None:
            return found
        at = self.position - 1 if self.position > 0 else self.position
        return [found[at]] if -len(found) <= at < len(found) else []


def chain(query: str) -> tuple[Link, ...]:
    """Read a class chain.

    :raises Refusal: invalid selector.
    """
    if not query:
        raise _wrong(query, "Query length should be greater than zero")
    return tuple(_Parser(query).links())


def matches(links: tuple[Link, ...], root: Snapshot, reader: Reader) -> list[Snapshot]:
    """Elements at the end of the chain, in document order."""
    found = [root]
    for link in links:
        found = link.among(found, reader)
    return found


class _Parser:
    def __init__(self, query: str) -> None:
        self._query = query
        self._at = 0

    def links(self) -> list[Link]:
        found = [self._link()]
        while self._at < len(self._query):
            if not self._takes("/"):
                raise self._unexpected()
            found.append(self._link())
        return found

    def _link(self) -> Link:
        deep = self._takes(DESCENDANTS)
        name = self._name()
        conditions: list[Condition] = []
        position: int | None = None
        while self._takes("["):
            if match := _POSITION.match(self._query, self._at):
                if position is not None:
                    raise _wrong(self._query, f"Position value '{match[0]}' is expected to be set only once.")
                position = self._position(match[0])
                self._at = match.end()
            else:
                conditions.append(self._condition(positioned=position is not None))
            if not self._takes("]"):
                raise self._unexpected()
        return Link(name, deep, tuple(conditions), position)

    def _name(self) -> str:
        if self._takes("*"):
            return ANY
        match = _NAME.match(self._query, self._at)
        if match is None:
            raise self._unexpected()
        self._at = match.end()
        try:
            return element_type(match[0])
        except Refusal as refusal:
            raise _wrong(self._query, f"'{match[0]}' class name is unknown to WDA") from refusal

    def _condition(self, *, positioned: bool) -> Condition:
        mark = self._query[self._at : self._at + 1]
        if mark not in _QUOTED:
            raise self._unexpected()
        match = _QUOTED[mark].match(self._query, self._at)
        if match is None:
            raise _wrong(self._query, f"Cannot find the end of '{self._query[self._at + 1 :]}' predicate value.")
        text = match[1].replace(mark * 2, mark)
        if positioned:
            raise _wrong(self._query, f"Predicate value '{text}' must be set before position value.")
        self._at = match.end()
        return Condition(parse(text), inside=mark == "$")

    def _position(self, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = 0
        if number == 0:
            raise _wrong(
                self._query, f"Position value '{text}' is expected to be a valid integer number not equal to zero."
            )
        return number

    def _takes(self, sign: str) -> bool:
        found = self._query.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _unexpected(self) -> Refusal:
        shown = self._query[: self._at + 1]
        return _wrong(
            self._query,
            f"Unexpected character detected at position {min(self._at + 1, len(self._query))}:\n{shown} <----",
        )


def _wrong(query: str, why: str) -> Refusal:
    return Refusal(Fault.INVALID_SELECTOR, f"Cannot parse class chain query '{query}'. {why}")
